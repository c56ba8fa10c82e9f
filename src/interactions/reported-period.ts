import { InvalidRequestError } from '../platform/errors.js';

const DAY_MS = 86_400_000;
/** Events are kept by month: nobody reads through all of them at once. */
export const LONGEST_PERIOD_DAYS = 92;
const LONGEST_PERIOD_MS = LONGEST_PERIOD_DAYS * DAY_MS;

export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The period that is asked for: 92 days at most, and as many where one of its ends is left open; the last ones where
 * both are.
 *
 * @throws InvalidRequestError when it is longer, or ends before it begins
 */
export function periodOf({ from, to }: { from?: Date | undefined; to?: Date | undefined }, now: Date): Period {
  const end = to ?? (from ? new Date(from.getTime() + LONGEST_PERIOD_MS) : new Date(now.getTime() + DAY_MS));
  const begin = from ?? new Date(end.getTime() - LONGEST_PERIOD_MS);
  if (begin >= end) throw new InvalidRequestError([{ pointer: 'query/to', detail: 'must be later than from' }]);
  if (end.getTime() - begin.getTime() > LONGEST_PERIOD_MS) {
    const detail = `must be at most ${LONGEST_PERIOD_DAYS} days after from; ask for the rest separately`;
    throw new InvalidRequestError([{ pointer: 'query/to', detail }]);
  }
  return { from: begin, to: end };
}
