import { randomBytes, randomUUID } from 'node:crypto';

import type { JsonObject } from '../src/platform/json.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { reporting } from './support/consents.js';
import { aReporter, aVoid, report, type Reporter } from './support/events.js';
import { eventually } from './support/eventually.js';
import { counted } from './support/outbox.js';
import { race, statusesOf } from './support/race.js';
import { announced, audited } from './support/records.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const DAY_MS = 86_400_000;
const history = { details: [{ ...reporting, since: 'P400D' }] };

const chosen = async ({ api }: TestCustomer) => api.get('/v1/me/retention').expect(200);
const choose = async (customer: TestCustomer, interactions: unknown) => {
  const { headers } = await chosen(customer);
  return customer.api
    .put('/v1/me/retention')
    .set('if-match', headers.etag ?? '')
    .send({ interactions });
};
const daysAgo = (days: number) => new Date(app.clock.now().getTime() - days * DAY_MS);
const sold = (reporter: Reporter, days: number, change: JsonObject = {}) =>
  reporter.sale({ time: daysAgo(days).toISOString(), ...change });
const kept = async ({ customer }: Pick<Reporter, 'customer'>): Promise<string[]> => {
  const { body } = await customer.api.get('/v1/me/interactions?limit=200').expect(200);
  return body.items.map(({ event_id }: { event_id: string }) => event_id);
};
const expire = () => app.runJob('interactions-retention');
const settled = async () => {
  await eventually(async () => {
    const { rows } = await app.db.query(`select from outbox_deliveries where handler like 'interactions.%'`);
    expect(rows).toEqual([]);
  });
  await counted(app);
};

describe('the time for which interactions are kept', () => {
  it('is as long as may be, unless the customer chooses', async () => {
    const customer = await aCustomer(app);
    expect((await chosen(customer)).body).toEqual({
      interactions: null,
      longest: 'P36M',
      deleted_before: expect.stringMatching(/-01T00:00:00.000Z$/),
    });
    const { status, body } = await choose(customer, 'P1Y');
    expect([status, body.interactions]).toEqual([200, 'P12M']);
    expect(Date.parse(body.deleted_before)).toBeLessThan(daysAgo(364).getTime());
    expect((await chosen(customer)).body).toEqual({ ...body, deleted_before: expect.any(String) });
    expect((await choose(customer, null)).body.interactions).toBeNull();
  });

  it('is written down when it changes', async () => {
    const customer = await aCustomer(app);
    await choose(customer, 'P6M');
    expect((await audited(app, customer.key)).at(-1)).toMatchObject({
      type: 'interactions.retention_changed',
      actor: { kind: 'customer' },
      data: { interactions: 'P6M' },
    });
    expect(await announced(app, customer.key)).toContain('interactions.retention_changed');
  });

  it.each(['P2M', 'P37M', 'P10Y', 'P90D', 'for ever', '', 12, undefined])('cannot be %p', async (interactions) => {
    const { status, body } = await choose(await aCustomer(app), interactions);
    expect([status, body.errors?.[0].pointer]).toEqual([400, '/interactions']);
  });

  it('is chosen by whoever knows the choice before', async () => {
    const customer = await aCustomer(app);
    await customer.api.put('/v1/me/retention').send({ interactions: 'P6M' }).expect(428);
    const { headers } = await chosen(customer);
    await choose(customer, 'P6M');
    const stale = customer.api.put('/v1/me/retention').set('if-match', headers.etag ?? '');
    await stale.send({ interactions: 'P9M' }).expect(412);
    expect((await chosen(customer)).body.interactions).toBe('P6M');
  });

  it('is chosen by one of two who choose at once', async () => {
    const customer = await aCustomer(app);
    await choose(customer, 'P6M');
    const { headers } = await chosen(customer);
    const choosing = (interactions: string) =>
      customer.api
        .put('/v1/me/retention')
        .set('if-match', headers.etag ?? '')
        .send({ interactions });
    const outcomes = await race(app.db, 'interaction_retention', { customer_id: customer.customerId }, [
      () => choosing('P3M'),
      () => choosing('P9M'),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 412]);
  });
});

