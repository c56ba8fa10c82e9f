import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { serviceDataSource } from '../src/platform/database/data-source.js';
import { Database } from '../src/platform/database/database.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { Random } from '../src/platform/random.js';
import { startApp, type TestApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { untilWaiting } from './support/race.js';

const INTERVAL_MS = 10;
/** Enough for anybody to come and look several times. */
const A_FEW_TURNS_MS = 20 * INTERVAL_MS;

let app: TestApp;
const processes: Process[] = [];

beforeAll(async () => {
  app = await startApp();
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.stop()));
});
afterAll(() => app.stop());

/** What one of several processes does in the background, over a connection of its own. */
class Process {
  turns = 0;
  /** What it does in a turn. */
  work: () => Promise<void> = async () => undefined;

  private constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  /** @param first what is done before any job begins */
  static async start(job: string, first?: (process: Process) => Promise<void>): Promise<Process> {
    const source = serviceDataSource({ url: app.databaseUrl, pool: 2, applicationName: 'ccx' });
    const database = new Database(await source.initialize(), true);
    const jobs = new Jobs(database, app.clock, new Random());
    const started = new Process(database, jobs);
    jobs.every(job, INTERVAL_MS, () => {
      started.turns++;
      return started.work();
    });
    if (first) jobs.first(() => first(started));
    processes.push(started);
    await jobs.onApplicationBootstrap();
    return started;
  }

  /** Ends it as SIGKILL would, for all that others see: it says nothing any more, and gives nothing back. */
  async die(): Promise<void> {
    await this.database.onApplicationShutdown();
  }

  async stop(): Promise<void> {
    await this.jobs.onModuleDestroy();
    await this.database.onApplicationShutdown();
  }
}

const aJob = () => `stocktaking-${randomUUID()}`;

async function endOfLease(job: string): Promise<Date> {
  const { rows } = await app.db.query<{ expires_at: Date }>('select expires_at from job_leases where name = $1', [job]);
  return rows[0]?.expires_at ?? new Date(NaN);
}

async function working(job: string): Promise<Process> {
  const one = await Process.start(job);
  await eventually(() => expect(one.turns).toBeGreaterThan(0));
  return one;
}

describe('a job', () => {
  it('is done again and again by one process, while another one stands by', async () => {
    const job = aJob();
    const one = await working(job);
    const other = await Process.start(job);
    const before = one.turns;
    await delay(A_FEW_TURNS_MS);
    expect(one.turns).toBeGreaterThan(before + 1);
    expect(other.turns).toBe(0);
  });

  it('does not begin before all is done that comes first', async () => {
    let turnsBefore = -1;
    const one = await Process.start(aJob(), async (process) => {
      await delay(A_FEW_TURNS_MS);
      turnsBefore = process.turns;
    });
    await eventually(() => expect(one.turns).toBeGreaterThan(0));
    expect(turnsBefore).toBe(0);
  });

  it('goes to one of the processes that reach for it at the same moment', async () => {
    const job = aJob();
    const holder = await app.db.connect();
    try {
      await holder.query('begin');
      await holder.query('insert into job_leases (name, holder, expires_at) values ($1, $2, $3)', [
        job,
        randomUUID(),
        new Date(0),
      ]);
      const rivals = await Promise.all([Process.start(job), Process.start(job)]);
      await untilWaiting(app.db, rivals.length);
      await holder.query('commit');
      await eventually(() => expect(rivals.some(({ turns }) => turns > 1)).toBe(true));
      expect(rivals.filter(({ turns }) => turns > 0)).toHaveLength(1);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  });

  it('is taken over from a process that was killed, once its lease is over', async () => {
    const job = aJob();
    const killed = await working(job);
    const heir = await Process.start(job);
    await killed.die();
    await delay(A_FEW_TURNS_MS);
    expect(heir.turns).toBe(0);
    app.clock.set(await endOfLease(job));
    await eventually(() => expect(heir.turns).toBeGreaterThan(0));
  });

  it('is taken over at once from a process that stopped in order', async () => {
    const job = aJob();
    const first = await working(job);
    const heir = await Process.start(job);
    await first.stop();
    await eventually(() => expect(heir.turns).toBeGreaterThan(0), 1_000);
  });

  it('stays with a process that works longer than its lease', async () => {
    const job = aJob();
    const one = await Process.start(job);
    let done = (): void => undefined;
    one.work = () => new Promise((resolve) => (done = resolve));
    try {
      await eventually(() => expect(one.turns).toBe(1));
      const first = await endOfLease(job);
      await eventually(async () => expect((await endOfLease(job)).getTime()).toBeGreaterThan(first.getTime()));
    } finally {
      done();
    }
  });

  it('is tried again after it failed', async () => {
    const one = await Process.start(aJob());
    one.work = async () => Promise.reject(new Error('the shelf fell down'));
    await eventually(() => expect(one.turns).toBeGreaterThan(2));
  });

  it('is finished before its process stops, and not begun again', async () => {
    const one = await Process.start(aJob());
    let done = (): void => undefined;
    let finished = false;
    one.work = () => new Promise<void>((resolve) => (done = resolve)).then(() => void (finished = true));
    await eventually(() => expect(one.turns).toBe(1));
    const stopped = one.stop();
    await delay(A_FEW_TURNS_MS);
    done();
    await stopped;
    expect(finished).toBe(true);
    await delay(A_FEW_TURNS_MS);
    expect(one.turns).toBe(1);
  });
});
