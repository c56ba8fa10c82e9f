import { type ReportedEvent } from './cloud-event.js';
import { contentHashOf, keyHashOf } from './identity.js';

const event: ReportedEvent = {
  source: '/tills/17',
  id: '1',
  type: 'loyalty.enrolled',
  touchpoint: 'app',
  stage: 'exploring',
  time: new Date('2026-11-20T10:00:00Z'),
  data: { programme: 'green', tier: 'b' },
};

describe('the identity of an event', () => {
  it('is its client, source and id, which cannot run into each other', () => {
    expect(keyHashOf('a', 'b', 'c')).toEqual(keyHashOf('a', 'b', 'c'));
    expect(keyHashOf('a', 'bc', '')).not.toEqual(keyHashOf('a', 'b', 'c'));
  });

  it('is kept when it is sent again later, with its members in another order', () => {
    const again = { ...event, data: { tier: 'b', programme: 'green' }, sentTime: new Date() };
    expect(contentHashOf(again)).toEqual(contentHashOf(event));
  });

  it.each([
    { touchpoint: 'web' as const },
    { data: { programme: 'blue' } },
    { correlation: 'x' },
    { time: new Date(0) },
  ])('is lost with other content: %j', (change) => {
    expect(contentHashOf({ ...event, ...change })).not.toEqual(contentHashOf(event));
  });
});
