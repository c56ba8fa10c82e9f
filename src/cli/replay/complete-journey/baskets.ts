import { spanAt } from '../../../platform/zone.js';

/** Where the day of the files begins and ends: their times are UTC, their dates those of the stores. */
export const ZONE = 'America/New_York';

/** One product in a basket. Amounts are in cents. */
export interface BasketRow {
  readonly household: string;
  readonly store: string;
  readonly basket: string;
  readonly product: string;
  readonly quantity: number;
  /** What the store got for it: without what a manufacturer's coupon took off, which its manufacturer paid. */
  readonly paid: number;
  /** What the store took off, for the card or for a coupon of its own. */
  readonly discount: number;
  /** What a manufacturer's coupon took off. */
  readonly coupon: number;
  readonly at: number;
}

/** What was paid for at once. All rows have the same household, store and time. */
export type Basket = readonly [BasketRow, ...BasketRow[]];

/** Rows put together to baskets, and baskets to days, while they are being read in the order of time. Holds one day. */
export async function* byDay(
  rows: AsyncIterable<BasketRow>,
): AsyncGenerator<{ day: string; baskets: readonly Basket[] }> {
  let current: { day: string; baskets: Map<string, [BasketRow, ...BasketRow[]]> } | undefined;
  for await (const row of rows) {
    const day = dayOf(row.at);
    if (current?.day !== day) {
      if (current) yield { day: current.day, baskets: [...current.baskets.values()] };
      current = { day, baskets: new Map() };
    }
    const basket = current.baskets.get(row.basket);
    if (basket) basket.push(row);
    else current.baskets.set(row.basket, [row]);
  }
  if (current) yield { day: current.day, baskets: [...current.baskets.values()] };
}

/** The date in the stores: `2017-01-01`. */
function dayOf(at: number): string {
  return new Date(at + (spanAt(ZONE, at)?.offset ?? 0)).toISOString().slice(0, 10);
}
