import { InvalidRequestError } from '../platform/errors.js';
import { engagementPeriod, isUnderWay } from './engagement.js';

const now = new Date('2026-11-22T09:30:00Z');
const day = (text: string) => new Date(`${text}T00:00:00Z`);

describe('the period of an engagement', () => {
  it('is 90 days from now on unless said', () => {
    expect(engagementPeriod({}, now)).toEqual({ from: now, to: new Date('2027-02-20T09:30:00Z') });
  });

  it('is 90 days from its beginning when only that is said', () => {
    expect(engagementPeriod({ from: day('2026-12-01') }, now).to).toEqual(day('2027-03-01'));
  });

  it('may begin in the past', () => {
    const period = { from: day('2025-11-01'), to: day('2027-02-01') };
    expect(engagementPeriod(period, now)).toEqual(period);
  });

  it.each([
    ['is over', { from: day('2026-10-01'), to: day('2026-11-01') }],
    ['ends as it begins', { from: day('2026-12-01'), to: day('2026-12-01') }],
    ['ends before it begins', { from: day('2026-12-02'), to: day('2026-12-01') }],
  ])('is refused when it %s', (_, period) => {
    expect(() => engagementPeriod(period, now)).toThrow(InvalidRequestError);
  });
});

describe('an engagement', () => {
  const period = { from: day('2026-11-01'), to: day('2026-12-01') };

  it('is under way from its beginning until before its end', () => {
    expect(isUnderWay(period, new Date(period.from.getTime() - 1))).toBe(false);
    expect(isUnderWay(period, period.from)).toBe(true);
    expect(isUnderWay(period, new Date(period.to.getTime() - 1))).toBe(true);
    expect(isUnderWay(period, period.to)).toBe(false);
  });
});
