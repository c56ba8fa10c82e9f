import { days, durationMs } from './duration.js';

/** History before a consent reaches back this far at most. */
export const LONGEST_HISTORY_DAYS = 400;

const RFC_3339 = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** What is wrong with a `since` that is asked for now; null when nothing is. */
export function sinceFault(since: string, now: Date): string | null {
  const reach = reachOf(since, now);
  if (reach === null) return 'must be an ISO 8601 duration such as P90D, or a date';
  if (reach < 0) return 'must not lie in the future';
  return reach <= days(LONGEST_HISTORY_DAYS) ? null : `must not reach back more than ${LONGEST_HISTORY_DAYS} days`;
}

/**
 * From when on events are covered if the consent is given now. A date that has meanwhile come to lie further back than
 * allowed is brought forward.
 */
export function sinceAt(since: string | undefined, now: Date): Date {
  const reach = since === undefined ? 0 : (reachOf(since, now) ?? 0);
  return new Date(now.getTime() - Math.min(Math.max(reach, 0), days(LONGEST_HISTORY_DAYS)));
}

/** How many milliseconds before now it lies. */
function reachOf(since: string, now: Date): number | null {
  const duration = durationMs(since);
  if (duration !== null) return duration;
  const instant = RFC_3339.test(since) ? new Date(since) : null;
  // "2026-02-30" becomes a day in March: a date must come back as it was written.
  if (!instant || Number.isNaN(instant.getTime()) || !isCalendarDate(since.slice(0, 10))) return null;
  return now.getTime() - instant.getTime();
}

function isCalendarDate(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}
