import { randomBytes, randomUUID } from 'node:crypto';

import { Client } from 'pg';
import { DataSource } from 'typeorm';

import { migrations } from '../migrations/index.js';
import { createApp } from '../src/app.js';
import { migrate, revertLast } from '../src/platform/database/migrate.js';
import { startApp, type TestApp } from './support/app.js';
import { createDatabase, dropDatabase, runSetting } from './support/database-server.js';

const DAY_MS = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

/** The first day of a month, so many months from now. */
function monthAhead(ahead: number): Date {
  const now = app.clock.now();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
}

const dayAhead = (ahead: number) => new Date(app.clock.now().getTime() + ahead * DAY_MS);

const monthOf = (table: string, month: Date) => `${table}_${month.toISOString().slice(0, 7).replace('-', '_')}`;
const dayOf = (day: Date) => `disclosures_${day.toISOString().slice(0, 10).replaceAll('-', '_')}`;

async function exists(partition: string): Promise<boolean> {
  const { rows } = await app.db.query<{ known: string | null }>('select to_regclass($1)::text as known', [partition]);
  return rows[0]?.known === partition;
}

/** Keeps an event of this time, whatever it says, and answers its id. */
async function keepEvent(at: Date): Promise<string> {
  const id = randomUUID();
  await app.db.query(
    `insert into interactions (bucket, customer_id, occurred_at, id, key_hash, retailer_id, client_id, consent_id,
                               consent_version, type, touchpoint, stage, source, event_id, data, received_at)
     values (1, $1, $2, $3, $4, $1, 'tills', $1, 1, 'transaction.completed', 'till', 'shopping', '/', 'sale', '{}', $2)`,
    [randomUUID(), at, id, randomBytes(32)],
  );
  return id;
}

/** Keeps a read of this time, whatever it says, and answers its id. */
async function keepRead(at: Date, db: { query: Client['query'] } = app.db): Promise<string> {
  const id = randomUUID();
  await db.query(
    `insert into disclosures (bucket, customer_id, checked_at, id, consent_id, consent_version, retailer_id, client_id,
                              attributes, purpose, touchpoint, unchanged, audit_id, leaf_index, leaf_count, nonce, path)
     values (1, $1, $2, $3, $1, 1, $1, 'tills', '{size.footwear}', 'dpv:ServicePersonalisation', 'till', false, $1, 0, 1,
             '', '')`,
    [randomUUID(), at, id],
  );
  return id;
}

async function whereIs(id: string, table = 'interactions'): Promise<string | undefined> {
  const { rows } = await app.db.query<{ at: string }>(
    `select tableoid::regclass::text as at from ${table} where id = $1`,
    [id],
  );
  return rows[0]?.at;
}

describe('the months of a table', () => {
  it('are there before they begin', async () => {
    for (const ahead of [0, 1, 2, 3]) {
      await expect(exists(monthOf('interactions', monthAhead(ahead)))).resolves.toBe(true);
    }
  });

  it('take over what came while they were missing, and nothing else', async () => {
    const month = monthAhead(2);
    const partition = monthOf('interactions', month);
    await app.db.query(`drop table ${partition}`);
    const early = await keepEvent(month);
    const late = await keepEvent(new Date(monthAhead(3).getTime() - 1));
    const farAhead = await keepEvent(monthAhead(30));
    await expect(whereIs(early)).resolves.toBe('interactions_default');

    await app.runJob('partitions');
    await expect(Promise.all([early, late, farAhead].map((id) => whereIs(id)))).resolves.toEqual([
      partition,
      partition,
      'interactions_default',
    ]);
    await expect(keepEvent(month).then((id) => whereIs(id))).resolves.toBe(partition);
    const { rows } = await app.db.query(
      `select count(*)::int as invalid from pg_index where not indisvalid and indrelid = 'interactions'::regclass`,
    );
    expect(rows).toEqual([{ invalid: 0 }]);
  });
});

describe('the days of a table', () => {
  it('are there before they begin', async () => {
    for (const ahead of [0, 1, 14]) await expect(exists(dayOf(dayAhead(ahead)))).resolves.toBe(true);
    await expect(exists(dayOf(dayAhead(20)))).resolves.toBe(false);
  });

  it('begin and end at midnight in UTC', async () => {
    const midnight = new Date(`${dayAhead(3).toISOString().slice(0, 10)}T00:00:00.000Z`);
    const last = await keepRead(new Date(midnight.getTime() - 1));
    const first = await keepRead(midnight);
    await expect(whereIs(last, 'disclosures')).resolves.toBe(dayOf(dayAhead(2)));
    await expect(whereIs(first, 'disclosures')).resolves.toBe(dayOf(dayAhead(3)));
  });

  it('take over what came while they were missing, be it long ago', async () => {
    const missed = await keepRead(dayAhead(-40));
    const farAhead = await keepRead(dayAhead(900));
    await expect(whereIs(missed, 'disclosures')).resolves.toBe('disclosures_default');
    await app.runJob('partitions');
    await expect(whereIs(missed, 'disclosures')).resolves.toBe(dayOf(dayAhead(-40)));
    await expect(whereIs(farAhead, 'disclosures')).resolves.toBe('disclosures_default');
  });

  it('are made by a service that starts without them', async () => {
    const partition = dayOf(dayAhead(0));
    await app.db.query(`drop table ${partition}`);
    const other = await createApp(app.config, { databaseUrl: app.databaseUrl });
    await other.init();
    await other.close();
    await expect(exists(partition)).resolves.toBe(true);
  });

  it('can be made by several processes at once', async () => {
    const partition = dayOf(dayAhead(1));
    await app.db.query(`drop table ${partition}`);
    await Promise.all([1, 2, 3].map(() => app.runJob('partitions')));
    await expect(exists(partition)).resolves.toBe(true);
  });

  it('are what a service of the previous version has its months turned into, and back, without losing a row', async () => {
    const server = runSetting('serverUrl');
    const name = `ccx_test_months_${randomBytes(6).toString('hex')}`;
    const url = await createDatabase(server, name);
    const since = migrations.findIndex(({ name: migration }) => migration.startsWith('DisclosureDays'));
    const previous = new DataSource({ type: 'postgres', url, migrations: migrations.slice(0, since) });
    await previous.initialize();
    await previous.runMigrations();
    await previous.destroy();

    const db = new Client({ connectionString: url });
    await db.connect();
    const found = async () => {
      const { rows } = await db.query<{ id: string; partition: string }>(
        'select id, tableoid::regclass::text as partition from disclosures order by checked_at',
      );
      return rows;
    };
    const moments = [dayAhead(0), dayAhead(1), dayAhead(40), dayAhead(900)];
    const kept: string[] = [];
    for (const moment of moments) kept.push(await keepRead(moment, db));
    const byMonth = await found();
    await migrate(url);
    const byDay = await found();
    expect(new Set(byDay.map(({ id }) => id))).toEqual(new Set(kept));
    const days = moments.slice(0, -1).map(dayOf);
    expect(byDay.map(({ partition }) => partition)).toEqual([...days, 'disclosures_default']);
    for (let undone = migrations.length; undone > since; undone--) await revertLast(url);
    expect(await found()).toEqual(byMonth);

    await db.end();
    await dropDatabase(server, name);
  });
});
