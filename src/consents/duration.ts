const DAY = 86_400_000;

const ISO_8601 =
  /^P(?=[\dT])(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?$/;

/** Years and months have no fixed length: one counts as 365 days, the other as 30, so that durations can be compared. */
const UNITS = [365 * DAY, 30 * DAY, 7 * DAY, DAY, 3_600_000, 60_000, 1_000];

/** The milliseconds of an ISO 8601 duration such as `P30D` or `PT12H`; null when the text is none. */
export function durationMs(text: string): number | null {
  const parts = ISO_8601.exec(text);
  if (!parts) return null;
  return UNITS.reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0);
}

/** The milliseconds of a duration that has been checked before. */
export function checkedDurationMs(text: string): number {
  const duration = durationMs(text);
  if (duration === null) throw new TypeError(`${text} is not an ISO 8601 duration.`);
  return duration;
}

/** The day of an instant, in UTC; days compare as texts do. */
export function dateOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

export function days(count: number): number {
  return count * DAY;
}
