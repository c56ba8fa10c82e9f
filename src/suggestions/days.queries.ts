import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';

/** What a day says, as its row has it. */
export interface SealedDay {
  readonly day: string;
  readonly sealed: Buffer;
}

/** Notes which days are to be looked at. */
export async function markStale(tx: Tx, { bucket, customerId }: CustomerKey, days: readonly string[]): Promise<void> {
  await tx.query(
    `insert into suggestion_days (bucket, customer_id, day, stale)
     select $1, $2, day, true from unnest($3::date[]) as day
     on conflict (bucket, customer_id, day) do update set stale = true`,
    [bucket, customerId, days],
  );
}

/** The same for every day that was looked at before. */
export async function markAllStale(tx: Tx, { bucket, customerId }: CustomerKey): Promise<void> {
  await tx.query(`update suggestion_days set stale = true where bucket = $1 and customer_id = $2 and not stale`, [
    bucket,
    customerId,
  ]);
}

/** The days that are to be looked at, the first of them. */
export async function staleDays(reader: Reader, { bucket, customerId }: CustomerKey, limit: number): Promise<string[]> {
  const rows = await reader.query<{ day: string }[]>(
    `select day::text from suggestion_days where bucket = $1 and customer_id = $2 and stale order by day limit $3`,
    [bucket, customerId, limit],
  );
  return rows.map(({ day }) => day);
}

/** Keeps what days say now; those that say nothing any more go. */
export async function saveDays(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  looked: readonly string[],
  said: readonly SealedDay[],
): Promise<void> {
  const says = new Set(said.map(({ day }) => day));
  await tx.query(`delete from suggestion_days where bucket = $1 and customer_id = $2 and day = any($3::date[])`, [
    bucket,
    customerId,
    looked.filter((day) => !says.has(day)),
  ]);
  await tx.query(
    `insert into suggestion_days (bucket, customer_id, day, stale, sealed)
     select $1, $2, day, false, sealed from unnest($3::date[], $4::bytea[]) as said (day, sealed)
     on conflict (bucket, customer_id, day) do update set stale = false, sealed = excluded.sealed`,
    [bucket, customerId, said.map(({ day }) => day), said.map(({ sealed }) => sealed)],
  );
}

/** What every day said when it was looked at last. */
export function findDays(reader: Reader, { bucket, customerId }: CustomerKey): Promise<SealedDay[]> {
  return reader.query(
    `select day::text, sealed from suggestion_days
      where bucket = $1 and customer_id = $2 and sealed is not null order by day`,
    [bucket, customerId],
  );
}

export async function deleteDays(tx: Tx, { bucket, customerId }: CustomerKey): Promise<void> {
  await tx.query(`delete from suggestion_days where bucket = $1 and customer_id = $2`, [bucket, customerId]);
}

export async function deleteDaysBefore(tx: Tx, day: string): Promise<void> {
  await tx.query('delete from suggestion_days where day < $1::date', [day]);
}
