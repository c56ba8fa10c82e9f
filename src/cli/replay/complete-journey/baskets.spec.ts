import { type BasketRow, byDay } from './baskets.js';

async function* rows(...items: [basket: string, at: string][]): AsyncGenerator<BasketRow> {
  for (const [basket, at] of items) yield { basket, at: Date.parse(at) } as BasketRow;
}

describe('baskets', () => {
  it('are put together, and to the days of the stores', async () => {
    const days: [string, string[][]][] = [];
    const read = rows(
      ['1', '2017-03-12T04:59:59Z'],
      ['2', '2017-03-12T05:00:00Z'],
      ['3', '2017-03-12T05:00:00Z'],
      ['2', '2017-03-12T05:00:00Z'],
      ['4', '2017-03-13T03:59:59Z'], // in summer now
      ['5', '2017-03-13T04:00:00Z'],
    );
    for await (const { day, baskets } of byDay(read)) {
      days.push([day, baskets.map((basket) => basket.map((row) => row.basket))]);
    }
    expect(days).toEqual([
      ['2017-03-11', [['1']]],
      ['2017-03-12', [['2', '2'], ['3'], ['4']]],
      ['2017-03-13', [['5']]],
    ]);
  });
});
