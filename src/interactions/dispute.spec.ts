import { ANSWER_DAYS, disputeStatuses, dueAt, isOverdue } from './dispute.js';

const disputedAt = new Date('2026-11-22T10:00:00Z');

describe('a dispute', () => {
  it(`is overdue after ${ANSWER_DAYS} days without an answer, and not a millisecond before`, () => {
    const due = dueAt(disputedAt);
    expect(due.toISOString()).toBe('2026-12-22T10:00:00.000Z');
    expect(isOverdue({ status: 'open', disputedAt }, new Date(due.getTime() - 1))).toBe(false);
    expect(isOverdue({ status: 'open', disputedAt }, due)).toBe(true);
  });

  it('is never overdue once it is answered or taken back', () => {
    for (const status of disputeStatuses.filter((other) => other !== 'open')) {
      expect(isOverdue({ status, disputedAt }, new Date('2036-01-01T00:00:00Z'))).toBe(false);
    }
  });
});
