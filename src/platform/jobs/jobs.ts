import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { Database } from '../database/database.js';
import { Random } from '../random.js';
import { giveBack, holdLeases, putOff } from './leases.queries.js';

/** How long a process keeps its jobs without saying anything: one that is killed is replaced that much later. */
const LEASE_MS = 3_000;
/** How often a process says that it lives, and looks what the dead have left. */
const LOOK_EVERY_MS = 750;

export interface JobOptions {
  /** Called when it has gone to another process, which from then on says how things are with it. */
  readonly lost?: () => void;
}

/** What this process has done of a job since it started. */
export interface JobTurns {
  count: number;
  failed: number;
  seconds: number;
}

/** What a job does in a turn. Work that takes long looks whether the process is to end, and comes to an end then. */
export type JobWork = (ending: AbortSignal) => Promise<void>;

interface Job extends JobOptions {
  readonly name: string;
  readonly intervalMs: number;
  readonly work: JobWork;
  readonly turns: JobTurns;
  /** By this process's own measure (`performance.now`); in the past when it is not held. */
  heldUntil: number;
  /** Whether it has had a turn since it came here. */
  begun: boolean;
  timer?: NodeJS.Timeout | undefined;
  running?: Promise<void> | undefined;
}

/**
 * Background work that any number of processes share: each job is done by the one that holds its lease, a row with an
 * end. One statement in each process keeps all of its leases and takes those that have ended, whatever their jobs'
 * intervals are. A lease keeps others from doing the same in vain; a job must be right even if two ever ran at once.
 */
@Injectable()
export class Jobs implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Jobs.name);
  private readonly jobs = new Map<string, Job>();
  private readonly preparations: (() => Promise<void>)[] = [];
  private readonly holder: string;
  private looking = Promise.resolve();
  private timer?: NodeJS.Timeout;
  private readonly ending = new AbortController();

  constructor(
    private readonly database: Database,
    random: Random,
  ) {
    this.holder = random.id();
  }

  /** Does `work` every `intervalMs`, in one process at a time. Call it while the module is set up. */
  every(name: string, intervalMs: number, work: JobWork, options: JobOptions = {}): void {
    if (this.jobs.has(name)) throw new Error(`There is a job ${name} already.`);
    const turns = { count: 0, failed: 0, seconds: 0 };
    this.jobs.set(name, { ...options, name, intervalMs, work, turns, heldUntil: 0, begun: false });
  }

  /** What this process has done of each job, and whether the job is its own now. */
  state(): { readonly name: string; readonly turns: Readonly<JobTurns>; readonly held: boolean }[] {
    return [...this.jobs.values()].map((job) => ({ name: job.name, turns: job.turns, held: isHeld(job) }));
  }

  /** Does `work` once at start, before any job begins; the start fails when it does. Call it while the module is set up. */
  first(work: () => Promise<void>): void {
    this.preparations.push(work);
  }

  /** Does the work of a job now and waits for it, with or without a lease: for tests and the command line. */
  async runNow(name: string): Promise<void> {
    const job = this.jobs.get(name);
    if (!job) throw new Error(`There is no job ${name}.`);
    await job.work(this.ending.signal);
  }

  /** Looks now which jobs are this process's, and waits until it does none of the others any more. */
  async look(): Promise<void> {
    this.looking = this.looking.catch(() => undefined).then(() => this.renew());
    await this.looking;
    const lost = [...this.jobs.values()].filter((job) => !isHeld(job));
    await Promise.allSettled(lost.map(async ({ running }) => running));
  }

  // Nest.js starts what depends on this only after it, so that this holds for all that works in the background.
  async onApplicationBootstrap(): Promise<void> {
    for (const prepare of this.preparations) await prepare();
    this.lookLater(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.ending.abort();
    clearTimeout(this.timer);
    await this.looking.catch(() => undefined);
    for (const job of this.jobs.values()) clearTimeout(job.timer);
    await Promise.allSettled([...this.jobs.values()].map(async ({ running }) => running));
    await giveBack(this.database.reader, this.holder).catch(() => undefined); // they end by themselves
  }

  private lookLater(inMs = LOOK_EVERY_MS): void {
    if (this.ending.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.looking = this.looking.catch(() => undefined).then(() => this.renew());
      void this.looking
        .catch((error: unknown) => this.logger.warn(`Which jobs are ours is not known: ${String(error)}`))
        .finally(() => this.lookLater());
    }, inMs).unref();
  }

  private async renew(): Promise<void> {
    if (this.ending.signal.aborted || this.jobs.size === 0) return;
    const since = performance.now(); // the database grants it later than this
    const leases = await holdLeases(this.database.reader, this.holder, [...this.jobs.values()], LEASE_MS);
    const held = new Map(leases.map((lease) => [lease.name, lease]));
    for (const job of this.jobs.values()) {
      const lease = held.get(job.name);
      if (!lease || !isHeld(job)) lose(job); // or had it lost until now, and somebody else may have had it
      job.heldUntil = lease ? since + LEASE_MS : 0;
      if (lease && !job.timer && !job.running) this.schedule(job, isRare(job) ? lease.dueInMs : job.intervalMs);
    }
  }

  private schedule(job: Job, inMs: number): void {
    if (this.ending.signal.aborted || !isHeld(job)) return;
    job.timer = setTimeout(() => {
      job.timer = undefined;
      if (!isHeld(job)) return; // whoever has it now does it, or we do when we have it again
      job.running = this.turn(job).finally(() => {
        job.running = undefined;
        this.schedule(job, job.intervalMs);
      });
    }, inMs).unref();
  }

  private async turn(job: Job): Promise<void> {
    const start = performance.now();
    job.turns.count++;
    try {
      job.begun = true;
      await job.work(this.ending.signal);
    } catch (error) {
      job.turns.failed++;
      this.logger.error(`Job ${job.name} failed and will be tried again.`, error);
    }
    job.turns.seconds += (performance.now() - start) / 1_000;
    if (isRare(job)) await putOff(this.database.reader, this.holder, job).catch(() => undefined); // done once more then
  }
}

function lose(job: Job): void {
  clearTimeout(job.timer);
  job.timer = undefined;
  if (job.begun) job.lost?.();
  job.begun = false;
}

function isHeld({ heldUntil }: Job): boolean {
  return performance.now() < heldUntil;
}

/** One that is done so rarely that neither a death nor a restart may put it off: the lease says when its turn is. */
function isRare({ intervalMs }: Job): boolean {
  return intervalMs > LEASE_MS;
}
