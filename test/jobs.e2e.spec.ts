import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { serviceDataSource } from '../src/platform/database/data-source.js';
import { Database } from '../src/platform/database/database.js';
import { type JobWork, Jobs } from '../src/platform/jobs/jobs.js';
import { Random } from '../src/platform/random.js';
import { startApp, type TestApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { holdJobs } from './support/jobs.js';
import { untilWaiting } from './support/race.js';

const INTERVAL_MS = 10;
const HOUR_MS = 3_600_000;
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

interface Duty {
  readonly intervalMs?: number;
  /** What is done before any job begins. */
  readonly first?: (process: Process) => Promise<void>;
}

/** What one of several processes does in the background, over a connection of its own. */
class Process {
  turns = 0;
  /** What it does in a turn. */
  work: JobWork = async () => undefined;

  private constructor(
    private readonly database: Database,
    readonly jobs: Jobs,
  ) {}

  static async start(job: string, { intervalMs = INTERVAL_MS, first }: Duty = {}): Promise<Process> {
    const source = serviceDataSource({ url: app.databaseUrl, pool: 2, applicationName: 'ccx' });
    const database = new Database(await source.initialize(), true);
    const jobs = new Jobs(database, new Random());
    const started = new Process(database, jobs);
    const work: JobWork = (ending) => {
      started.turns++;
      return started.work(ending);
    };
    jobs.every(job, intervalMs, work);
    if (first) jobs.first(() => first(started));
    processes.push(started);
    await jobs.onApplicationBootstrap();
    return started;
  }

  /** Ends it as SIGKILL would, for all that others see: it says nothing any more, and gives nothing back. */
  async die(): Promise<void> {
    await this.database.onApplicationShutdown();
    void this.jobs.onModuleDestroy(); // which comes to no end where somebody is at work
    processes.splice(processes.indexOf(this), 1);
  }

  async stop(): Promise<void> {
    await this.jobs.onModuleDestroy();
    await this.database.onApplicationShutdown();
  }
}

const aJob = () => `stocktaking-${randomUUID()}`;

interface LeaseRow {
  readonly holder: string;
  readonly expires_at: Date;
  readonly is_due: boolean;
}

async function leaseOf(job: string): Promise<LeaseRow | undefined> {
  const { rows } = await app.db.query<LeaseRow>(
    'select holder, expires_at, due_at <= now() as is_due from job_leases where name = $1',
    [job],
  );
  return rows[0];
}

/** As if its holder had said nothing for so long that it must be dead. */
const endLease = (job: string) => app.db.query('update job_leases set expires_at = now() where name = $1', [job]);

const makeDue = (job: string) => app.db.query('update job_leases set due_at = now() where name = $1', [job]);

async function working(job: string): Promise<Process> {
  const one = await Process.start(job);
  await eventually(() => expect(one.turns).toBeGreaterThan(0));
  return one;
}

describe('a job', () => {
  it('is done again and again by one process, and not by one that has no lease', async () => {
    const job = aJob();
    const one = await working(job);
    await eventually(() => expect(one.turns).toBeGreaterThan(2));
    await holdJobs(app, job);
    await one.jobs.look();
    const before = one.turns;
    const other = await Process.start(job);
    await other.jobs.look();
    await delay(A_FEW_TURNS_MS);
    expect([one.turns, other.turns]).toEqual([before, 0]);
  });

  it('does not begin before all is done that comes first', async () => {
    let turnsBefore = -1;
    const first = async (process: Process) => {
      await delay(A_FEW_TURNS_MS);
      turnsBefore = process.turns;
    };
    const one = await Process.start(aJob(), { first });
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
    const { holder: dead } = (await leaseOf(job))!;
    await endLease(job);
    await eventually(() => expect(heir.turns).toBeGreaterThan(0));
    expect((await leaseOf(job))!.holder).not.toBe(dead);
  });

  it('is taken over at once from a process that stopped in order', async () => {
    const job = aJob();
    const first = await working(job);
    const heir = await Process.start(job);
    await first.stop();
    await heir.jobs.look();
    expect((await leaseOf(job))!.expires_at.getTime()).toBeGreaterThan(Date.now());
    await eventually(() => expect(heir.turns).toBeGreaterThan(0));
  });

  it('stays with a process that works longer than its lease', async () => {
    const job = aJob();
    const one = await Process.start(job);
    let done = (): void => undefined;
    one.work = () => new Promise((resolve) => (done = resolve));
    try {
      await eventually(() => expect(one.turns).toBe(1));
      const first = (await leaseOf(job))!;
      await eventually(async () => {
        const now = (await leaseOf(job))!;
        expect(now.expires_at.getTime()).toBeGreaterThan(first.expires_at.getTime());
        expect(now.holder).toBe(first.holder);
      });
    } finally {
      done();
    }
  });

  it('that is rare waits for its turn, whoever starts or dies', async () => {
    const job = aJob();
    const one = await Process.start(job, { intervalMs: HOUR_MS });
    await one.jobs.look();
    await one.die();
    await endLease(job);
    const heir = await Process.start(job, { intervalMs: HOUR_MS });
    await heir.jobs.look();
    await delay(A_FEW_TURNS_MS);
    expect([one.turns, heir.turns, (await leaseOf(job))!.is_due]).toEqual([0, 0, false]);

    await heir.stop(); // a restart begins no new hour
    await makeDue(job);
    const next = await Process.start(job, { intervalMs: HOUR_MS });
    await eventually(() => expect(next.turns).toBe(1));
    await eventually(async () => expect((await leaseOf(job))!.is_due).toBe(false));
  });

  it('that is rare is done at once in the place of a process that died over it', async () => {
    const job = aJob();
    const first = await Process.start(job, { intervalMs: HOUR_MS });
    await first.jobs.look();
    await first.stop();
    await makeDue(job);
    const dying = await Process.start(job, { intervalMs: HOUR_MS });
    dying.work = () => new Promise(() => undefined);
    await eventually(() => expect(dying.turns).toBe(1));
    await dying.die();
    await endLease(job);
    const heir = await Process.start(job, { intervalMs: HOUR_MS });
    await eventually(() => expect(heir.turns).toBe(1));
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

  it('is told that its process is to end', async () => {
    const one = await Process.start(aJob());
    let isAtWork = false;
    one.work = (ending) => {
      isAtWork = true;
      return new Promise((resolve) => ending.addEventListener('abort', () => resolve()));
    };
    await eventually(() => expect(isAtWork).toBe(true));
    await one.stop();
  });
});
