import { customerKey } from '../platform/customer-key.js';
import { ConsentRequest } from './consent-request.entity.js';

const at = new Date('2026-11-21T09:30:00Z');
const asking = {
  id: '019aa7c2-5d10-7a3c-9e41-6b0d2f8e1a55',
  customer: customerKey('019aa7c2-0000-7a3c-9e41-6b0d2f8e1a55'),
  retailerId: '019aa6a0-7c00-7000-8000-00000000a1b2',
  clientId: 'albatross',
  origin: 'inbox' as const,
  details: [],
  vocabularyVersion: '1.0.0',
  longestDays: 366,
  at,
};

describe('a request for consent', () => {
  it.each([
    ['for a year, unless told', {}, 365],
    ['for as long as is asked', { lifetimeDays: 30 }, 30],
    ['for one day when it is for one time', { use: 'once' as const }, 1],
    ['for a week at most when it is for one time', { use: 'once' as const, lifetimeDays: 90 }, 7],
    ['for no longer than the service allows', { longestDays: 180 }, 180],
  ])('asks for one that holds %s', (_, more, days) => {
    expect(ConsentRequest.open({ ...asking, ...more }).lifetimeDays).toBe(days);
  });

  it.each([
    ['inbox' as const, '2026-12-05T09:30:00.000Z'],
    ['par' as const, '2026-11-21T10:00:00.000Z'],
  ])('can be decided for a while: %s until %s', (origin, until) => {
    const request = ConsentRequest.open({ ...asking, origin });
    expect(request.expiresAt.toISOString()).toBe(until);
    expect(request.statusAt(new Date(request.expiresAt.getTime() - 1))).toBe('open');
    expect(request.statusAt(request.expiresAt)).toBe('lapsed');
  });
});
