import { Lookup } from '../lookup.js';
import type { Invoice, LineRow } from './invoices.js';
import { Planner } from './plan.js';

const line = (code: string, quantity: number, price: string): Omit<LineRow, 'invoice'> => ({ code, quantity, price });
const invoice = (number: string, lines: Omit<LineRow, 'invoice'>[], customer: string | null = '17850'): Invoice => ({
  number,
  datetime: '2010-12-01T08:26',
  customer,
  lines: lines.map((one) => ({ invoice: number, ...one })),
});
function planAll(...invoices: Invoice[]) {
  const names = new Lookup<string>('products');
  names.add('85123A', 'WHITE HANGING HEART T-LIGHT HOLDER');
  const planner = new Planner(names);
  return invoices.map((one) => {
    const { rows, events } = planner.plan(one);
    const of = (name: string) =>
      rows.flatMap(({ file, fate, count }) => (file === name ? [[fate, count] as const] : []));
    return { fate: of('invoices')[0]?.[0], lines: Object.fromEntries(of('lines')), event: events[0] };
  });
}
const types = (...invoices: Invoice[]) => planAll(...invoices).map(({ fate }) => fate);

const heart = line('85123A', 6, '2.55');
const lantern = line('71053', 2, '3.39');
const back = ({ code, quantity, price }: Omit<LineRow, 'invoice'>) => line(code, -quantity, price);

describe('an invoice', () => {
  it('is a sale of its products, in pence', () => {
    expect(planAll(invoice('536365', [heart, line('gift_0001_20', 1, '16.67'), line('22423', 1, '0')]))).toEqual([
      {
        fate: 'transaction.completed',
        lines: { 'transaction.completed': 3 },
        event: {
          retailer: 'A',
          customer: '17850',
          source: 'https://albatross-gifts.example/shop',
          id: '536365',
          type: 'transaction.completed',
          touchpoint: 'web',
          at: Date.parse('2010-12-01T08:26:00Z'),
          data: {
            currency: 'GBP',
            total: 3197,
            lines: [
              {
                product: { scheme: 'retailer', code: '85123A', label: 'WHITE HANGING HEART T-LIGHT HOLDER' },
                quantity: '6',
                unit_price: 255,
              },
              { product: { scheme: 'retailer', code: 'gift_0001_20' }, quantity: '1', unit_price: 1667 },
              { product: { scheme: 'retailer', code: '22423' }, quantity: '1', unit_price: 0 },
            ],
          },
        },
      },
    ]);
  });

  it('keeps lines that are the same twice', () => {
    const [planned] = planAll(invoice('1', [heart, heart]));
    expect(planned?.event?.data.lines).toHaveLength(2);
  });

  it('has a price below a penny rounded', () => {
    const [planned] = planAll(invoice('1', [line('PADS', 1, '0.001')]));
    expect(planned?.event?.data).toMatchObject({ total: 0, lines: [{ unit_price: 0 }] });
  });

  it('of an odd customer is one of the other shop', () => {
    expect(planAll(invoice('1', [heart], '13047'))[0]?.event?.retailer).toBe('T');
  });

  it('has what is no product counted by its reason, and paid for', () => {
    const [planned] = planAll(
      invoice('1', [
        heart,
        line('POST', 1, '18'),
        line('C2', 1, '50'),
        line('M', 1, '1'),
        line('D', -1, '2'),
        line('??', 1, '1'),
      ]),
    );
    expect(planned?.event?.data).toMatchObject({ total: 8330, lines: [{ quantity: '6' }] });
    expect(planned?.lines).toEqual({
      'transaction.completed': 1,
      postage: 2,
      'manual-entry': 1,
      discount: 1,
      'unknown-code': 1,
    });
  });

  it('has a quantity of the wrong sign counted as an adjustment', () => {
    const [planned] = planAll(invoice('1', [heart, line('71053', -3, '3.39'), line('22423', 0, '1')]));
    expect(planned?.lines.adjustment).toBe(2);
  });

  it('without a customer, without lines or without a product comes to nothing', () => {
    expect(types(invoice('1', [heart], null), invoice('2', []), invoice('3', [line('BANK CHARGES', 1, '15')]))).toEqual(
      ['no-customer', 'empty', 'no-product'],
    );
    expect(types(invoice('A563185', [line('B', 1, '11062.06')], null))).toEqual(['no-customer']);
  });
});

describe('a cancellation', () => {
  it('of exactly what a sale was of voids it, in any order of lines', () => {
    const [, planned] = planAll(invoice('1', [heart, lantern]), invoice('C2', [back(lantern), back(heart)]));
    expect(planned?.event).toMatchObject({
      id: 'C2',
      type: 'event.voided',
      touchpoint: 'returns',
      data: { id: '1', reason: 'cancelled' },
    });
  });

  it('disregards postage when it looks for the sale', () => {
    const sale = invoice('1', [heart, line('POST', 1, '18')]);
    expect(types(sale, invoice('C2', [back(heart)]))).toEqual(['transaction.completed', 'event.voided']);
  });

  it.each([
    ['a part of a sale', [back(heart)]],
    ['other quantities', [line('85123A', -5, '2.55'), back(lantern)]],
    ['other prices', [line('85123A', -6, '2.54'), back(lantern)]],
    ['more lines of the same', [back(heart), back(heart), back(lantern)]],
  ])('of %s is a return', (_, lines) => {
    const [, planned] = planAll(invoice('1', [heart, lantern]), invoice('C2', lines));
    expect(planned?.event?.type).toBe('return.completed');
  });

  it('of a sale by somebody else, or of a later one, is a return', () => {
    expect(types(invoice('1', [heart], '13047'), invoice('C2', [back(heart)]), invoice('3', [heart]))).toEqual([
      'transaction.completed',
      'return.completed',
      'transaction.completed',
    ]);
  });

  it('says what came back and what was paid for it', () => {
    const [planned] = planAll(invoice('C2', [back(heart)]));
    expect(planned?.event).toMatchObject({ touchpoint: 'returns', data: { total: 1530, lines: [{ quantity: '6' }] } });
  });

  it('takes back the newest of sales that are the same, each of them once', () => {
    const planned = planAll(
      invoice('1', [heart]),
      invoice('2', [heart]),
      invoice('C3', [back(heart)]),
      invoice('C4', [back(heart)]),
      invoice('C5', [back(heart)]),
    );
    expect(planned.slice(2).map(({ event }) => event?.data.id ?? event?.type)).toEqual(['2', '1', 'return.completed']);
  });
});
