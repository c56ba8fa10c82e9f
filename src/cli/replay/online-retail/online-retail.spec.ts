import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { Script } from '../script.js';
import { OnlineRetail } from './online-retail.js';

/** Half a million lines. */
const LONG_MS = 300_000;

// The data set is not part of a clone: where it lies beside one, the whole of it is planned.
const folder = resolve('../shared/data');
const whereItIs = existsSync(resolve(folder, 'online_retail_lines.csv.gz')) ? describe : describe.skip;

whereItIs('Online Retail', () => {
  it(
    'has every one of its rows in one place',
    async () => {
      const script = await Script.of(new OnlineRetail(folder), {}, { add: () => undefined, end: () => undefined });
      const { tally } = script;
      script.close();
      // Of 4 372 customers, nine bought postage and the like only.
      expect([script.customers.size, script.last]).toEqual([4_363, Date.parse('2011-12-09T12:50:00Z')]);
      expect(Object.fromEntries(tally.events)).toEqual({
        'transaction.completed': 18_405,
        'return.completed': 3_267,
        'event.voided': 116,
      });
      expect(['invoices', 'lines', 'products'].map((file) => tally.sums(file))).toEqual(
        [25_900, 541_909, 4_070].map((rows) => ({ read: rows, gone: rows })),
      );
      expect(Object.fromEntries(tally.fates('invoices'))).toEqual({
        'transaction.completed': 18_405,
        'return.completed': 3_267,
        'event.voided': 116,
        'no-customer': 3_710,
        'no-product': 402,
      });
      expect(Object.fromEntries(tally.fates('lines'))).toEqual({
        'transaction.completed': 396_374,
        'return.completed': 7_544,
        'event.voided': 995,
        'no-customer': 135_080,
        postage: 1_346,
        'manual-entry': 465,
        discount: 77,
        'charity-commission': 16,
        'bank-charges': 12,
      });
    },
    LONG_MS,
  );
});
