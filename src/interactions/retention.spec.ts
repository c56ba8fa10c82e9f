import { durationOf, firstMonthKept, monthsBefore, monthsOf } from './retention.js';

const at = (text: string) => new Date(text);

describe('the time for which events are kept', () => {
  it.each([
    ['P3M', 3],
    ['P1Y', 12],
    ['P1Y6M', 18],
    ['P120M', 120],
    ['P10Y', 120],
  ])('is %s for %i months', (text, months) => {
    expect(monthsOf(text)).toBe(months);
    expect(monthsOf(durationOf(months))).toBe(months);
  });

  it.each(['P', '3M', 'P30D', 'P1Y2W', 'PT3M', 'P-3M', 'P1.5Y', 'P3M ', ''])('is not %p', (text) => {
    expect(monthsOf(text)).toBeNull();
  });

  it.each([
    ['2026-11-22T10:00:00Z', 3, '2026-08-22T10:00:00Z'],
    ['2026-05-31T23:59:59Z', 3, '2026-02-28T23:59:59Z'],
    ['2028-02-29T00:00:00Z', 12, '2027-02-28T00:00:00Z'],
    ['2026-01-15T00:00:00Z', 13, '2024-12-15T00:00:00Z'],
  ])('ends %s less %i months at %s', (now, months, then) => {
    expect(monthsBefore(at(now), months)).toEqual(at(then));
  });

  it('lets a month go as soon as its first event is too old, and not before', () => {
    expect(firstMonthKept(at('2026-11-01T00:00:00Z'), 36)).toBe('2023-12-01');
    expect(firstMonthKept(at('2026-11-30T23:59:59Z'), 36)).toBe('2023-12-01');
    expect(firstMonthKept(at('2026-10-31T23:59:59Z'), 36)).toBe('2023-11-01');
    expect(firstMonthKept(at('2026-12-31T00:00:00Z'), 12)).toBe('2026-01-01');
  });
});
