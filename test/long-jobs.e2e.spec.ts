import { randomUUID } from 'node:crypto';

import { serviceDataSource } from '../src/platform/database/data-source.js';
import { Database } from '../src/platform/database/database.js';
import { CcxError, Problem } from '../src/platform/errors.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import type { LongJob } from '../src/platform/jobs/long-job.entity.js';
import { LongJobs, type LongJobStep } from '../src/platform/jobs/long-jobs.js';
import { Random } from '../src/platform/random.js';
import { startApp, type TestApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { longJobsAreDue } from './support/jobs.js';

let app: TestApp;
const processes: Process[] = [];

beforeAll(async () => {
  app = await startApp();
  await app.db.query('create table steps (job uuid, number int, process text)');
  await app.db.query('grant select, insert on steps to ccx_app');
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.stop()));
});
afterAll(() => app.stop());

@Problem({ code: 'test-out-of-shelf', kind: 'conflict', title: 'There is no shelf left', advice: 'Build one.' })
class OutOfShelfError extends CcxError {}

const owner = 'retailer:somebody';
const STEPS = 5;

/** One of several processes, over connections of its own. */
class Process {
  /** What happens in each step, beyond its being written down. */
  inStep: (job: LongJob) => Promise<void> = async () => undefined;
  /** What happens before it. */
  beforeStep: () => Promise<void> = async () => undefined;

  private constructor(
    private readonly name: string,
    readonly database: Database,
    readonly longJobs: LongJobs,
    kind: string,
  ) {
    longJobs.register({ kind, prepare: () => this.beforeStep(), step: (tx, job) => this.step(tx, job) });
  }

  /** It works when it is told to. */
  static async start(kind: string, name = 'one'): Promise<Process> {
    const source = serviceDataSource({ url: app.databaseUrl, pool: 3, applicationName: 'ccx' });
    const database = new Database(await source.initialize(), true);
    const random = new Random();
    const longJobs = new LongJobs(database, app.clock, random, new Jobs(database, random));
    const started = new Process(name, database, longJobs, kind);
    processes.push(started);
    return started;
  }

  async stop(): Promise<void> {
    await this.longJobs.onModuleDestroy();
    await this.database.onApplicationShutdown().catch(() => undefined);
  }

  private async step(tx: Parameters<LongJobs['start']>[0], job: LongJob): Promise<LongJobStep> {
    const number = ((job.cursor as number | null) ?? 0) + 1;
    await tx.query('insert into steps (job, number, process) values ($1, $2, $3)', [job.id, number, this.name]);
    await this.inStep(job);
    return { next: number < STEPS ? number : null, done: number, total: STEPS, result: { shelves: number } };
  }
}

const aKind = () => `stocktaking-${randomUUID()}`;

function queued(kind: string): Promise<LongJob> {
  return app.get(Database).transaction((tx) => app.get(LongJobs).start(tx, { kind, owner, params: {} }));
}

const find = ({ id, kind }: LongJob) => app.get(LongJobs).get(app.get(Database).reader, { id, kind, owner });

async function stepsOf({ id }: LongJob): Promise<{ number: number; process: string }[]> {
  const { rows } = await app.db.query('select number, process from steps where job = $1 order by number', [id]);
  return rows as { number: number; process: string }[];
}

const numbersOf = async (job: LongJob) => (await stepsOf(job)).map(({ number }) => number);

