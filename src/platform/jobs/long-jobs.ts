import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { Clock } from '../clock.js';
import { Database, type Reader, type Tx, whenOver } from '../database/database.js';
import { CcxError, problemOf } from '../errors.js';
import type { JsonObject, JsonValue } from '../json.js';
import { Random } from '../random.js';
import { LongJob } from './long-job.entity.js';
import { LongJobFailedError, LongJobNotFoundError } from './long-jobs.errors.js';
import { claimNext, deleteFinished, jobWith, lockHeld, putOffJob } from './long-jobs.queries.js';
import { Jobs } from './jobs.js';

/** What a step came to. */
export interface LongJobStep {
  /** Where the next step goes on; null when there is nothing left to do. */
  readonly next: JsonValue;
  /** How much has been done in all. */
  readonly done: number;
  /** How much there is to do; left out, as it was. */
  readonly total?: number;
  /** What has come of it so far; left out, as it was. */
  readonly result?: JsonObject;
}

/** How the jobs of one kind are done. */
export interface LongJobWorker<Prepared = void> {
  readonly kind: string;
  /** What a step needs and must not be done within its transaction. It may happen twice. */
  prepare?(job: LongJob): Promise<Prepared>;
  /**
   * Does a piece of the work: a second's worth or so, from `job.cursor` on. It runs in the transaction that records how
   * far it has come, so that everything it writes with `tx` is written once, whoever dies on the way. What it does
   * besides may happen twice.
   *
   * A `CcxError` fails the job with its problem; anything else is tried again a few times.
   */
  step(tx: Tx, job: LongJob, prepared: Prepared): Promise<LongJobStep>;
}

export interface NewLongJob {
  readonly kind: string;
  readonly owner: string;
  readonly params: JsonObject;
  readonly id?: string;
  readonly total?: number;
}

/** How soon a process finds what another one has queued or left behind. */
const LOOK_EVERY_MS = 1_000;
/** Who says nothing for so long has died. */
const CLAIM_MS = 3_000;
const MOST_ATTEMPTS = 5;
const KEPT_FOR_DAYS = 30;
const SWEEP_INTERVAL_MS = 3_600_000;

/**
 * Work that takes longer than a request, done in small steps by any number of processes. Each step is begun by taking
 * the job whose turn it is; a process that dies loses it after a while, and another one goes on with the step at hand.
 */
