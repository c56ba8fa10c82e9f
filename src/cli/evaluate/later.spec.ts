import type { JsonObject } from '../../platform/json.js';
import type { PlannedEvent } from '../replay/dataset.js';
import { HeldOut } from './later.js';

const SPLIT = Date.parse('2017-10-01T00:00:00Z');
const END = Date.parse('2018-01-01T00:00:00Z');

function heldOut(...events: readonly PlannedEvent[]): HeldOut {
  const later = new HeldOut(SPLIT, END);
  for (const event of events) later.add(event);
  return later;
}

let number = 0;
const sale = (at: string, ...products: readonly JsonObject[]): PlannedEvent => ({
  retailer: 'J',
  customer: '1',
  source: 'tills',
  id: String(number++),
  type: 'transaction.completed',
  touchpoint: 'till',
  at: Date.parse(at),
  data: { lines: products.map((product) => ({ product, quantity: '1' })) },
});
const cheese = (brand: string, code = 'c1'): JsonObject => ({
  scheme: 'retailer',
  code,
  category_label: 'Hard  CHEESE',
  brand,
  brand_name: `Maker of ${brand}`,
});
const bread: JsonObject = { scheme: 'retailer', code: 'b1', category_label: 'BREAD' };

const storeCheese = { rule: 'brand_kind', group: 'hard cheese', value: 'store' } as const;

describe('what came later', () => {
  it('counts each day with the category once, and what more than half of its lines were', () => {
    const later = heldOut(
      sale('2017-10-02T09:00:00Z', cheese('store'), cheese('store'), cheese('national')),
      sale('2017-10-03T09:00:00Z', cheese('store'), bread),
      sale('2017-10-03T18:00:00Z', cheese('national')), // the same day: a half is not more
      sale('2017-10-04T09:00:00Z', cheese('national')),
      sale('2017-10-05T09:00:00Z', bread),
    );
    expect(later.count(storeCheese)).toEqual({ k: 1, n: 3 });
    expect(later.count({ rule: 'brand', group: 'hard cheese', value: 'maker of national' })).toEqual({ k: 1, n: 3 });
    expect(later.count({ rule: 'category', group: 'J', value: 'bread' })).toEqual({ k: 2, n: 4 });
  });

  it('counts a regular purchase by periods of four weeks in which there was any', () => {
    const later = heldOut(
      sale('2017-10-01T00:00:00Z', bread),
      sale('2017-10-28T23:59:00Z', cheese('store')),
      sale('2017-10-29T00:00:00Z', cheese('store')),
      sale('2017-12-24T12:00:00Z', bread, cheese('store')),
    );
    const regular = (value: string) => later.count({ rule: 'regular_purchase', group: 'J', value });
    expect(regular('retailer:b1')).toEqual({ k: 2, n: 3 });
    expect(regular('retailer:c1')).toEqual({ k: 3, n: 3 });
    expect(regular('retailer:other')).toEqual({ k: 0, n: 3 });
  });

  it('leaves out what came before or after, what was taken back, and what is no purchase', () => {
    const cancelled = sale('2017-11-01T09:00:00Z', cheese('store'));
    const later = heldOut(
      sale('2017-09-30T23:59:59Z', cheese('store')),
      sale('2018-01-01T00:00:00Z', cheese('store')),
      cancelled,
      { ...cancelled, id: 'void', type: 'event.voided', at: cancelled.at + 1, data: { id: cancelled.id } },
      { ...sale('2017-11-02T09:00:00Z', cheese('store')), type: 'return.completed' },
    );
    expect(later.count(storeCheese)).toEqual({ k: 0, n: 0 });
  });

  it('says nothing of rules that it cannot judge', () => {
    const later = heldOut(sale('2017-10-02T09:00:00Z', cheese('store')));
    expect(later.count({ rule: 'language', group: 'all', value: 'de' })).toEqual({ k: 0, n: 0 });
  });
});
