const DAY_MS = 86_400_000;
/** Each day is a table of its own, and a statement holds a lock on every table that it may have to look into. */
const STRETCH_MS = 32 * DAY_MS;

/** A piece of time, its end excluded; without one, all that is still to come belongs to it. */
export interface Stretch {
  readonly from: Date;
  readonly to?: Date;
}

/** A time in pieces that one statement may ask for each, the latest first. */
export function* latestFirst(from: Date, to: Date | undefined, now: Date): Generator<Stretch> {
  let end = to;
  let start = later(from, new Date((to ?? now).getTime() - STRETCH_MS));
  for (;;) {
    yield { from: start, ...(end && { to: end }) };
    if (start <= from) return;
    end = start;
    start = later(from, new Date(end.getTime() - STRETCH_MS));
  }
}

/** The same from the earliest on. */
export function* earliestFirst(from: Date, to: Date): Generator<Required<Stretch>> {
  for (let start = from; start < to;) {
    const end = new Date(Math.min(to.getTime(), start.getTime() + STRETCH_MS));
    yield { from: start, to: end };
    start = end;
  }
}

export function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
