import { lastReminder, nextReminder } from './reminder.js';

const day = (count: number) => new Date(Date.UTC(2026, 0, 1) + count * 86_400_000);
const term = { from: day(0), until: day(100) };

describe('the reminders of a consent', () => {
  it.each([
    [0, null, 50],
    [49, null, 50],
    [50, 50, 80],
    [79, 50, 80],
    [80, 80, 95],
    [95, 95, null],
    [99, 95, null],
  ])('after %i %% of its life are, last and next, %p and %p', (now, last, next) => {
    expect(lastReminder(term, day(now))).toEqual(last && { percent: last, at: day(last) });
    expect(nextReminder(term, day(now))).toEqual(next && day(next));
  });
});
