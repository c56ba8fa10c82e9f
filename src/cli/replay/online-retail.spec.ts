import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { OnlineRetail } from './dataset.js';
import { withLines } from './invoices.js';
import { Planner } from './plan.js';
import { surveyOf } from './survey.js';
import { Tally } from './tally.js';

/** Half a million lines. */
const LONG_MS = 180_000;

// The data set is not part of a clone: where it lies beside one, the whole of it is planned.
const folder = resolve('../shared/data');
const whereItIs = existsSync(resolve(folder, 'online_retail_lines.csv.gz')) ? describe : describe.skip;

whereItIs('Online Retail', () => {
  it(
    'has every one of its rows in one place',
    async () => {
      const dataset = new OnlineRetail(folder);
      const survey = await surveyOf(dataset, Infinity);
      expect(survey).toMatchObject({ invoices: 25_900, last: Date.parse('2011-12-09T12:50:00Z') });
      expect(survey.customers.size).toBe(4_372);

      const planner = new Planner();
      const tally = new Tally();
      for await (const invoice of withLines(dataset.invoices(), dataset.lines())) tally.add(planner.plan(invoice));
      expect(Object.fromEntries(tally.invoices)).toEqual({
        'transaction.completed': 18_405,
        'return.completed': 3_267,
        'event.voided': 116,
        'no-customer': 3_710,
        'no-product': 402,
      });
      expect(Object.fromEntries(tally.lines)).toEqual({
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
      expect([tally.invoiceSum, tally.lineSum, tally.events]).toEqual([25_900, 541_909, 21_788]);
    },
    LONG_MS,
  );
});