describe('what is older than the customer chose', () => {
  it('is deleted, is written down, and does not come back', async () => {
    const reporter = await aReporter(app, history);
    const [old, young] = [sold(reporter, 100), sold(reporter, 80)];
    await report(reporter.tills, [old, young]);
    await choose(reporter.customer, 'P3M');
    expect(await kept(reporter)).toEqual([young.id, old.id]);

    await expire();
    expect(await kept(reporter)).toEqual([young.id]);
    const told = (await audited(app, reporter.customer.key)).filter(({ type }) => type === 'interactions.deleted');
    expect(told).toMatchObject([{ retailer_id: reporter.retailer.id, data: { count: 1 } }]);
    const { rows } = await app.db.query(
      `select data from outbox_events where customer_id = $1 and type = 'interactions.deleted'`,
      [reporter.customer.customerId],
    );
    expect(rows).toEqual([{ data: { count: 1, days: [(old.time as string).slice(0, 10)] } }]);

    expect((await report(reporter.tills, old)).body).toMatchObject({ stored: 0, duplicate: 1 });
    await choose(reporter.customer, null);
    await expire();
    expect(await kept(reporter)).toEqual([young.id]);
  });

  it('is deleted however much it is, and of nobody else', async () => {
    const [reporter, other] = [await aReporter(app, history), await aReporter(app, history)];
    for (const _ of [1, 2]) {
      const old = Array.from({ length: 260 }, (_old, index) => sold(reporter, 100 + index / 10));
      expect((await report(reporter.tills, old)).body.stored).toBe(260);
    }
    const theirs = sold(other, 120);
    await report(other.tills, theirs);
    await choose(reporter.customer, 'P3M');
    await choose(other.customer, 'P12M');
    await expire();
    expect(await kept(reporter)).toEqual([]);
    expect(await kept(other)).toEqual([theirs.id]);
    const deleted = (await audited(app, reporter.customer.key)).filter(({ type }) => type === 'interactions.deleted');
    expect(deleted.map(({ data }) => (data as { count: number }).count)).toEqual([500, 20]);
  });

  it('takes along what hangs on it', async () => {
    const reporter = await aReporter(app, history);
    await report(reporter.tills, sold(reporter, 100));
    const { body } = await reporter.customer.api.get('/v1/me/interactions').expect(200);
    const path = `/v1/me/interactions/${body.items[0].id}`;
    await reporter.customer.api.put(`${path}/note`).send({ text: 'A present' }).expect(201);
    await reporter.customer.api.post(`${path}/dispute`).send({ reason: 'not_me' }).expect(201);
    await choose(reporter.customer, 'P3M');
    await expire();
    await settled();
    for (const table of ['interaction_notes', 'interaction_disputes', 'dispute_refs', 'interaction_counters']) {
      const { rows } = await app.db.query(`select from ${table} where customer_id = $1`, [
        reporter.customer.customerId,
      ]);
      expect([table, rows.length]).toEqual([table, 0]);
    }
  });
});

