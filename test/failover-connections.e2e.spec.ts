import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { Database, type Reader } from '../src/platform/database/database.js';
import { openServiceDataSource } from '../src/platform/database/data-source.js';
import { DatabaseSessionError } from '../src/platform/database/session.errors.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aFolder } from './support/cli.js';
import { onServer } from './support/database-server.js';
import { eventually } from './support/eventually.js';
import { findPgbouncer, Pgbouncer } from './support/pgbouncer.js';
import { findServerPrograms } from './support/postgres-server.js';
import { Pair } from './support/standby.js';

const programs = findServerPrograms();
if (!programs) console.warn('Skipped: PostgreSQL’s server programs are not here (apt-get install postgresql).');

jest.setTimeout(60_000);
/** With a statement of a second at most. */
const LONGEST_SILENCE_MS = 3_000;
const surroundings = { ...process.env };

(programs ? describe : describe.skip)('a service whose primary has a synchronous standby', () => {
  let pair: Pair;
  let app: TestApp;
  let mira: TestCustomer;
  beforeAll(async () => {
    pair = await Pair.make(programs ?? '');
    app = await startApp({ config: { DATABASE_STATEMENT_SECONDS: '1' } });
    await app.get(Jobs).onModuleDestroy();
    mira = await aCustomer(app);
  });
  afterAll(async () => {
    await app?.stop();
    await pair?.remove();
    process.env = surroundings;
  });

  let count = 0;
  const state = () =>
    mira.api.post('/v1/me/preferences').send({
      attribute: 'brand.affinity',
      value: { brand: `Brand ${count++}` },
      strength: 'want',
      applies_to: { level: 'everyone' },
    });
  const written = () => eventually(() => state().expect(201));

  /** Has the commit reported that is on this server alone, with a warning that it is. */
  function stopsWaiting(): Promise<void> {
    return eventually(async () => {
      const waiting = `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`;
      if ((await pair.primary.query(waiting)).length === 0) throw new Error('No commit waits for the standby.');
    });
  }

  it.each([
    ['waits for its standby for longer than anybody else', async () => undefined],
    ['is told not to wait for its standby any longer', stopsWaiting],
  ])('acknowledges nothing while its primary %s', async (_, meanwhile) => {
    await state().expect(201);
    await pair.standby.signal('SIGSTOP');
    try {
      const [{ body }] = await Promise.all([state().expect(503), meanwhile()]);
      expect(body).toMatchObject({ retryable: true });
    } finally {
      await pair.standby.signal('SIGCONT');
    }
    await written();
  });

  it.each([
    ['', 0],
    [', also after nobody has asked it for longer than that', LONGEST_SILENCE_MS + 500],
  ])('notices that its server is silent%s, and does on another connection what was under way', async (_, idleMs) => {
    await written();
    const database = app.get(Database);
    const processes: number[] = [];
    const ask = async (tx: Reader) => {
      const [answer] = await tx.query<[{ pid: number }]>('select pg_backend_pid() as pid');
      processes.push(answer.pid);
    };
    await database.transaction(async (tx) => {
      await ask(tx);
      if (processes.length > 1) return;
      await delay(idleMs);
      pair.address.goSilent();
      const silent = ask(tx);
      pair.address.comeBack(); // for others
      await silent;
    });
    const [silent, other, ...more] = processes;
    expect(other).not.toBe(silent);
    expect(more).toEqual([]);
  });

  it('begins a transaction again whose connection is lost between two statements', async () => {
    const processes: number[] = [];
    await app.get(Database).transaction(async (tx) => {
      const [{ pid }] = await tx.query<[{ pid: number }]>('select pg_backend_pid() as pid');
      processes.push(pid);
      if (processes.length > 1) return;
      await pair.primary.query(`select pg_terminate_backend(${pid}, 5000)`);
      await setImmediate(); // by now it is told, or will be by the next statement
      await tx.query('select 1');
    });
    expect(new Set(processes).size).toBe(2);
  });

  it('leaves a primary that has been fenced, and asks it nothing more', async () => {
    await written();
    // Neither takes a transaction, so that a fenced server does it as well.
    const fence = async (how: string) => {
      await pair.primary.query(`alter system ${how}`);
      await pair.primary.query('select pg_reload_conf()');
    };
    await fence('set default_transaction_read_only = on');
    try {
      await eventually(() => state().expect(503));
      await mira.api.get('/v1/me').expect(503); // what it knows of sessions and consents may be old
    } finally {
      await fence('reset default_transaction_read_only');
    }
    await written();
  });

  it('reads nothing from a standby', async () => {
    pair.address.moveTo(pair.standby.port);
    try {
      const settings = { url: app.databaseUrl, pool: 1, applicationName: 'ccx' };
      await expect(openServiceDataSource(settings)).rejects.toMatchObject({ code: '25006' });
    } finally {
      pair.address.moveTo(pair.primary.port);
    }
  });

  (findPgbouncer() ? describe : describe.skip)('behind pgbouncer', () => {
    let pool: Pgbouncer;
    let database: string;
    beforeAll(async () => {
      await pair.primary.query(await readFile(join(__dirname, '../deploy/pgbouncer/login.sql'), 'utf8'));
      pool = await Pgbouncer.start(join(await aFolder(), 'pgbouncer'), pair.address.port, { connections: 2 });
      database = new URL(app.databaseUrl).pathname.slice(1);
    });
    afterAll(() => pool?.stop());

    it('is refused with more rights than it should have', async () => {
      const settings = { pool: 1, applicationName: 'ccx' };
      const url = pool.urlOf(database);
      await (await openServiceDataSource({ ...settings, url })).destroy();
      const asOwner = url.replace('ccx_service', 'ccx');
      await expect(openServiceDataSource({ ...settings, url: asOwner })).rejects.toThrow(DatabaseSessionError);
    });

    it('has no rights at all with a login that has lost its role', async () => {
      await onServer(pool.urlOf(database), async (db: Client) => {
        await db.query('begin');
        await expect(db.query('select count(*) from customers')).resolves.toBeDefined();
        await db.query('set local role none');
        await expect(db.query('select count(*) from customers')).rejects.toThrow(/permission denied/);
        await db.query('rollback');
      });
    });

    it('has many transactions under way on few connections, each with its own answer', async () => {
      const clients = Array.from(
        { length: 4 },
        () => new Client({ connectionString: pool.urlOf(database), pipeline: true }),
      );
      await Promise.all(clients.map((client) => client.connect()));
      const asked = Array.from({ length: 400 }, (_, number) => number);
      const answered = await Promise.all(
        asked.map(async (number) => {
          const client = clients[number % 4]!;
          const answers = ['begin', { text: 'select $1::int as number', values: [number] }, 'commit'].map((query) =>
            client.query<{ number: number }>(query),
          );
          const [, answer] = await Promise.all(answers);
          return answer?.rows[0]?.number;
        }),
      );
      expect(answered).toEqual(asked);
      await Promise.all(clients.map((client) => client.end()));
    });
  });
});