@Injectable()
export class LongJobs implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(LongJobs.name);
  private readonly workers = new Map<string, LongJobWorker<unknown>>();
  private readonly holder: string;
  private timer?: NodeJS.Timeout;
  private started = false;
  private working: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly jobs: Jobs,
  ) {
    this.holder = random.id();
  }

  /** Has jobs of this kind done by `worker`. Call it while the module is set up. */
  register<Prepared>(worker: LongJobWorker<Prepared>): void {
    if (this.workers.has(worker.kind)) throw new Error(`There is a worker for ${worker.kind} already.`);
    this.workers.set(worker.kind, worker);
  }

  /** Queues a job. It begins once the transaction has committed. */
  async start(tx: Tx, { id = this.random.id(), kind, owner, params, total }: NewLongJob): Promise<LongJob> {
    const now = this.clock.now();
    const job = Object.assign(new LongJob(), {
      id,
      kind,
      owner,
      status: 'queued',
      params,
      cursor: null,
      done: 0,
      total: total ?? null,
      result: null,
      errors: [],
      attempts: 0,
      holder: null,
      dueAt: now,
      createdAt: now,
      startedAt: null,
      finishedAt: null,
    } as const);
    await tx.save(job);
    whenOver(tx, () => this.lookLater(0));
    return job;
  }

  /** @throws LongJobNotFoundError also when it is somebody else's */
  async get(reader: Reader, { id, kind, owner }: Pick<LongJob, 'id' | 'kind' | 'owner'>): Promise<LongJob> {
    const job = await jobWith(reader, { id, kind, owner }).getOne();
    if (!job) throw new LongJobNotFoundError(id);
    return job;
  }

  /** The one of this kind and owner that has not finished; null when there is none. */
  underWay(reader: Reader, { kind, owner }: Pick<LongJob, 'kind' | 'owner'>): Promise<LongJob | null> {
    return jobWith(reader, { kind, owner }).andWhere('finished_at is null').orderBy('created_at').limit(1).getOne();
  }

  /**
   * Ends a job before its next step, once a step that is under way is done. One that has finished stays as it is.
   * @throws LongJobNotFoundError also when it is somebody else's
   */
  async cancel(tx: Tx, { id, kind, owner }: Pick<LongJob, 'id' | 'kind' | 'owner'>): Promise<LongJob> {
    const job = await jobWith(tx, { id, kind, owner }).setLock('pessimistic_write').getOne();
    if (!job) throw new LongJobNotFoundError(id);
    if (job.hasFinished()) return job;
    job.finish('cancelled', this.clock.now());
    await tx.save(job);
    return job;
  }

  /** Does steps for as long as there is a job whose turn it is; one round after another in this process. */
  work(): Promise<void> {
    const round = this.working.then(() => this.doSteps());
    this.working = round.catch(() => undefined);
    return round;
  }

  onApplicationBootstrap(): void {
    this.jobs.every('long-jobs-sweep', SWEEP_INTERVAL_MS, () => this.sweep());
    this.started = true;
    this.lookLater();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.working;
  }

  private lookLater(inMs = LOOK_EVERY_MS): void {
    if (!this.started || this.stopping) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      void this.work()
        .catch((error: unknown) => this.logger.error('No job could be taken.', error))
        .finally(() => this.lookLater());
    }, inMs).unref();
  }

  private async doSteps(): Promise<void> {
    while (!this.stopping && (await this.doStep())) continue;
  }

  /** Answers whether there was anything to do. */
  private async doStep(): Promise<boolean> {
    const claim = { holder: this.holder, now: this.clock.now(), forMs: CLAIM_MS };
    const claimed = await claimNext(this.database.reader, [...this.workers.keys()], claim);
    if (!claimed) return false;
    try {
      if (claimed.attempts > MOST_ATTEMPTS) throw new LongJobFailedError();
      const prepared = await this.prepare(claimed.id);
      await this.database.transaction((tx) => this.takeStep(tx, claimed.id, prepared));
    } catch (error) {
      await this.recordFailure(claimed.id, error);
    }
    return true;
  }

  private async prepare(id: string): Promise<unknown> {
    const { reader } = this.database;
    const job = await jobWith(reader, { id, holder: this.holder }).getOne();
    const worker = this.workers.get(job?.kind ?? '');
    if (!job || !worker?.prepare) return undefined;
    // Until the step locks the job, this alone says that somebody is at it.
    const renewal = setInterval(
      () => void putOffJob(reader, id, this.holder, CLAIM_MS).catch(() => undefined),
      CLAIM_MS / 3,
    );
    try {
      return await worker.prepare(job);
    } finally {
      clearInterval(renewal);
    }
  }

  private async takeStep(tx: Tx, id: string, prepared: unknown): Promise<void> {
    // Held to the end of the step: whoever gave this process up for dead waits, and finds the step done.
    const job = await lockHeld(tx, id, this.holder);
    if (!job) return;
    const { next, done, total, result } = await this.workers.get(job.kind)!.step(tx, job, prepared);
    job.cursor = next;
    job.done = done;
    job.total = total ?? job.total;
    job.result = result ?? job.result;
    job.attempts = 0;
    const now = this.clock.now();
    if (next === null) job.finish('succeeded', now);
    else job.release(now);
    await tx.save(job);
  }

  private async recordFailure(id: string, error: unknown): Promise<void> {
    const isFinal = error instanceof CcxError && !problemOf(error).retryable;
    if (!(error instanceof CcxError)) this.logger.error(`A step of the job ${id} failed.`, error);
    await this.database.transaction(async (tx) => {
      const job = await lockHeld(tx, id, this.holder);
      if (!job) return;
      const now = this.clock.now();
      if (isFinal || job.attempts >= MOST_ATTEMPTS) {
        const cause = error instanceof CcxError ? error : new LongJobFailedError();
        const { message: detail, errors } = cause;
        job.errors = [{ code: problemOf(cause).code, detail, ...(errors && { errors }) }];
        job.finish('failed', now);
        await tx.save(job);
      } else {
        job.release(now);
        await tx.save(job);
        await putOffJob(tx, id, null, 500 * 2 ** job.attempts);
      }
    });
  }

  private async sweep(): Promise<void> {
    await deleteFinished(this.database.reader, new Date(this.clock.now().getTime() - KEPT_FOR_DAYS * 86_400_000));
  }
}