describe('what is older than the law allows', () => {
  /** The first day of a month, so many months ago. */
  const monthAgo = (months: number) => {
    const now = app.clock.now();
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1));
  };
  const partitionOf = (month: Date) => `interactions_${month.toISOString().slice(0, 7).replace('-', '_')}`;
  const exists = async (partition: string) => {
    const { rows } = await app.db.query('select to_regclass($1)::text as name', [partition]);
    return rows[0].name !== null;
  };

  /** An event as it was kept years ago, with all that hangs on it. */
  async function keptThen({ customer, retailer, consentId }: Reporter, at: Date, void1 = false): Promise<Buffer> {
    const [key, id] = [randomBytes(32), randomUUID()];
    const whose = [customer.key.bucket, customer.customerId];
    await app.db.query(
      `insert into interaction_keys (bucket, customer_id, key_hash, occurred_at, content_hash)
       values ($1, $2, $3, $4, $3)`,
      [...whose, key, at],
    );
    await app.db.query(
      `insert into interactions (bucket, customer_id, occurred_at, id, key_hash, retailer_id, client_id, consent_id,
                                 consent_version, type, touchpoint, stage, source, event_id, data, received_at, withheld)
       values ($1, $2, $4, $5::uuid, $3, $6, 'tills', $7, 1, 'transaction.completed', 'till', 'shopping', '/', $5::uuid::text, '{}',
               $4, false)`,
      [...whose, key, at, id, retailer.id, consentId],
    );
    if (void1) {
      await app.db.query(
        'insert into interaction_voids (bucket, customer_id, key_hash, voided_by, at) values ($1, $2, $3, $3, $4)',
        [...whose, key, at],
      );
    }
    await customer.api.put(`/v1/me/interactions/${id}/note`).send({ text: 'Long ago' }).expect(201);
    if (!void1) await customer.api.post(`/v1/me/interactions/${id}/dispute`).send({ reason: 'other' }).expect(201);
    return key;
  }

  const rowsOf = async ({ customer }: Reporter, table: string) => {
    const { rows } = await app.db.query(`select from ${table} where customer_id = $1`, [customer.customerId]);
    return rows.length;
  };
  const tables = [
    'interactions',
    'interaction_keys',
    'interaction_voids',
    'interaction_notes',
    'interaction_disputes',
    'dispute_refs',
    'interaction_counters',
  ];

  it('goes by whole months, with all that hangs on it, and also where a month was missing', async () => {
    const reporter = await aReporter(app);
    const [outdated, edge] = [monthAgo(38), monthAgo(35)];
    for (const month of [outdated, edge]) {
      await app.db.query(`select ccx_add_partition('interactions', $1)`, [month]);
    }
    await keptThen(reporter, outdated);
    await keptThen(reporter, outdated, true);
    await keptThen(reporter, edge);
    // Years ago, nobody had made its month.
    await keptThen(reporter, monthAgo(60));
    const sale = reporter.sale();
    await report(reporter.tills, [sale, aVoid(sale)]);
    await settled();

    await expire();
    await settled();
    expect(await Promise.all([outdated, edge].map((month) => exists(partitionOf(month))))).toEqual([false, true]);
    const left = await Promise.all(tables.map(async (table) => [table, await rowsOf(reporter, table)]));
    expect(Object.fromEntries(left)).toEqual({
      interactions: 3,
      interaction_keys: 3,
      interaction_voids: 1,
      interaction_notes: 1,
      interaction_disputes: 1,
      dispute_refs: 1,
      interaction_counters: 2,
    });
    expect((await audited(app, null)).filter(({ type }) => type === 'interactions.expired')).toMatchObject([
      { actor: { kind: 'system' }, data: { before: monthAgo(35).toISOString().slice(0, 10) } },
    ]);
    // Doing it again finds nothing to do.
    await expire();
    expect((await audited(app, null)).filter(({ type }) => type === 'interactions.expired')).toHaveLength(1);
  });

  it('leaves what younger events stand or fall by', async () => {
    const reporter = await aReporter(app, history);
    await app.db.query(`select ccx_add_partition('interactions', $1)`, [monthAgo(40)]);
    const old = await keptThen(reporter, monthAgo(40), true);
    const young = reporter.sale();
    await report(reporter.tills, young);
    // It corrects the old one, whose retailer has taken back the whole of it.
    const { rows } = await app.db.query('select key_hash from interactions where event_id = $1', [young.id]);
    const whose = [reporter.customer.key.bucket, reporter.customer.customerId, rows[0].key_hash, old];
    await app.db.query(
      `insert into interaction_corrections (bucket, customer_id, key_hash, target, time, event_id, source)
       values ($1, $2, $3, $4, now(), 'b', '/')`,
      whose,
    );
    await app.db.query(
      'update interactions set corrects = $4 where bucket = $1 and customer_id = $2 and key_hash = $3',
      whose,
    );
    const standing = async () =>
      (await reporter.customer.api.get('/v1/me/interactions').expect(200)).body.items[0].standing;
    expect(await standing()).toBe('voided');
    await expire();
    await settled();
    expect(await rowsOf(reporter, 'interactions')).toBe(1);
    expect(await standing()).toBe('voided');
  });

  it('can be dropped by nobody a day early, and only of interactions', async () => {
    const asService = async (statement: string, values: unknown[]) => {
      const client = await app.db.connect();
      try {
        await client.query('begin');
        await client.query('set local role ccx_app');
        return await client.query(statement, values);
      } finally {
        await client.query('rollback');
        client.release();
      }
    };
    const drop = (table: string, before: Date) =>
      asService('select ccx_drop_month_partitions($1, $2::date)', [table, before.toISOString().slice(0, 10)]);
    await expect(drop('interactions', monthAgo(13))).rejects.toThrow('are kept for at least 1 year 2 mons');
    await expect(drop('disclosures', monthAgo(60))).rejects.toThrow('are never dropped');
    await expect(drop('customers', monthAgo(60))).rejects.toThrow('are never dropped');
    await expect(drop('interactions', monthAgo(60))).resolves.toMatchObject({ rowCount: 1 });
    await expect(asService(`drop table ${partitionOf(monthAgo(1))}`, [])).rejects.toThrow('must be owner');
  });
});
