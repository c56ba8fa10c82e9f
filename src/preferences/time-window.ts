import { spanAt } from '../platform/zone.js';
import { days, type TimeOfWeek } from './preference.js';

/** A time of the week, ready to be asked. */
export interface TimeWindow {
  readonly zone: string;
  /** Milliseconds after midnight, on the clock on the wall. */
  readonly from: number;
  readonly to: number;
  /** By day of the week, Monday first. */
  readonly onDay: readonly boolean[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
// The longest that a window can keep silent: a weekly hour that a change of the clocks skips, and the week after.
const HORIZON_MS = 22 * DAY_MS;

export function timeWindow({ time_zone, from, to, days: named }: TimeOfWeek): TimeWindow {
  return {
    zone: time_zone,
    from: from === undefined ? 0 : clock(from),
    to: to === undefined ? DAY_MS : clock(to),
    onDay: days.map((day) => named === undefined || named.includes(day)),
  };
}

/**
 * Whether the clock on the wall stands within the window. An hour that a change of the clocks skips never comes, one
 * that it repeats comes twice.
 */
export function isOpen(window: TimeWindow, instant: number): boolean {
  const span = spanAt(window.zone, instant);
  return span !== null && isOpenAtWall(window, instant + span.offset);
}

/** The next instant after this one at which the window opens or closes; null when it never does. */
export function nextEdge(window: TimeWindow, instant: number): number | null {
  const open = isOpen(window, instant);
  const horizon = instant + HORIZON_MS;
  let cursor = instant;
  while (cursor < horizon) {
    const span = spanAt(window.zone, cursor);
    if (!span) return null;
    const edges = [window.from, window.to]
      .map((time) => next(time - span.offset, cursor))
      .filter((edge) => edge < span.end)
      .toSorted((a, b) => a - b);
    for (const edge of [...edges, span.end]) {
      if (isOpen(window, edge) !== open) return edge;
    }
    cursor = span.end;
  }
  return null;
}

function isOpenAtWall({ from, to, onDay }: TimeWindow, wall: number): boolean {
  const day = Math.floor(wall / DAY_MS);
  const time = wall - day * DAY_MS;
  if (from < to) return time >= from && time < to && onDay[weekday(day)]!;
  return (time >= from && onDay[weekday(day)]!) || (time < to && onDay[weekday(day - 1)]!);
}

/** The first instant after `cursor` that is a whole number of days from `time`. */
function next(time: number, cursor: number): number {
  return time + (Math.floor((cursor - time) / DAY_MS) + 1) * DAY_MS;
}

/** Monday is 0; day 0 of the epoch was a Thursday. */
function weekday(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** `HH:MM`; 24:00 is the end of the day. */
function clock(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return ((hours ?? 0) * 60 + (minutes ?? 0)) * MINUTE_MS;
}
