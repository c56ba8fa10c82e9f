import { once } from 'node:events';
import { createServer } from 'node:net';

import { Jobs } from '../src/platform/jobs/jobs.js';
import { startApp, type TestApp } from './support/app.js';
import { aFolder, aFreePort, ccx, RunningService, untilSilent } from './support/cli.js';
import { everybody } from './support/errands.js';
import { eventually } from './support/eventually.js';
import { discrepancies, lostFacts } from './support/ledger.js';
import { expectWhole } from './support/log.js';
import { Traffic } from './support/traffic.js';

const KILLS = 20;
const WORKERS = 2;

/** For as long as a busy machine may need. */
const PATIENCE_MS = 60_000;

async function numbersOf(metrics: string, name: string): Promise<number[]> {
  const text = await (await fetch(metrics)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.map((line) => Number(line.split(' ').at(-1)));
}

describe('two workers of which one is killed, again and again', () => {
  let app: TestApp;
  let service: RunningService;
  let metrics: string;
  let traffic: Traffic;
  /** Who numbered the log, from one kill to the next. */
  const sequencers: string[] = [];
  const secondsWithoutNumbers: number[] = [];

  beforeAll(async () => {
    const [port, metricsPort] = [await aFreePort(), await aFreePort()];
    metrics = `http://127.0.0.1:${metricsPort}/metrics`;
    // The app of this process sets things up, and looks into the database; the work is left to the workers.
    app = await startApp({ config: { PUBLIC_URL: `http://127.0.0.1:${port}` } });
    await app.get(Jobs).onModuleDestroy();
    const { config, databaseUrl } = app;
    service = await RunningService.start({
      cwd: await aFolder(),
      port,
      args: ['--workers', String(WORKERS)],
      env: {
        NODE_ENV: 'test',
        RATE_LIMITS: 'off',
        METRICS_PORT: String(metricsPort),
        CCX_KEK: config.CCX_KEK ?? '',
        CCX_PEPPER: config.CCX_PEPPER ?? '',
        DATABASE_URL: databaseUrl,
        DATA_FOLDER: config.DATA_FOLDER,
      },
    });
    const { errands } = await everybody(app);
    traffic = new Traffic(errands);
    await traffic.during(async () => {
      for (let kill = 0; kill < KILLS; kill++) await killOne(kill);
    });
    secondsWithoutNumbers.sort((a, b) => a - b);
    const [median, longest] = [KILLS / 2, KILLS - 1].map((place) => secondsWithoutNumbers[place]?.toFixed(1));
    process.stderr.write(
      `The log was numbered again ${median} s after a kill (the longest: ${longest} s); ` +
        `${traffic.acknowledged.length} things were acknowledged, ${traffic.interrupted} requests interrupted.\n`,
    );
  }, 600_000);
  afterAll(async () => {
    await service.stop();
    await app.stop();
  });

  /** Kills one of them, and waits until the log has numbered what was written since, and the other one is there again. */
  async function killOne(kill: number): Promise<void> {
    const workers = await eventually(async () => {
      const [answering] = await numbersOf(metrics, 'ccx_workers');
      const children = await service.children();
      expect([answering, children.length]).toEqual([WORKERS, WORKERS]);
      return children;
    }, PATIENCE_MS);
    sequencers.push(await sequencer());
    // Each of the first two at least once, so that whoever numbers the log dies; then whichever.
    const victim = workers[kill < WORKERS ? 0 : Math.floor(Math.random() * WORKERS)]!;
    process.kill(victim, 'SIGKILL');
    const killed = Date.now();
    await eventually(async () => {
      const { rows } = await app.db.query('select from audit_log where id >= $1 limit 1', [firstIdOf(killed)]);
      expect(rows).toHaveLength(1);
    }, PATIENCE_MS);
    secondsWithoutNumbers.push((Date.now() - killed) / 1_000);
  }

  /** The lowest id that is made from that millisecond on (UUIDv7). */
  function firstIdOf(millisecond: number): string {
    const hex = millisecond.toString(16).padStart(12, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
  }

  async function sequencer(): Promise<string> {
    const { rows } = await app.db.query<{ holder: string }>(
      `select holder from job_leases where name = 'audit-sequencer'`,
    );
    return rows[0]?.holder ?? '';
  }

  it('answered nobody wrongly, and told nothing under a consent that had ended', () => {
    expect(traffic.faults).toEqual([]);
    const kinds = new Set(traffic.acknowledged.map((fact) => fact.split(' ')[1]));
    expect([...kinds].toSorted()).toEqual(['consent', 'disclosure', 'interaction', 'preference', 'receipt', 'request']);
  });

  it('went on numbering the log after each kill, by whichever was left', () => {
    expect(new Set(sequencers).size).toBeGreaterThan(1);
    expect(secondsWithoutNumbers).toHaveLength(KILLS);
  });

  it('have kept all that was acknowledged, once', async () => {
    await expect(lostFacts(app, traffic.acknowledged)).resolves.toEqual([]);
    const disclosures = traffic.acknowledged.filter((fact) => fact.includes(' disclosure '));
    expect(new Set(disclosures).size).toBe(disclosures.length);
    await eventually(async () => {
      const { rows } = await app.db.query('select from audit_pending');
      expect(rows).toEqual([]);
    }, PATIENCE_MS);
    await expect(discrepancies(app)).resolves.toEqual({
      log: [],
      outbox: [],
      receipts: [],
      interactions: [],
      disclosures: [],
    });
    await expectWhole(app);
  });

  it('tell their numbers as one', async () => {
    await eventually(async () => expect(await numbersOf(metrics, 'ccx_workers')).toEqual([WORKERS]), PATIENCE_MS);
    await expect(numbersOf(metrics, 'ccx_worker_restarts_total')).resolves.toEqual([KILLS]);
    // Told by the database, and not once for each worker.
    const [entries] = await numbersOf(metrics, 'ccx_log_entries');
    const { rows } = await app.db.query('select size::int from audit_state');
    expect(rows).toEqual([{ size: entries }]);
  });
});

describe('a service with workers', () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = await aFolder();
  });

  it('ends them and its database with itself, whether it is told to stop or killed', async () => {
    const port = await aFreePort();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const service = await RunningService.start({ cwd, port, env: { WORKERS: '2', SEED: 'off' } });
      const workers = await service.children();
      expect(workers).toHaveLength(2);
      const { code, stderr } = await service.stop(signal);
      if (signal === 'SIGTERM') expect([code, stderr]).toEqual([0, expect.stringContaining('Stopped.')]);
      await eventually(() => expect(workers.filter(isAlive)).toEqual([]), PATIENCE_MS);
      await untilSilent(service.databasePort);
    }
  }, 240_000);

  it('ends with what a worker says that cannot start, and with its exit code', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await ccx(['serve', '--workers', '2'], { cwd, env: { PORT: String(port), SEED: 'off' } });
    expect(code).toBe(1);
    expect(stderr).toContain(`Cannot listen at 127.0.0.1:${port}: another program does`);
    expect(stderr.match(/Cannot listen/g)).toHaveLength(1);
    taken.close();
  }, 120_000);

  it('is refused with a number of workers that is none', async () => {
    const { code, stderr } = await ccx(['serve', '--workers', 'many'], { cwd: await aFolder() });
    expect([code, stderr]).toEqual([2, expect.stringContaining('WORKERS must be an integer number')]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
