import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { Script } from '../script.js';
import { CompleteJourney } from './complete-journey.js';

const LONG_MS = 300_000;

// The data set is not part of a clone: where it lies beside one, the whole of it is planned.
const folder = resolve('../shared/data');
const whereItIs = existsSync(resolve(folder, 'complete_journey_transactions.csv.gz')) ? describe : describe.skip;

whereItIs('the Complete Journey', () => {
  it(
    'has every one of its rows in one place',
    async () => {
      const script = await Script.of(new CompleteJourney(folder), {}, { add: () => undefined, end: () => undefined });
      const { tally, customers, first, last } = script;
      script.close();
      expect([customers.size, first, last]).toEqual([
        2_403,
        Date.parse('2017-01-01T00:00:00-05:00'),
        Date.parse('2018-01-01T03:32:25Z'),
      ]);
      expect(Object.fromEntries(tally.events)).toEqual({
        'transaction.completed': 55_347,
        'promotion.offered': 6_589,
        'promotion.responded': 2_102,
        'loyalty.redeemed': 1_718,
      });
      const rows = {
        transactions: 100_000,
        campaigns: 6_589,
        redemptions: 2_102,
        descriptions: 27,
        coupons: 116_204,
        products: 92_331,
      };
      for (const [file, count] of Object.entries(rows)) {
        expect([file, tally.sums(file)]).toEqual([file, { read: count, gone: count }]);
      }
      expect(Object.fromEntries(tally.fates('transactions'))).toEqual({
        'transaction.completed': 98_363,
        fuel: 1_036,
        'nothing-sold': 577,
        coupon: 23,
        'unknown-product': 1,
      });
      expect(Object.fromEntries(tally.fates('redemptions'))).toEqual({
        'promotion.responded': 384,
        'loyalty.redeemed': 1_718,
      });
    },
    LONG_MS,
  );
});
