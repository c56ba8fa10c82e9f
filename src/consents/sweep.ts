/**
 * Does something for each, one after another. One that fails keeps none of the others waiting: the failures are
 * reported together at the end.
 */
export async function forEachInTurn<T>(rows: readonly T[], work: (row: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const row of rows) {
    await work(row).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${rows.length} failed.`);
}
