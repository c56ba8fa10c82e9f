import { InvalidRequestError } from '../platform/errors.js';
import { LONGEST_PERIOD_DAYS, periodOf } from './reported-period.js';

const now = new Date('2026-11-22T10:00:00Z');
const day = (text: string) => new Date(`${text}T00:00:00Z`);
const daysIn = ({ from, to }: { from: Date; to: Date }) => (to.getTime() - from.getTime()) / 86_400_000;

describe('the period of a read', () => {
  it('is the one asked for', () => {
    const asked = { from: day('2026-08-01'), to: day('2026-11-01') };
    expect(periodOf(asked, now)).toEqual(asked);
  });

  it('reaches as far as it may from the end that is named, and to now where none is', () => {
    expect(periodOf({ from: day('2026-01-01') }, now)).toEqual({ from: day('2026-01-01'), to: day('2026-04-03') });
    expect(periodOf({ to: day('2026-04-03') }, now)).toEqual({ from: day('2026-01-01'), to: day('2026-04-03') });
    const last = periodOf({}, now);
    expect(daysIn(last)).toBe(LONGEST_PERIOD_DAYS);
    // A clock may be ahead of ours.
    expect(last.to > now).toBe(true);
  });

  it('is not longer, not empty and not backwards', () => {
    const from = day('2026-01-01');
    for (const to of [day('2026-04-04'), from, day('2025-12-31')]) {
      expect(() => periodOf({ from, to }, now)).toThrow(InvalidRequestError);
    }
  });
});
