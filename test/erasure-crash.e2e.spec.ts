import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';

import { ErasureRegister } from '../src/platform/erasure-register.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { ErasureRestore } from '../src/portability/erasure-restore.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent } from './support/consents.js';
import { createDatabase, dropDatabase, onServer, runSetting } from './support/database-server.js';
import { askToBeErased, progressOf, tablesWith } from './support/erasures.js';
import { aReporter, report } from './support/events.js';
import { eventually } from './support/eventually.js';
import { untilWaiting } from './support/race.js';
import { aRetailer } from './support/retailers.js';
import { startSecondProcess } from './support/second-process.js';

jest.setTimeout(120_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await app.get(Jobs).onModuleDestroy(); // the work is left to other processes, which are killed
});
afterAll(() => app.stop());

async function whileHeld(rows: string, customerId: string, meanwhile: () => Promise<void>): Promise<void> {
  const holder = await app.db.connect();
  try {
    await holder.query('begin');
    await holder.query(`select from ${rows} for update`, [customerId]);
    await meanwhile();
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

describe('a process that is killed', () => {
  it('at any step leaves it to the next one, which goes on with the rest', async () => {
    const mira = await aReporter(app);
    await report(mira.tills, [mira.sale(), mira.sale()]);
    const { customerId } = mira.customer;
    const erasure = await askToBeErased(app, mira.customer);
    const steps = [
      { held: 'subject_keys where customer_id = $1', status: 'waiting' },
      { held: 'interactions where customer_id = $1', status: 'erasing' },
      { held: 'customers where customer_id = $1', status: 'erasing' },
    ];
    for (const { held, status } of steps) {
      await whileHeld(held, customerId, async () => {
        const other = await startSecondProcess(app);
        await untilWaiting(app.db, 1);
        expect(await progressOf(app, erasure)).toMatchObject({ status });
        other.process.kill('SIGKILL');
        await once(other.process, 'exit');
        await app.db.query('delete from job_leases'); // as if the seconds had passed after which it is replaced
      });
    }
    const other = await startSecondProcess(app);
    await eventually(async () => expect(await progressOf(app, erasure)).toMatchObject({ status: 'settling' }));
    await app.db.query('update erasures set due_at = requested_at where due_at is not null');
    await eventually(async () => expect(await progressOf(app, erasure)).toMatchObject({ status: 'finished' }));
    await other.stop();
    expect((await progressOf(app, erasure)).erased).toMatchObject({ interactions: 2, customers: 1, consents: 1 });
    expect(await tablesWith(app, mira.customer)).toEqual([]);
  });
});

describe('a database that comes back from a backup', () => {
  const restored = `ccx_test_restored_${Date.now()}`;
  const server = runSetting('serverUrl');
  afterAll(() => dropDatabase(server, restored));

  it('is rid of whoever was erased since, before it serves anybody', async () => {
    const [mira, otto] = await Promise.all([aCustomer(app), aCustomer(app)]);
    const retailer = await aRetailer(app);
    await aConsent(app, { customer: mira, retailer });
    const url = await backup(restored);
    await askToBeErased(app, mira);
    await app.runJob('erasures');

    // Its log is behind what was signed, which is for the operator to say something about first.
    const other = await startSecondProcess({ ...app, databaseUrl: url }, { probe: '/health/live' });
    try {
      const signIn = ({ email, password }: TestCustomer) =>
        fetch(`${other.origin}/v1/sessions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email, password }),
        });
      expect((await signIn(mira)).status).toBe(401);
      expect((await signIn(otto)).status).toBe(201);
      const rows = await onServer(url, (db) =>
        db.query(
          `select (select count(*)::int from preference_documents where customer_id = $1) as documents,
                         (select count(*)::int from consents where customer_id = $1) as consents,
                         (select count(*)::int from erasure_notices n join erasures e on e.id = n.erasure_id
                           where e.cause = 'restored' and n.retailer_id = $2) as notices`,
          [mira.customerId, retailer.id],
        ),
      );
      expect(rows.rows).toEqual([{ documents: 0, consents: 0, notices: 1 }]);
    } finally {
      await other.stop();
    }
  });

  it('is not served at all without its register', async () => {
    const env = { ERASURE_REGISTER_FILE: `${app.config.DATA_FOLDER}/another/register` };
    await expect(startSecondProcess(app, { env })).rejects.toThrow(
      /The erasure register .* is not that of this database/,
    );
  });

  it('is not served with a part of its register', async () => {
    const { path } = app.get(ErasureRegister);
    const whole = await readFile(path, 'utf8');
    await writeFile(path, whole.slice(0, whole.indexOf('\n') + 1));
    await expect(app.get(ErasureRestore).restore()).rejects.toThrow(/The erasure register .* names 0 customers/);
    await writeFile(path, whole);
    await app.get(ErasureRestore).restore();
  });

  /** A copy of everything as it is. */
  async function backup(name: string): Promise<string> {
    const source = new URL(app.databaseUrl).pathname.slice(1);
    return eventually(async () => {
      await onServer(server, (db) =>
        db.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [source]),
      );
      return createDatabase(server, name, source);
    });
  }
});
