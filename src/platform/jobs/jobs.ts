import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import { Random } from '../random.js';

interface Job {
  name: string;
  intervalMs: number;
  work: () => Promise<void>;
  timer?: NodeJS.Timeout;
  running?: Promise<void>;
}

/** A holder that is killed is replaced after this long; one that works longer keeps its lease by renewing it. */
const LEASE_MS = 5_000;

/**
 * Background work that any number of processes share: each job is done by the one that holds its lease, a row with an
 * end. A lease keeps others from doing the same in vain; a job must be right even if two ever ran at once.
 */
@Injectable()
export class Jobs implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Jobs.name);
  private readonly jobs = new Map<string, Job>();
  private readonly preparations: (() => Promise<void>)[] = [];
  private readonly holder: string;
  private started = false;
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    random: Random,
  ) {
    this.holder = random.id();
  }

  /** Does `work` every `intervalMs`, in one process at a time. Call it while the module is set up. */
  every(name: string, intervalMs: number, work: () => Promise<void>): void {
    if (this.jobs.has(name)) throw new Error(`There is a job ${name} already.`);
    const job: Job = { name, intervalMs, work };
    this.jobs.set(name, job);
    if (this.started) this.schedule(job);
  }

  /** Does `work` once at start, before any job begins; the start fails when it does. Call it while the module is set up. */
  first(work: () => Promise<void>): void {
    this.preparations.push(work);
  }

  /** Does the work of a job now and waits for it, with or without a lease: for tests and the command line. */
  async runNow(name: string): Promise<void> {
    const job = this.jobs.get(name);
    if (!job) throw new Error(`There is no job ${name}.`);
    await job.work();
  }

  // Nest.js starts what depends on this only after it, so that this holds for all that works in the background.
  async onApplicationBootstrap(): Promise<void> {
    for (const prepare of this.preparations) await prepare();
    this.started = true;
    for (const job of this.jobs.values()) this.schedule(job);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    for (const job of this.jobs.values()) clearTimeout(job.timer);
    await Promise.allSettled([...this.jobs.values()].map(async ({ running }) => running));
    await this.database.reader.query(`delete from job_leases where holder = $1`, [this.holder]).catch(() => undefined); // it ends by itself
  }

  private schedule(job: Job): void {
    if (this.stopping) return;
    job.timer = setTimeout(() => {
      job.running = this.turn(job).finally(() => this.schedule(job));
    }, job.intervalMs);
    job.timer.unref();
  }

  private async turn(job: Job): Promise<void> {
    let renewal: NodeJS.Timeout | undefined;
    try {
      if (!(await this.lease(job))) return;
      renewal = setInterval(() => void this.lease(job).catch(() => undefined), LEASE_MS / 3);
      await job.work();
    } catch (error) {
      this.logger.error(`Job ${job.name} failed and will be tried again.`, error);
    } finally {
      clearInterval(renewal);
    }
  }

  private async lease({ name, intervalMs }: Job): Promise<boolean> {
    const now = this.clock.now();
    // Longer than the interval, so that a process that works keeps its job and caches warm.
    const until = new Date(now.getTime() + LEASE_MS + intervalMs);
    const rows = await this.database.reader.query<unknown[]>(
      `insert into job_leases as held (name, holder, expires_at) values ($1, $2, $3)
       on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
         where held.holder = excluded.holder or held.expires_at <= $4
       returning name`,
      [name, this.holder, until, now],
    );
    return rows.length > 0;
  }
}
