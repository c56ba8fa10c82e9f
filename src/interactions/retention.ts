/** Nobody can keep less: what came a quarter ago is still being returned, corrected and disputed. */
export const SHORTEST_MONTHS = 3;

const DURATION = /^P(?:(\d{1,2})Y)?(?:(\d{1,3})M)?$/;

/** The months of an ISO 8601 duration in years and months, such as `P6M` or `P1Y6M`; null when the text is none. */
export function monthsOf(text: string): number | null {
  const [, years, months] = DURATION.exec(text) ?? [];
  if (years === undefined && months === undefined) return null;
  return Number(years ?? 0) * 12 + Number(months ?? 0);
}

export function durationOf(months: number): string {
  return `P${months}M`;
}

/** The same time of day so many months before, or the last day of a month that is too short for it. By UTC. */
export function monthsBefore(instant: Date, months: number): Date {
  const moved = new Date(instant);
  moved.setUTCMonth(instant.getUTCMonth() - months);
  if (moved.getUTCDate() !== instant.getUTCDate()) moved.setUTCDate(0);
  return moved;
}

/**
 * The first day of the first month that is kept when nothing may be kept for longer than so many months: a month goes
 * as soon as its first event is that old.
 */
export function firstMonthKept(now: Date, months: number): string {
  const oldest = monthsBefore(now, months);
  return new Date(Date.UTC(oldest.getUTCFullYear(), oldest.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
}
