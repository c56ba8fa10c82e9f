import { sinceAt, sinceFault } from './since.js';

const now = new Date('2026-11-21T09:30:00Z');

describe('how far back a request reaches', () => {
  it.each(['P400D', 'PT1H', '2026-01-01', '2025-10-18', '2026-01-01T00:00:00+01:00'])('may be %s', (since) => {
    expect(sinceFault(since, now)).toBeNull();
  });

  it.each([
    ['P401D', 'must not reach back more than 400 days'],
    ['2025-01-01', 'must not reach back more than 400 days'],
    ['2027-01-01', 'must not lie in the future'],
    ['2026-02-30', 'must be an ISO 8601 duration such as P90D, or a date'],
    ['yesterday', 'must be an ISO 8601 duration such as P90D, or a date'],
    ['2026-01-01T00:00:00', 'must be an ISO 8601 duration such as P90D, or a date'],
  ])('may not be %s', (since, fault) => {
    expect(sinceFault(since, now)).toBe(fault);
  });

  it('is the decision itself when nothing is asked for', () => {
    expect(sinceAt(undefined, now)).toEqual(now);
  });

  it('is counted from the decision, not from the request', () => {
    expect(sinceAt('P1D', now)).toEqual(new Date('2026-11-20T09:30:00Z'));
    expect(sinceAt('2026-11-01', now)).toEqual(new Date('2026-11-01T00:00:00Z'));
  });

  it('is brought forward when a date has come to lie too far back', () => {
    const later = new Date('2028-01-01T00:00:00Z');
    expect(sinceAt('2026-11-01', later)).toEqual(new Date('2026-11-27T00:00:00Z'));
  });
});
