import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Jobs } from '../src/platform/jobs/jobs.js';
import type { TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { getBundle } from './support/bundles.js';
import { aFolder, aFreePort, RunningService } from './support/cli.js';
import { everybody } from './support/errands.js';
import { eventually } from './support/eventually.js';
import { discrepancies, lostFacts } from './support/ledger.js';
import { expectWhole, publishLog } from './support/log.js';
import { findPgbouncer, Pgbouncer } from './support/pgbouncer.js';
import { findServerPrograms } from './support/postgres-server.js';
import { Pair } from './support/standby.js';
import { Traffic } from './support/traffic.js';

const programs = findServerPrograms();
const pgbouncer = findPgbouncer();
if (!programs) console.warn('Skipped: PostgreSQL’s server programs are not here (apt-get install postgresql).');
else if (!pgbouncer) console.warn('Skipped in part: pgbouncer is not here (apt-get install pgbouncer).');

/** So long everybody has been busy when the primary is lost, and after it was. */
const BUSY_MS = 1_500;
const PATIENCE_MS = 60_000;
/** So that nobody waits for long to notice a silence, neither who serves nor who stops. */
const quickToNotice = { DATABASE_STATEMENT_SECONDS: '3' };
const surroundings = { ...process.env };

/** How the service reaches its primary, and how that is lost: with all its connections, or without a word. */
interface Way {
  readonly way: string;
  readonly isPooled?: boolean;
  readonly isSilent?: boolean;
}
const ways: readonly Way[] = [
  { way: 'at its address' },
  { way: 'at its address, and which falls silent', isSilent: true },
  { way: 'through pgbouncer', isPooled: true },
];

describe.each(ways)('a primary that the service reaches $way', ({ isPooled = false, isSilent = false }) => {
  const title = 'and that is lost, with its synchronous standby put in its place';
  const isThere = programs !== undefined && (!isPooled || pgbouncer !== undefined);
  (isThere ? describe : describe.skip)(title, () => {
    let pair: Pair;
    let pool: Pgbouncer | undefined;
    let app: TestApp;
    let service: RunningService;
    let customer: TestCustomer;
    let traffic: Traffic;

    beforeAll(async () => {
      pair = await Pair.make(programs ?? '');
      const port = await aFreePort();
      app = await startApp({ config: { PUBLIC_URL: `http://127.0.0.1:${port}`, ...quickToNotice } });
      await app.get(Jobs).onModuleDestroy(); // background work is left to the service
      if (isPooled) pool = await poolOf(pair);
      service = await RunningService.start({ cwd: await aFolder(), env: environmentOf(app, pool), port });

      const all = await everybody(app);
      customer = all.customer;
      traffic = new Traffic(all.errands);
      const { lostAt, writtenAt } = await traffic.during(async () => {
        await delay(BUSY_MS);
        const lost = performance.now();
        await pair.failOver({ isSilent });
        const written = await goesOn(traffic);
        await delay(BUSY_MS);
        return { lostAt: lost, writtenAt: written };
      });
      console.info(`The first write was acknowledged ${Math.round(writtenAt - lostAt)} ms after the primary was lost.`);
    }, 120_000);
    afterAll(async () => {
      await service?.stop();
      await pool?.stop();
      await app?.stop();
      await pair?.remove();
      process.env = { ...surroundings };
    });

    it('was missed, and led to no answer that nobody should get', () => {
      expect(traffic.faults).toEqual([]);
      expect(traffic.interrupted).toBeGreaterThan(0);
    });

    it('has acknowledged nothing that is lost', async () => {
      expect(traffic.acknowledged.length).toBeGreaterThan(100);
      expect(await lostFacts(app, traffic.acknowledged)).toEqual([]);
    });

    it('has left nothing double, and nothing without its entry, event, receipt or record', async () => {
      const none: string[] = [];
      expect(await discrepancies(app)).toEqual({
        log: none,
        outbox: none,
        receipts: none,
        interactions: none,
        disclosures: none,
      });
      // Preferences alone are recorded under keys.
      const { rows } = await app.db.query<Record<string, number>>(
        `select (select count(*)::int from idempotency_keys) as keys,
                (select count(*)::int from preference_versions where change = 'recorded') as recorded`,
      );
      expect(rows[0]?.['recorded']).toBe(rows[0]?.['keys']);
    });

    it('goes on with the log where it was', async () => {
      const size = await publishLog(app);
      expect(await expectWhole(app)).toBe(size);
      const { body } = await customer.api.get('/v1/me/consents').expect(200);
      const bundle = await getBundle(customer.api, `/v1/me/consents/${body.items[0].id}/bundle`);
      await expect(bundle.verdict(app)).resolves.toMatchObject({ failed: [], exitCode: 0 });
    });
  });
});

/** Waits until everything is acknowledged again that is, and answers when the first change was. */
async function goesOn({ acknowledged }: Traffic): Promise<number> {
  const before = acknowledged.length;
  const kinds = () => new Set(acknowledged.slice(before).map((fact) => fact.split(' ')[1]));
  let written: number | undefined;
  await eventually(() => {
    const seen = kinds();
    if (['preference', 'consent', 'interaction'].some((kind) => seen.has(kind))) written ??= performance.now();
    const missing = ['preference', 'consent', 'interaction', 'disclosure', 'receipt'].filter((kind) => !seen.has(kind));
    if (missing.length > 0) throw new Error(`Nobody is told anything of ${missing.join()} any more.`);
  }, PATIENCE_MS);
  return written ?? performance.now();
}

function environmentOf({ config, databaseUrl }: TestApp, pool: Pgbouncer | undefined): Record<string, string> {
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: process.env['CCX_TEST_LOG'] ?? 'silent',
    RATE_LIMITS: 'off',
    CCX_KEK: config.CCX_KEK ?? '',
    CCX_PEPPER: config.CCX_PEPPER ?? '',
    DATA_FOLDER: config.DATA_FOLDER,
    WORKERS: '2',
    ...quickToNotice,
    DATABASE_URL: pool ? pool.urlOf(new URL(databaseUrl).pathname.slice(1)) : databaseUrl,
    ...(pool && { DATABASE_NAMED_STATEMENTS: 'off' }),
  };
}

/** pgbouncer in front of the pair's address, with the login that it needs. */
async function poolOf({ primary, address }: Pair): Promise<Pgbouncer> {
  await primary.query(await readFile(join(__dirname, '../deploy/pgbouncer/login.sql'), 'utf8'));
  // Fewer than the two processes have, so that they are shared.
  return Pgbouncer.start(join(await aFolder(), 'pgbouncer'), address.port, { connections: 12 });
}
