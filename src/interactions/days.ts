/** The outbox events after which another set of a customer's events may stand: `data.days` says on which days. */
export const changesOfStanding = [
  'interactions.reported',
  'interactions.deleted',
  'interactions.disputed',
  'interactions.dispute_retracted',
  'interactions.dispute_answered',
] as const;

/** The UTC days of these instants, each once and in order: `2026-11-22`. */
export function daysOf(instants: Iterable<Date>): string[] {
  const days = new Set<string>();
  for (const instant of instants) days.add(instant.toISOString().slice(0, 10));
  return [...days].sort();
}
