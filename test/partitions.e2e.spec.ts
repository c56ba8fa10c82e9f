import { randomBytes, randomUUID } from 'node:crypto';

import { createApp } from '../src/app.js';
import { startApp, type TestApp } from './support/app.js';

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

const partitionOf = (table: string, month: Date) => `${table}_${month.toISOString().slice(0, 7).replace('-', '_')}`;

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

async function whereIs(id: string): Promise<string | undefined> {
  const { rows } = await app.db.query<{ at: string }>(
    'select tableoid::regclass::text as at from interactions where id = $1',
    [id],
  );
  return rows[0]?.at;
}

describe('the months of a table', () => {
  it('are there before they begin', async () => {
    for (const ahead of [0, 1, 2, 3]) {
      await expect(exists(partitionOf('interactions', monthAhead(ahead)))).resolves.toBe(true);
      await expect(exists(partitionOf('disclosures', monthAhead(ahead)))).resolves.toBe(true);
    }
  });

  it('take over what came while they were missing, and nothing else', async () => {
    const month = monthAhead(2);
    const partition = partitionOf('interactions', month);
    await app.db.query(`drop table ${partition}`);
    const early = await keepEvent(month);
    const late = await keepEvent(new Date(monthAhead(3).getTime() - 1));
    const farAhead = await keepEvent(monthAhead(30));
    await expect(whereIs(early)).resolves.toBe('interactions_default');

    await app.runJob('partitions');
    await expect(Promise.all([early, late, farAhead].map(whereIs))).resolves.toEqual([
      partition,
      partition,
      'interactions_default',
    ]);
    await expect(keepEvent(month).then(whereIs)).resolves.toBe(partition);
    const { rows } = await app.db.query(
      `select count(*)::int as invalid from pg_index where not indisvalid and indrelid = 'interactions'::regclass`,
    );
    expect(rows).toEqual([{ invalid: 0 }]);
  });

  it('are made by a service that starts without them', async () => {
    const partition = partitionOf('disclosures', monthAhead(0));
    await app.db.query(`drop table ${partition}`);
    const other = await createApp(app.config, { databaseUrl: app.databaseUrl });
    await other.init();
    await other.close();
    await expect(exists(partition)).resolves.toBe(true);
  });

  it('can be made by several processes at once', async () => {
    const partition = partitionOf('disclosures', monthAhead(1));
    await app.db.query(`drop table ${partition}`);
    await Promise.all([1, 2, 3].map(() => app.runJob('partitions')));
    await expect(exists(partition)).resolves.toBe(true);
  });
});
