import type { Basket, BasketRow } from './baskets.js';
import { Catalogue } from './catalogue.js';
import { planOfDay } from './plan.js';
import type { PromotionsOfDay, Redemption } from './promotions.js';

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const products = [
  ['995242', '69', 'GROCERY', 'Private', 'FLUID MILK PRODUCTS', 'FLUID MILK WHITE ONLY', '1 GA'],
  ['866227', '2', 'DRUG GM', 'National', 'COLD AND FLU', 'COLD < FLU', ''],
  ['1', '1', 'FUEL', 'Private', 'COUPON/MISC ITEMS', 'GASOLINE-REG UNLEADED', ''],
  ['2', '1', 'COUPON', 'National', 'COUPONS/STORE & MFG', 'COUPONS/STORE & MFG', ''],
  ['3', '1', 'MISCELLANEOUS', 'National', '', '', ''],
];
let catalogue: Catalogue;
beforeAll(async () => (catalogue = await Catalogue.of(stream(products))));

const row = (product: string, more: Partial<BasketRow> = {}): BasketRow => ({
  household: '906',
  store: '319',
  basket: '31198705046',
  product,
  quantity: 1,
  paid: 150,
  discount: 0,
  coupon: 0,
  at: Date.parse('2017-06-01T15:30:00Z'),
  ...more,
});
const nothing: PromotionsOfDay = { day: '2017-06-01', sent: [], redemptions: [] };
const redemption = (more: Partial<Redemption> = {}): Redemption => ({
  household: '906',
  coupon: '51380041013',
  campaign: '26',
  products: new Set(['995242']),
  isReward: false,
  ...more,
});
const plan = (baskets: Basket[], promotions: Partial<PromotionsOfDay> = {}) =>
  planOfDay(baskets, { ...nothing, ...promotions }, catalogue);
const fatesOf = (...rows: [BasketRow, ...BasketRow[]]) =>
  Object.fromEntries(plan([rows]).flatMap((planned) => planned.rows.map(({ fate, count }) => [fate, count])));

describe('a basket', () => {
  it('is a purchase at shelf prices, with what was taken off, and what was paid in the end', () => {
    const milk = row('995242', { quantity: 2, paid: 300, discount: 58, coupon: 100 });
    expect(plan([[milk, row('3')]])).toEqual([
      {
        at: Date.parse('2017-06-01T15:30:00Z'),
        rows: [{ file: 'transactions', fate: 'transaction.completed', count: 2 }],
        events: [
          {
            retailer: 'J',
            customer: '906',
            source: 'https://juniper-grocers.example/tills',
            id: '31198705046',
            type: 'transaction.completed',
            touchpoint: 'till',
            at: Date.parse('2017-06-01T15:30:00Z'),
            data: {
              currency: 'USD',
              total: 350,
              store: '319',
              lines: [
                {
                  product: {
                    scheme: 'retailer',
                    code: '995242',
                    brand: 'store',
                    brand_name: 'Manufacturer 69',
                    label: 'FLUID MILK WHITE ONLY',
                    category: 'FLUID-MILK-PRODUCTS',
                    category_label: 'FLUID MILK PRODUCTS',
                  },
                  quantity: '2',
                  unit_price: 179,
                  discount: 58,
                },
                {
                  product: { scheme: 'retailer', code: '3', brand: 'national', brand_name: 'Manufacturer 1' },
                  quantity: '1',
                  unit_price: 150,
                },
              ],
            },
          },
        ],
      },
    ]);
  });

  it('has what tells of health marked', () => {
    const [planned] = plan([[row('866227')]]);
    expect(planned?.events[0]?.data.lines).toMatchObject([{ product: { special: 'pharmacy', label: 'COLD FLU' } }]);
  });

  it('has what is no product counted by its reason, and paid for', () => {
    const basket = [
      row('995242'),
      row('1', { quantity: 8_396 }),
      row('2'),
      row('4'),
      row('5', { quantity: 0 }),
    ] as const;
    expect(fatesOf(...basket)).toEqual({
      'transaction.completed': 1,
      fuel: 1,
      coupon: 1,
      'unknown-product': 1,
      'nothing-sold': 1,
    });
    expect(plan([basket])[0]?.events[0]?.data.total).toBe(750);
  });

  it('of nothing else comes to nothing', () => {
    expect(plan([[row('1')]])).toMatchObject([{ rows: [{ fate: 'fuel' }], events: [] }]);
  });
});

describe('a campaign', () => {
  it('is an offer by post at the beginning of its first day in the stores', () => {
    expect(plan([], { sent: [{ campaign: '26', household: '906' }] })).toMatchObject([
      {
        rows: [{ file: 'campaigns', fate: 'promotion.offered', count: 1 }],
        events: [
          {
            id: 'campaign-26-906',
            type: 'promotion.offered',
            at: Date.parse('2017-06-01T04:00:00Z'),
            data: { campaign: 'campaign-26', kind: 'coupon', channel: 'post' },
          },
        ],
      },
    ]);
  });
});

describe('a redemption', () => {
  it('is a response, at noon in the stores', () => {
    expect(plan([], { redemptions: [redemption()] })).toMatchObject([
      {
        at: Date.parse('2017-06-01T16:00:00Z'),
        rows: [{ file: 'redemptions', fate: 'promotion.responded', count: 1 }],
        events: [
          {
            id: 'redemption-906-51380041013-26-2017-06-01',
            type: 'promotion.responded',
            data: { campaign: 'campaign-26', offer: '51380041013', response: 'redeemed' },
          },
        ],
      },
    ]);
  });

  it('of a coupon chosen for the household is a reward, too', () => {
    const [planned] = plan([], { redemptions: [redemption({ isReward: true })] });
    expect(planned?.rows).toEqual([{ file: 'redemptions', fate: 'loyalty.redeemed', count: 1 }]);
    expect(planned?.events.map(({ type }) => type)).toEqual(['promotion.responded', 'loyalty.redeemed']);
  });

  it('belongs to the basket of that household and day that has something the coupon is good for', () => {
    const baskets: Basket[] = [
      [row('3', { basket: '1' })],
      [row('995242', { basket: '2', household: '1' })],
      [row('995242', { basket: '3', at: Date.parse('2017-06-01T20:00:00Z') })],
    ];
    const events = plan(baskets, { redemptions: [redemption()] }).flatMap((planned) => planned.events);
    expect(events.map(({ id, at, correlation }) => [id, at, correlation])).toEqual([
      ['1', Date.parse('2017-06-01T15:30:00Z'), undefined],
      ['2', Date.parse('2017-06-01T15:30:00Z'), undefined],
      ['3', Date.parse('2017-06-01T20:00:00Z'), 'basket-3'],
      ['redemption-906-51380041013-26-2017-06-01', Date.parse('2017-06-01T20:00:00Z'), 'basket-3'],
    ]);
  });
});
