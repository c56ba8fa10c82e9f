import type { StandingEvent } from '../interactions/standing.service.js';
import type { JsonObject } from '../platform/json.js';
import { evidenceOf, type RuleId } from './evidence.js';
import { rules } from './rules.js';

const retailerId = '0199e6a0-1111-7e0a-b1c2-93f6d0a41e55';

let events = 0;
const event = (data: JsonObject, change: Partial<StandingEvent> = {}): StandingEvent => ({
  id: `event-${events++}`,
  retailerId,
  type: 'transaction.completed',
  touchpoint: 'till',
  stage: 'shopping',
  occurredAt: new Date('2026-11-20T17:05:00Z'),
  clock: null,
  correlation: null,
  data,
  ...change,
});
const line = (product: JsonObject, quantity = '1') => ({
  product: { scheme: 'retailer', code: 'A1', ...product },
  quantity,
});
const bought = (...products: JsonObject[]) => event({ lines: products.map((product) => line(product)) });

const talliesOf = (rule: RuleId, ...of: StandingEvent[]) =>
  evidenceOf('2026-11-20', of, rules).tallies.filter((tally) => tally.rule === rule);

describe('a day', () => {
  it('is one opportunity, however much was bought', () => {
    const milk = { category_label: 'Milk', brand: 'store' };
    expect(talliesOf('brand_kind', bought(milk, milk, milk), bought(milk))).toMatchObject([
      { group: 'milk', opportunities: 1, supports: [{ value: 'store', count: 1, about: { category: 'Milk' } }] },
    ]);
  });

  it('goes the way of most of its lines', () => {
    const [store, national] = ['store', 'national'].map((brand) => ({ category_label: 'Milk', brand }));
    expect(talliesOf('brand_kind', bought(store!, national!))).toMatchObject([{ opportunities: 1, supports: [] }]);
    expect(talliesOf('brand_kind', bought(store!, national!), bought(store!))).toMatchObject([
      { supports: [{ value: 'store', count: 1 }] },
    ]);
  });

  it('says the same in whatever order categories and products come', () => {
    const [a, b] = [
      { code: 'A', category_label: 'Milk', brand_name: 'Weide' },
      { code: 'B', category_label: 'Bread', brand_name: 'Korn' },
    ];
    const one = bought(a, b);
    const other = { ...one, data: { lines: [line(b), line(a)] } };
    const withoutNumbers = (day: object) => JSON.stringify(day);
    expect(withoutNumbers(evidenceOf('2026-11-20', [other], rules))).toBe(
      withoutNumbers(evidenceOf('2026-11-20', [one], rules)),
    );
  });

  it('nets what was given back of what was bought', () => {
    const back = event({ lines: [line({}, '2')] }, { type: 'return.completed' });
    expect(talliesOf('regular_purchase', event({ lines: [line({}, '3')] }), back)).toMatchObject([
      { group: retailerId, opportunities: 1, supports: [{ value: 'retailer:A1', count: 1 }] },
    ]);
    expect(talliesOf('regular_purchase', back)).toMatchObject([{ opportunities: 0, supports: [{ count: -2 }] }]);
  });

  it('has sizes by what is worn', () => {
    const size = { system: 'EUROPE', value: '42' };
    expect(talliesOf('footwear_size', bought({ gpc: '10001077', size }))).toMatchObject([
      { group: 'EUROPE', supports: [{ value: `42|${retailerId}:A1`, about: { system: 'EUROPE', size: '42' } }] },
    ]);
    expect(talliesOf('apparel_size', bought({ gpc: '10001335', size }))).toMatchObject([
      { group: 'trousers|EUROPE', supports: [{ about: { system: 'EUROPE', size: '42', garment: 'trousers' } }] },
    ]);
    expect(talliesOf('apparel_size', bought({ size }), bought({ gpc: '10001345', size }))).toEqual([]);
  });

  it.each([
    ['withheld', { category: 'withheld' }],
    ['marked special', { scheme: 'retailer', code: 'P1', special: 'pharmacy', category_label: 'Remedies' }],
    ['called so', { scheme: 'retailer', code: 'P1', category_label: 'Baby food' }],
    ['of a brand called so', { scheme: 'retailer', code: 'P1', category_label: 'Snacks', brand_name: 'Kosher Deli' }],
    ['called so by its code', { scheme: 'retailer', code: 'PREGNANCY-1', category_label: 'Snacks' }],
  ])('says nothing of a product that is %s', (_, product) => {
    const tallies = evidenceOf('2026-11-20', [event({ lines: [{ product, quantity: '1' }] })], rules).tallies;
    expect(tallies.flatMap(({ supports }) => supports)).toEqual([]);
  });

  it('has no hour where the clock is in doubt', () => {
    const answer = { campaign: 'spring', response: 'opened' };
    const opened = { type: 'promotion.responded', touchpoint: 'email' };
    expect(talliesOf('contact_time', event(answer, opened))).toMatchObject([
      { supports: [{ value: '2026-11-20T17:05' }] },
    ]);
    expect(talliesOf('contact_time', event(answer, { ...opened, clock: 'suspect' }))).toEqual([]);
    expect(talliesOf('contact_time', event(answer, { ...opened, touchpoint: 'till' }))).toEqual([]);
  });
});
