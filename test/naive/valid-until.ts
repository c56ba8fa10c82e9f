import type { Preference } from '../../src/preferences/preference.js';
import { matches, type NaiveQuestion, stateAt } from './resolve.js';

/** All hours that tests make up begin and end on a quarter, and no clock that they use is less than a quarter off. */
const STEP = 15 * 60_000;
/** Windows of the week open and close again within a week, and within two when the clocks leave one of them out. */
const FORTNIGHT = 15 * 24 * 4;

/**
 * The next instant at which a date or the hours of some preference decide otherwise, whether or not the outcome changes;
 * null when none ever will. What applies elsewhere plays no part: no time will bring it here.
 */
export function naiveValidUntil(all: readonly Preference[], question: NaiveQuestion): number | null {
  const flips = all
    .filter((preference) => matches(preference, question))
    .flatMap((preference) => nextFlip(preference, question.at.getTime()) ?? []);
  return flips.length > 0 ? Math.min(...flips) : null;
}

function nextFlip(preference: Preference, at: number): number | null {
  const now = stateAt(preference, at);
  for (const instant of instantsAfter(at, preference)) {
    if (stateAt(preference, instant) !== now) return instant;
  }
  return null;
}

/** Every quarter for a fortnight from now and from each date of the preference, and the dates themselves, in order. */
function* instantsAfter(at: number, { valid_from, valid_until, context }: Preference): Iterable<number> {
  const dates = [valid_from, valid_until].flatMap((date) => (date === undefined ? [] : [Date.parse(date)]));
  const starts = [at, ...dates].filter((start) => start >= at).sort((a, b) => a - b);
  for (const [index, start] of starts.entries()) {
    if (start > at) yield start;
    const next = starts[index + 1] ?? Infinity;
    if (!context?.time) continue;
    const first = Math.floor(start / STEP) + 1;
    for (let step = first; step < first + FORTNIGHT && step * STEP < next; step++) yield step * STEP;
  }
}