describe('a long job', () => {
  it('is done step by step, and says what came of it', async () => {
    const kind = aKind();
    const process = await Process.start(kind);
    const job = await queued(kind);
    expect(job).toMatchObject({ status: 'queued', done: 0, total: null, result: null });
    await process.longJobs.work();
    const done = await find(job);
    expect(done).toMatchObject({
      status: 'succeeded',
      done: STEPS,
      total: STEPS,
      result: { shelves: STEPS },
      errors: [],
    });
    expect(done.finishedAt!.getTime()).toBeGreaterThanOrEqual(done.startedAt!.getTime());
    await expect(numbersOf(job)).resolves.toEqual([1, 2, 3, 4, 5]);
  });

  it('begins by itself soon after it was queued', async () => {
    const kind = aKind();
    const process = await Process.start(kind);
    process.longJobs.onApplicationBootstrap();
    const job = await queued(kind);
    await eventually(async () => expect((await find(job)).status).toBe('succeeded'));
  });

  it('tells how far it has come while it is at work', async () => {
    const kind = aKind();
    const process = await Process.start(kind);
    const job = await queued(kind);
    let seen: LongJob | undefined;
    process.inStep = async ({ cursor }) => {
      if (cursor === 2) seen = await find(job);
    };
    await process.longJobs.work();
    expect(seen).toMatchObject({ status: 'running', done: 2, total: STEPS, result: { shelves: 2 } });
  });

  it('is not begun when what queued it does not happen', async () => {
    const kind = aKind();
    const process = await Process.start(kind);
    let job: LongJob | undefined;
    const queueing = app.get(Database).transaction(async (tx) => {
      job = await app.get(LongJobs).start(tx, { kind, owner, params: {} });
      throw new Error('changed my mind');
    });
    await expect(queueing).rejects.toThrow('changed my mind');
    await process.longJobs.work();
    await expect(find(job!)).rejects.toMatchObject({ name: 'LongJobNotFoundError' });
  });

  it('does not exist for anybody else', async () => {
    const job = await queued(aKind());
    const { reader } = app.get(Database);
    const ofOthers = { ...job, owner: 'retailer:somebody-else' };
    await expect(app.get(LongJobs).get(reader, ofOthers)).rejects.toMatchObject({ name: 'LongJobNotFoundError' });
    const cancelling = app.get(Database).transaction((tx) => app.get(LongJobs).cancel(tx, ofOthers));
    await expect(cancelling).rejects.toMatchObject({ name: 'LongJobNotFoundError' });
  });

  it('goes on where a process died, with each step written once', async () => {
    const kind = aKind();
    const dying = await Process.start(kind, 'dying');
    const heir = await Process.start(kind, 'heir');
    const job = await queued(kind);
    dying.inStep = async ({ cursor }) => {
      // As SIGKILL would end it: the connections are cut in the middle of a step.
      if (cursor === 2) {
        await app.db.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where query like 'insert into steps%' and state <> 'idle'`,
        );
        await dying.database.onApplicationShutdown();
      }
    };
    await expect(dying.longJobs.work()).rejects.toThrow(/connect|pool|terminat/i);
    await expect(numbersOf(job)).resolves.toEqual([1, 2]);

    await heir.longJobs.work();
    expect(await find(job)).toMatchObject({ status: 'running', done: 2 });
    await longJobsAreDue(app);
    await heir.longJobs.work();

    expect(await find(job)).toMatchObject({ status: 'succeeded', done: STEPS });
    expect(await stepsOf(job)).toEqual(
      [1, 2, 3, 4, 5].map((number) => ({ number, process: number <= 2 ? 'dying' : 'heir' })),
    );
  });

  it('is not taken from a process that is still in a step, however long that takes', async () => {
    const kind = aKind();
    const slow = await Process.start(kind, 'slow');
    const other = await Process.start(kind, 'other');
    const job = await queued(kind);
    slow.beforeStep = () => longJobsAreDue(app); // as if it had said nothing for so long
    slow.inStep = async ({ cursor }) => {
      if (cursor !== 1) return;
      await other.longJobs.work();
    };
    await slow.longJobs.work();
    expect((await stepsOf(job)).map(({ process }) => process)).toEqual(Array(STEPS).fill('slow'));
  });

  it('is shared by processes, together with all others', async () => {
    const kind = aKind();
    const [one, other] = await Promise.all([Process.start(kind, 'one'), Process.start(kind, 'other')]);
    // Neither goes on before both are in a step: each has a job of its own then.
    let inside = 0;
    const both = async () => {
      inside++;
      await eventually(() => expect(inside).toBeGreaterThanOrEqual(2));
    };
    one.inStep = both;
    other.inStep = both;
    const jobs = await Promise.all([queued(kind), queued(kind), queued(kind)]);
    await Promise.all([one.longJobs.work(), other.longJobs.work()]);
    const steps = await Promise.all(jobs.map(stepsOf));
    for (const of of steps) expect(of.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(steps.flat().map(({ process }) => process))).toEqual(new Set(['one', 'other']));
  });

  it('fails with the problem that its step tells', async () => {
    const kind = aKind();
    const process = await Process.start(kind);
    const job = await queued(kind);
    process.inStep = async ({ cursor }) => {
      if (cursor === 1)
        throw new OutOfShelfError('There is no shelf 3.', { errors: [{ pointer: '/3', detail: 'no' }] });
    };
    await process.longJobs.work();
    expect(await find(job)).toMatchObject({
      status: 'failed',
      done: 1,
      errors: [
        { code: 'test-out-of-shelf', detail: 'There is no shelf 3.', errors: [{ pointer: '/3', detail: 'no' }] },
      ],
    });
    await expect(numbersOf(job)).resolves.toEqual([1]);
  });

  it('goes on after a fault that passes', async () => {
    const kind = aKind();
    const process = await Process.start(kind);
    const job = await queued(kind);
    let faults = 0;
    process.inStep = async ({ cursor }) => {
      if (cursor === 1 && faults++ < 2) throw new Error('the lights flicker');
    };
    await process.longJobs.work();
    expect(await find(job)).toMatchObject({ status: 'running', done: 1 });
    for (const _ of [1, 2]) {
      await longJobsAreDue(app);
      await process.longJobs.work();
    }
    expect(await find(job)).toMatchObject({ status: 'succeeded', errors: [] });
    await expect(numbersOf(job)).resolves.toEqual([1, 2, 3, 4, 5]);
  });

  it('fails in the end over a fault that stays, and tells nothing of it', async () => {
    const kind = aKind();
    const process = await Process.start(kind);
    const job = await queued(kind);
    process.inStep = async () => Promise.reject(new Error('secret innards'));
    for (let attempt = 0; attempt < 6; attempt++) {
      await process.longJobs.work();
      await longJobsAreDue(app);
    }
    const failed = await find(job);
    expect(failed).toMatchObject({ status: 'failed', errors: [{ code: 'job-failed' }] });
    expect(JSON.stringify(failed)).not.toContain('innards');
  });

  it('fails in the end when it kills each process that tries it', async () => {
    const kind = aKind();
    const process = await Process.start(kind);
    const job = await queued(kind);
    await app.db.query(`update long_jobs set attempts = 5, due_at = now() where id = $1`, [job.id]);
    await process.longJobs.work();
    expect(await find(job)).toMatchObject({ status: 'failed', errors: [{ code: 'job-failed' }] });
    await expect(numbersOf(job)).resolves.toEqual([]);
  });

  it('ends after the step at hand when it is cancelled, and stays ended', async () => {
    const kind = aKind();
    const process = await Process.start(kind);
    const job = await queued(kind);
    const cancel = () => app.get(Database).transaction((tx) => app.get(LongJobs).cancel(tx, job));
    let cancelling: Promise<LongJob> | undefined;
    process.inStep = async ({ cursor }) => {
      if (cursor === 1) cancelling = cancel();
    };
    await process.longJobs.work();
    // Whichever came first after the second step: the cancelling or the third step.
    await expect(cancelling).resolves.toMatchObject({ status: 'cancelled' });
    const cancelled = await find(job);
    expect(cancelled.done).toBeLessThan(STEPS);
    expect(cancelled.cursor).toBeNull();
    await expect(cancel()).resolves.toMatchObject({ status: 'cancelled', finishedAt: cancelled.finishedAt });
    await longJobsAreDue(app);
    await process.longJobs.work();
    expect((await find(job)).done).toBe(cancelled.done);
  });

  it('is forgotten thirty days after it finished', async () => {
    const kind = aKind();
    const process = await Process.start(kind);
    const [finished, waiting] = [await queued(kind), await queued(aKind())];
    await process.longJobs.work();
    app.clock.advance({ days: 29 });
    await app.runJob('long-jobs-sweep');
    await expect(find(finished)).resolves.toMatchObject({ status: 'succeeded' });
    app.clock.advance({ days: 2 });
    await app.runJob('long-jobs-sweep');
    await expect(find(finished)).rejects.toMatchObject({ name: 'LongJobNotFoundError' });
    await expect(find(waiting)).resolves.toMatchObject({ status: 'queued' });
  });
});
