import { customerKey } from '../platform/customer-key.js';
import { ConsentRequest, requestOrigins } from './consent-request.entity.js';
import type { AskedDetail } from './detail.js';

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

const line = (id: string) => ({ id, type: 'ccx_preferences', attributes: ['size.footwear'] }) as unknown as AskedDetail;
const [first, second, third] = [line('1'), line('2'), line('3')];
const rule = { id: '019aa7d3-41c0-7f25-b6a8-90d3e1c4f712', name: 'No sizes' };
const strike = (...struck: AskedDetail[]) => {
  const request = ConsentRequest.open({ ...asking, details: [first, second, third] });
  request.strike(struck.map((detail) => ({ detail, rule })));
  return request;
};

describe('a request of which rules refuse something', () => {
  it('asks the customer for the rest, and still knows all that was asked for, in its order', () => {
    const request = strike(second);
    expect(request.details).toEqual([first, third]);
    expect(request.asked()).toEqual([first, second, third]);
  });

  it('still says what was asked for when nothing is left', () => {
    const request = strike(first, second, third);
    expect(request.details).toEqual([first, second, third]);
    expect(request.asked()).toEqual(request.details);
  });

  it('is approved in part at most', () => {
    const approvedAs = (request: ConsentRequest) => {
      request.approve({ consentId: '019aa7c9-0b72-7e18-8c55-2f4a9d7b3c01', whole: true }, at);
      return request.status;
    };
    expect([approvedAs(strike()), approvedAs(strike(second))]).toEqual(['approved', 'narrowed']);
  });
});

describe('what the retailer sees of a request', () => {
  const made = requestOrigins.filter((origin) => origin !== 'switch');
  it.each(made)('is its refusal, unless a rule refused what came to the inbox: %s', (origin) => {
    const [byHand, byRule] = [null, rule].map((by) => {
      const request = ConsentRequest.open({ ...asking, origin });
      request.refuse(at, by);
      return [request.statusToRetailer(at), request.statusToRetailer(request.expiresAt)];
    });
    expect(byHand).toEqual(['refused', 'refused']);
    expect(byRule).toEqual(origin === 'inbox' ? ['open', 'lapsed'] : ['refused', 'refused']);
  });

  it('is nothing, where the customer has approved beforehand what it has not asked for', () => {
    const request = ConsentRequest.open({ ...asking, origin: 'switch' });
    request.preApprove({ sourceId: asking.id, withdrawSource: 'no', reportedData: 'keep', ends: {} });
    expect(request.isHiddenFromRetailer()).toBe(true);
    expect([request.statusAt(at), request.statusAt(request.expiresAt)]).toEqual(['pre_approved', 'lapsed']);
    request.refuse(at);
    expect(request.isHiddenFromRetailer()).toBe(true);
  });
});
