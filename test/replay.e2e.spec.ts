import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { OnlineRetail } from '../src/cli/replay/online-retail/online-retail.js';
import { play, type PlayOptions } from '../src/cli/replay/play.js';
import { faultsOf, summaryOf } from '../src/cli/replay/summary.js';
import { anOperator, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';

// Whole stories, with hundreds of requests each.
jest.setTimeout(120_000);

const invoices = `invoice,datetime,customer,country
536365,2010-12-01T08:26,17850,United Kingdom
536366,2010-12-01T08:28,17851,United Kingdom
536367,2010-12-01T08:28,,United Kingdom
C536368,2010-12-02T10:00,17850,United Kingdom
C536369,2010-12-02T11:00,17851,United Kingdom
536370,2010-12-02T12:00,12001,France
536371,2011-12-09T12:50,17850,United Kingdom
`;
const lines = `invoice,stock_code,quantity,unit_price
536365,85123A,6,2.55
536365,POST,1,18
536366,71053,2,3.39
536367,22423,-4,0
536366,71053,2,3.39
C536368,85123A,-6,2.55
C536369,71053,-1,3.39
536370,POST,1,18
536371,PADS,1,0.001
`;
const products = `stock_code,description
85123A,WHITE HANGING HEART T-LIGHT HOLDER
PADS,PADS TO MATCH ALL CUSHIONS
10002,INFLATABLE POLITICAL GLOBE
`;

let app: TestApp;
let operator: TestStaff;
let folder: string;
beforeAll(async () => {
  app = await startApp();
  operator = await anOperator(app);
  folder = mkdtempSync(join(tmpdir(), 'ccx-replay-'));
  writeFileSync(join(folder, 'online_retail_invoices.csv.gz'), gzipSync(invoices));
  writeFileSync(join(folder, 'online_retail_lines.csv.gz'), gzipSync(lines));
  writeFileSync(join(folder, 'online_retail_products.csv.gz'), gzipSync(products));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await app.stop();
});

const playTo = (state: string, options: Partial<PlayOptions> = {}) =>
  play({
    dataset: new OnlineRetail(folder),
    url: app.url,
    operator,
    state: join(folder, state),
    verify: true,
    patienceMs: 5_000,
    say: () => undefined,
    progress: () => ({ add: () => undefined, end: () => undefined }),
    ...options,
  });

describe('a replay', () => {
  it('has every row accounted for and customers find what happened to them', async () => {
    await playTo('first.json', { limit: 2 }); // ended early
    const { replayed, settings } = await playTo('first.json');

    expect(faultsOf(replayed)).toEqual([]);
    expect(replayed.outcomes).toMatchObject({ sent: 5, stored: 3, duplicate: 2 });
    expect(replayed.endState?.differing).toEqual([]);
    expect(summaryOf(replayed, settings)).toMatch(
      /7 invoices\n +3  sales\n +1  returns\n +1  cancellations.*\n +1  without a customer\n +1  without a line/,
    );
  });

  it('moves the last row to yesterday', async () => {
    const { settings } = await playTo('first.json');
    const last = Date.parse('2011-12-09') + settings.offset_days * 86_400_000;
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect(new Date(last).toISOString().slice(0, 10)).toBe(yesterday);
  });

  it('changes nothing when it is run again, even if it has forgotten all about it', async () => {
    const first = await playTo('first.json');
    expect(first.replayed.outcomes).toMatchObject({ sent: 5, stored: 0, duplicate: 5 });

    const other = await playTo('forgotten.json');
    expect(faultsOf(other.replayed)).toEqual([]);
    expect(other.replayed.outcomes).toMatchObject({ sent: 5, stored: 0, duplicate: 5 });
    expect(other.settings.offset_days).toBe(first.settings.offset_days);
    expect(other.replayed.endState?.checksum).toBe(first.replayed.endState?.checksum);

    // Its clients have new keys now.
    await expect(playTo('first.json')).rejects.toThrow('The service refused a token: invalid_client');
  });

  it('notices a customer who has something else than was reported', async () => {
    const { rows } = await app.db.query<{ event_id: string }>(
      `update interactions set data = jsonb_set(data, '{total}', '1') where event_id = '536371' returning event_id`,
    );
    expect(rows).toHaveLength(1);
    const { replayed } = await playTo('forgotten.json');
    expect(faultsOf(replayed)).toEqual(['Customers who have something else than was reported: 1, such as 17850']);
  });
});
