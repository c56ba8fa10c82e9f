import { randomUUID } from 'node:crypto';

import type { CustomerKey } from '../src/platform/customer-key.js';
import { LongJobs } from '../src/platform/jobs/long-jobs.js';
import { anOperator, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { likeThem } from './support/crowds.js';
import type { Reporter } from './support/events.js';
import { eventually } from './support/eventually.js';
import { audited } from './support/records.js';
import { aShopper, candidatesOf, lastDays, line, lookedAt, shopped } from './support/suggestions.js';

let app: TestApp;
let olga: TestStaff;
let mira: Reporter;
beforeAll(async () => {
  app = await startApp();
  olga = await anOperator(app);
  mira = await aShopper(app);
  const lines = [line({ code: 'M1', category_label: 'Milk', brand: 'store', brand_name: 'Weide' })];
  await shopped(app, mira, lastDays(4), { receipt: 'email', lines });
  await others(24, {});
  await others(35, { receipt: 'paper' });
  await others(19, { receipt: 'app' });
});
afterAll(() => app.stop());

const admin = '/v1/admin/suggestion-priors';
const problemOf = ({ body }: { body: { type?: string } }) => body.type?.split('/').at(-1);

interface Cell {
  rule: string;
  group: string;
  value: string;
  base_rate: number;
  customers: number;
}

/** Others who have switched suggestions on, and to whom the same happened as to mira, but for what is different. */
async function others(count: number, different: object): Promise<void> {
  const keys = await likeThem(app, mira.consentId, count);
  const who = [keys.map(({ bucket }) => bucket), keys.map(({ customerId }) => customerId)];
  await app.db.query(
    `insert into interactions
     select (jsonb_populate_record(i, jsonb_build_object(
              'bucket', o.bucket, 'customer_id', o.id, 'id', gen_random_uuid(), 'data', i.data || $4::jsonb))).*
       from interactions i, unnest($1::int[], $2::uuid[]) as o (bucket, id) where i.customer_id = $3`,
    [...who, mira.customer.customerId, JSON.stringify(different)],
  );
  await switchedOn(keys);
}

async function switchedOn(keys: readonly CustomerKey[]): Promise<void> {
  const who = [keys.map(({ bucket }) => bucket), keys.map(({ customerId }) => customerId)];
  await app.db.query(
    `insert into suggestion_settings (bucket, customer_id, enabled_at, never, due_at)
     select bucket, id, now(), '{}', now() - interval '1 minute' from unnest($1::int[], $2::uuid[]) as o (bucket, id)`,
    who,
  );
  await app.db.query(
    `insert into suggestion_days (bucket, customer_id, day, stale)
     select distinct bucket, customer_id, (occurred_at at time zone 'UTC')::date, true
       from interactions where customer_id = any($1)`,
    [who[1]],
  );
  await app.runJob('suggestions');
  await lookedAt(app);
}

/** Has priors fitted, and waits until they are. */
async function fitted(): Promise<{ version: string; customers: number; cells: number }> {
  const { body } = await olga.api.post(admin).set('idempotency-key', randomUUID()).expect(202);
  expect(body).toMatchObject({ kind: 'suggestion-priors' });
  await app.get(LongJobs).work();
  return eventually(async () => {
    const job = await olga.api.get(`${admin}/jobs/${body.id}`).expect(200);
    expect(job.body.status).toBe('succeeded');
    return job.body.result;
  });
}

const cells = async (): Promise<Cell[]> => (await olga.api.get(`${admin}?limit=200`).expect(200)).body.items;
const receiptOf = async () => (await candidatesOf(mira.customer)).find(({ rule }) => rule === 'receipt')!;

describe('what is known of customers', () => {
  it('is nothing as long as they are fewer than fifty', async () => {
    // Nobody but mira has suggestions on while the others are being put off.
    await app.db.query('update suggestion_settings set enabled_at = null, due_at = null where customer_id <> $1', [
      mira.customer.customerId,
    ]);
    expect(await fitted()).toMatchObject({ customers: 1, cells: 0 });
    expect(await receiptOf()).toMatchObject({ k: 4, n: 4, base: 0.5 });
    await app.db.query('update suggestion_settings set enabled_at = now()');
  });

  it('is learned from fifty or more, and counts at once', async () => {
    const { version, customers } = await fitted();
    expect(customers).toBe(79);
    const found = (await cells()).filter(({ rule }) => rule === 'receipt');
    expect(found).toEqual([
      expect.objectContaining({ group: 'all', value: 'email', customers: 79, base_rate: 25 / 79 }),
      expect.objectContaining({ group: 'all', value: 'paper', customers: 79, base_rate: 35 / 79 }),
    ]);
    const { body } = await mira.customer.api.get('/v1/me/suggestions/candidates').expect(200);
    expect(body.priors).toBe(version);
    expect((await receiptOf()).base).toBeCloseTo(25 / 79);
    const entries = (await audited(app, null)).filter(({ type }) => type === 'suggestion_priors.fit');
    expect(entries[0]).toMatchObject({ actor: { kind: 'operator', id: olga.staffId } });
  });

  it('names nothing that fewer than twenty do', async () => {
    await fitted();
    const values = (await cells()).filter(({ rule }) => rule === 'receipt').map(({ value }) => value);
    expect(values).not.toContain('app');
  });

  it('is listed page by page', async () => {
    await fitted();
    const all = await cells();
    expect(all.length).toBeGreaterThan(3);
    const first = (await olga.api.get(`${admin}?limit=2`).expect(200)).body;
    const second = (await olga.api.get(`${admin}?limit=200&cursor=${first.next_cursor}`).expect(200)).body;
    expect([...first.items, ...second.items]).toEqual(all);
    expect(second.next_cursor).toBeNull();
    expect(problemOf(await olga.api.get(`${admin}?cursor=nowhere`).expect(400))).toBe('invalid-cursor');
  });

  it('is learned anew once a day', async () => {
    await fitted();
    const jobs = async () => {
      const { rows } = await app.db.query(`select from long_jobs where kind = 'suggestion-priors'`);
      return rows.length;
    };
    const before = await jobs();
    await app.runJob('suggestion-priors');
    expect(await jobs()).toBe(before);
    app.clock.advance({ days: 1 });
    await app.runJob('suggestion-priors');
    expect(await jobs()).toBe(before + 1);
    app.clock.advance({ days: -1 });
  });
});

describe('a fit of priors', () => {
  it('that there is not is not found', async () => {
    expect(problemOf(await olga.api.get(`${admin}/jobs/${randomUUID()}`).expect(404))).toBe('job-not-found');
  });
});
