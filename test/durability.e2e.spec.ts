import { Jobs } from '../src/platform/jobs/jobs.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aFolder, aFreePort, RunningService } from './support/cli.js';
import { decides, reads, registers, reports, states } from './support/errands.js';
import { aReporter } from './support/events.js';
import { eventually } from './support/eventually.js';
import { changes, discrepancies, lostFacts } from './support/ledger.js';
import { consentToken, retailerToken } from './support/oauth.js';
import { untilWaiting } from './support/race.js';
import { aRetailer } from './support/retailers.js';
import { Traffic } from './support/traffic.js';

/** Somewhere in a second, so that each run of the tests tries other moments. */
const aMoment = () => Math.random() * 1_000;
/** The ways to go: at any moment, and in the middle of transactions, which wait for what they write in turn. */
const rounds = [
  () => service.stop('SIGKILL'),
  () => killWhileWaitingFor('audit_pending'),
  () => killWhileWaitingFor('outbox_events'),
];

/**
 * The service under test is a process of its own. The app of this process only looks into its database, and sets up
 * retailers there. Only the service is killed: PostgreSQL goes on, so that it does not matter here that the server of
 * the tests does not wait for its disk. What the service acknowledged must have been committed, whatever that means to
 * the server.
 */
let app: TestApp;
let service: RunningService;
let mira: TestCustomer;
let traffic: Traffic;

beforeAll(async () => {
  const port = await aFreePort();
  app = await startApp({ config: { PUBLIC_URL: `http://127.0.0.1:${port}` } });
  await app.get(Jobs).onModuleDestroy(); // background work is left to the service
  const { config, databaseUrl } = app;
  const env = {
    NODE_ENV: 'test',
    RATE_LIMITS: 'off',
    CCX_KEK: config.CCX_KEK ?? '',
    CCX_PEPPER: config.CCX_PEPPER ?? '',
    DATABASE_URL: databaseUrl,
    DATA_FOLDER: config.DATA_FOLDER,
  };
  const cwd = await aFolder();
  const start = async () => (service = await RunningService.start({ cwd, env, port }));

  await start();
  traffic = await everybody();
  for (const kill of rounds) {
    await traffic.until(kill, aMoment());
    await start();
  }
}, 120_000);
afterAll(async () => {
  await service.stop();
  await app.stop();
});

/** Those who call: a customer and the retailers in her life, some of them twice at a time, and newcomers. */
async function everybody(): Promise<Traffic> {
  mira = await aCustomer(app);
  const [grocer, tailor, ...askers] = await Promise.all(
    ['Grocer A', 'Tailor T', 'Baker B', 'Smith S'].map((name) => aRetailer(app, { name })),
  );
  const till = await consentToken(app, grocer!, mira);
  const reporter = await aReporter(app, { retailer: tailor!, customer: mira });
  const asking = await Promise.all(
    askers.map((asker) => retailerToken(app, asker, { scope: 'consents.read consents.request' })),
  );
  return new Traffic([
    registers(app),
    ...[1, 2].map(() => states(app, mira)),
    ...asking.map((asker) => decides(app, mira, asker)),
    ...[1, 2].map(() => reports(app, reporter)),
    ...[1, 2].map(() => reads(till, mira)),
  ]);
}

/** Holds the table until many wait to write to it, having written other things before, and kills the service then. */
async function killWhileWaitingFor(table: string): Promise<void> {
  const holder = await app.db.connect();
  try {
    await holder.query('begin');
    await holder.query(`lock table ${table} in share mode`);
    await untilWaiting(app.db, 4);
    await service.stop('SIGKILL');
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

describe('a service that is killed again and again while it writes', () => {
  it('was interrupted each time, and gave no wrong answer before', () => {
    expect(traffic.faults).toEqual([]);
    expect(traffic.interrupted).toBeGreaterThan(4 * rounds.length);
    const kinds = new Set(traffic.acknowledged.map((fact) => fact.split(' ')[1]));
    expect([...kinds].toSorted()).toEqual([
      'consent',
      'customer',
      'disclosure',
      'interaction',
      'preference',
      'receipt',
      'request',
    ]);
  });

  it('has kept everything that it acknowledged', async () => {
    await expect(lostFacts(app, traffic.acknowledged)).resolves.toEqual([]);
  });

  it('has kept each change, each receipt and each answer with what belongs to it, and nothing twice', async () => {
    await expect(discrepancies(app)).resolves.toEqual({
      log: [],
      outbox: [],
      receipts: [],
      interactions: [],
      disclosures: [],
    });
  });

  it('serves it all when it runs again', async () => {
    const { body } = await mira.api.get('/v1/me/preferences?limit=200').expect(200);
    const shown = new Map((body.items as { id: string; version: number }[]).map(({ id, version }) => [id, version]));
    const removed = new Set(
      (await changes(app)).filter((fact) => fact.endsWith(' removed')).map((fact) => fact.split(' ')[2]),
    );
    for (const [, kind, id, version] of traffic.acknowledged.map((fact) => fact.split(' '))) {
      if (kind !== 'preference' || removed.has(id)) continue;
      expect(shown.get(id!)).toBeGreaterThanOrEqual(Number(version!.slice(1)));
    }
  });

  it('numbers the log without a gap, also what it was killed over', async () => {
    await eventually(async () => {
      const { rows } = await app.db.query('select id from audit_pending');
      expect(rows).toEqual([]);
    });
    const { rows } = await app.db.query<Record<'first' | 'last' | 'entries' | 'size', number>>(
      `select min(idx)::int as first, max(idx)::int as last, count(distinct id)::int as entries,
              (select size::int from audit_state) as size from audit_log`,
    );
    const { size = 0 } = rows[0] ?? {};
    expect(size).toBeGreaterThan(20);
    expect(rows).toEqual([{ first: 0, last: size - 1, entries: size, size }]);
  });
});
