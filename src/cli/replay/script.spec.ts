import type { Dataset, Planned, PlannedEvent } from './dataset.js';
import { type Part, Script } from './script.js';

const event = (id: string, at: number, retailer = 'A'): PlannedEvent => ({
  retailer,
  customer: `customer of ${id}`,
  source: '/tills',
  id,
  type: 'transaction.completed',
  touchpoint: 'till',
  at,
  data: { currency: 'EUR', lines: [] },
});
const rows = (count: number) => [{ file: 'rows', fate: 'reported', count }];

/** Five rows and one that things are looked up in. */
const dataset = {
  name: 'made-up',
  async *plan(read: (file: string) => void): AsyncGenerator<Planned> {
    for (let row = 0; row < 6; row++) read(row < 5 ? 'rows' : 'names');
    yield { at: 10, rows: rows(2), events: [event('1', 10)] };
    yield { at: 20, rows: rows(1), events: [] };
    yield { at: 30, rows: rows(1), events: [event('2', 30, 'B'), event('3', 30)] };
    yield { at: 40, rows: rows(1), events: [event('4', 40)] };
    yield { at: null, rows: [{ file: 'names', fate: 'used', count: 1 }], events: [] };
  },
} as Partial<Dataset> as Dataset;

const scriptOf = (part: Part = {}) => Script.of(dataset, part, { add: () => undefined, end: () => undefined });
const idsOf = (script: Script) => Array.from({ length: script.length }, (_, place) => script.at(place).id);

describe('a script', () => {
  it('has every event in the order of time, and every row', async () => {
    const script = await scriptOf();
    expect(idsOf(script)).toEqual(['1', '2', '3', '4']);
    expect([script.tally.sums('rows'), script.tally.sums('names')]).toEqual([
      { read: 5, gone: 5 },
      { read: 1, gone: 1 },
    ]);
    expect([...script.openings.values()].map(({ id }) => id)).toEqual(['1', '2']);
    script.close();
  });

  it.each([
    ['before a time', { until: 30 }, ['1'], 3],
    ['of so many events at least', { limit: 2 }, ['1', '2', '3'], 4],
    ['of so many customers', { customers: 1 }, ['1'], 2],
  ])('of what was %s knows its part, and when the whole begins and ends', async (_, part, ids, gone) => {
    const script = await scriptOf(part);
    expect(idsOf(script)).toEqual(ids);
    expect(script.customers).toEqual(new Set(ids.map((id) => `customer of ${id}`)));
    expect([script.tally.sums('rows').gone, script.first, script.last, script.isWhole]).toEqual([gone, 10, 40, false]);
    script.close();
  });

  it('of nothing is refused', async () => {
    await expect(scriptOf({ until: 5 })).rejects.toThrow('nothing to report');
  });
});
