import fc from 'fast-check';

import type { JsonObject } from '../platform/json.js';
import { type Attributable, chainOf, chainTypes, linksOf } from './attribution.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const noon = Date.parse('2026-11-20T12:00:00Z');

interface Said {
  correlation?: string;
  data?: JsonObject;
}

function event(id: string, type: string, after: number, { correlation, data = {} }: Said = {}): Attributable {
  return { id, type, occurredAt: new Date(noon + after), correlation: correlation ?? null, data };
}
const offer = (id: string, after: number, data: JsonObject = {}, correlation?: string) =>
  event(id, 'promotion.offered', after, { data: { campaign: 'spring', ...data }, ...(correlation && { correlation }) });
const answer = (id: string, after: number, data: JsonObject = {}, correlation?: string) =>
  event(id, 'promotion.responded', after, {
    data: { campaign: 'spring', response: 'opened', ...data },
    ...(correlation && { correlation }),
  });
const sale = (id: string, after: number, correlation?: string) =>
  event(id, 'transaction.completed', after, correlation ? { correlation } : {});

const told = (events: Attributable[]) =>
  linksOf(events).map(({ from, to, certainty, because }) => `${from} > ${to}: ${certainty}, ${because}`);

describe('what an answer follows from', () => {
  it('is an offer that is tied to it, or of the same campaign and code, for three months', () => {
    expect(told([offer('o', 0, { campaign: 'other' }, 'x'), answer('a', 80 * DAY, {}, 'x')])).toEqual([
      'o > a: explicit, correlation',
    ]);
    expect(told([offer('o', 0, { offer: '1' }), answer('a', 90 * DAY, { offer: '1' })])).toEqual([
      'o > a: explicit, offer',
    ]);
    expect(told([offer('o', 0, { offer: '1' }), answer('a', 90 * DAY + 1, { offer: '1' })])).toEqual([]);
  });

  it('is likely the last offer of the campaign within a fortnight', () => {
    const offers = [offer('o1', 0), offer('o2', DAY), offer('later', 4 * DAY)];
    expect(told([...offers, answer('a', 3 * DAY)])).toEqual(['o2 > a: likely, campaign']);
    expect(told([offer('o', 0), answer('a', 14 * DAY + 1)])).toEqual([]);
  });

  it('is no offer of another campaign or code', () => {
    expect(told([offer('o', 0, { campaign: 'autumn' }), answer('a', DAY)])).toEqual([]);
    expect(told([offer('o', 0, { offer: '1' }), answer('a', DAY, { offer: '2' })])).toEqual([]);
  });
});

describe('what a purchase follows from', () => {
  it('is what is tied to it, an answer before an offer', () => {
    expect(told([offer('o', 0, {}, 'x'), sale('s', 20 * DAY, 'x')])).toEqual(['o > s: explicit, correlation']);
    expect(told([offer('o', 0, {}, 'x'), answer('a', DAY, {}, 'x'), sale('s', 20 * DAY, 'x')])).toEqual([
      'o > a: explicit, correlation',
      'a > s: explicit, correlation',
    ]);
  });

  it('is likely the last answer within a fortnight, or else the last offer', () => {
    const events = [offer('o', 0), answer('a', DAY), offer('o2', 2 * DAY), sale('s', 3 * DAY)];
    expect(told(events)).toEqual(['o > a: likely, campaign', 'a > s: likely, last_response']);
    expect(told([offer('o', 0), offer('o2', DAY), sale('s', 2 * DAY)])).toEqual(['o2 > s: likely, last_offer']);
    expect(told([offer('o', 0), sale('s', 14 * DAY + 1)])).toEqual([]);
  });

  it('is no refusal, and no offer that was refused', () => {
    const events = [offer('o', 0), answer('no', DAY, { response: 'declined' }), sale('s', 2 * DAY)];
    expect(told(events)).toEqual(['o > no: likely, campaign']);
  });

  it('is a coupon redeemed at that visit, posted before it or after it, and not the next purchase', () => {
    const coupon = (after: number) => answer('c', after, { response: 'redeemed' });
    expect(told([sale('s', 0), coupon(5 * MINUTE)])).toEqual(['c > s: likely, last_response']);
    expect(told([coupon(-5 * MINUTE), sale('s', 0)])).toEqual(['c > s: likely, last_response']);
    expect(told([coupon(0), sale('next', DAY)])).toEqual([]);
  });
});

describe('the chain of an event', () => {
  const o = offer('o', 0, {}, 'x');
  const a = answer('a', DAY, {}, 'x');
  const [s1, s2] = [sale('s1', 2 * DAY), sale('s2', 3 * DAY)];
  const other = sale('other', 40 * DAY);
  const all = [s2, o, other, a, s1];
  const idsOf = (id: string) => chainOf(id, all).events.map((one) => one.id);

  it('reaches from an offer to all that it led to, and from a purchase back to the offer', () => {
    expect(idsOf('o')).toEqual(['o', 'a', 's1', 's2']);
    expect(idsOf('s1')).toEqual(['o', 'a', 's1']);
    expect(chainOf('s1', all).links.map(({ from, to }) => [from, to])).toEqual([
      ['o', 'a'],
      ['a', 's1'],
    ]);
  });

  it('is the event alone where nothing led to it or followed', () => {
    expect(chainOf('other', all)).toEqual({ events: [other], links: [] });
  });
});

describe('whatever is reported', () => {
  const anEvent = fc.record({
    id: fc.uuid(),
    type: fc.constantFrom(...chainTypes),
    occurredAt: fc.integer({ min: 0, max: 60 * DAY }).map((after) => new Date(noon + after)),
    correlation: fc.option(fc.constantFrom('x', 'y')),
    data: fc.record({
      campaign: fc.constantFrom('spring', 'autumn'),
      offer: fc.constantFrom('1', '2'),
      response: fc.constantFrom('opened', 'accepted', 'redeemed', 'declined'),
    }),
  });
  const events = fc.uniqueArray(anEvent, { selector: ({ id }) => id, maxLength: 30 });

  it('each event follows from one other at most, and none from itself in the end', () => {
    fc.assert(
      fc.property(events, (all) => {
        const links = linksOf(all);
        expect(new Set(links.map(({ to }) => to)).size).toBe(links.length);
        const order = ['promotion.offered', 'promotion.responded', 'transaction.completed', 'loyalty.redeemed'];
        const rank = new Map(all.map(({ id, type }) => [id, Math.min(order.indexOf(type), 2)]));
        for (const { from, to } of links) expect(rank.get(from)).toBeLessThan(rank.get(to) ?? 0);
      }),
    );
  });

  it('does not depend on the order in which it came', () => {
    const shuffled = events.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        for (const { id } of all) expect(chainOf(id, other)).toEqual(chainOf(id, all));
      }),
    );
  });
});
