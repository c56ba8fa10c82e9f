import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';

import { Config } from '../config/config.js';
import { Database, PIPELINES, type Pipelines } from '../database/database.js';
import { Drain } from '../http/drain.js';
import { Jobs } from '../jobs/jobs.js';
import { dueLongJobs } from '../jobs/long-jobs.queries.js';
import { Metrics } from './metrics.js';
import { recently } from './recently.js';

type JobState = ReturnType<Jobs['state']>[number];

/** What is told of the process as a whole: requests under way, and its connections to the database. */
@Injectable()
export class ServiceMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly config: Config,
    private readonly drain: Drain,
    private readonly database: Database,
    private readonly jobs: Jobs,
    @Optional() @Inject(PIPELINES) private readonly pipelines?: Pipelines,
  ) {}

  onModuleInit(): void {
    this.metrics.add({
      name: 'ccx_http_requests_in_flight',
      help: 'Requests that are not answered yet',
      across: 'sum',
      measure: () => this.drain.requests,
    });
    this.metrics.watchPool('main', () => {
      const { totalCount, idleCount, waitingCount } = this.database.pool;
      return { size: this.config.DATABASE_POOL, total: totalCount, idle: idleCount, waiting: waitingCount };
    });
    for (const [name, pipeline] of Object.entries(this.pipelines ?? {})) {
      this.metrics.watchPool(name, () => pipeline.state);
    }
    this.metrics.add({
      name: 'ccx_transaction_retries_total',
      help: 'Transactions that were begun again because of a fault that passes',
      kind: 'counter',
      across: 'sum',
      measure: () => this.database.retries,
    });
    this.describeJobs();
    this.describeLongJobs();
  }

  private describeJobs(): void {
    const each = (measure: (job: JobState) => number) => () =>
      Object.fromEntries(this.jobs.state().map((job) => [job.name, measure(job)]));
    const turns = { label: 'name', kind: 'counter', across: 'sum' } as const;
    this.metrics.add({
      ...turns,
      name: 'ccx_job_turns_total',
      help: 'Turns of background jobs',
      measure: each((job) => job.turns.count),
    });
    this.metrics.add({
      ...turns,
      name: 'ccx_job_failures_total',
      help: 'Those of them that failed, and are tried again',
      measure: each((job) => job.turns.failed),
    });
    this.metrics.add({
      ...turns,
      name: 'ccx_job_seconds_total',
      help: 'How long they took, all together',
      measure: each((job) => job.turns.seconds),
    });
    this.metrics.add({
      name: 'ccx_job_held',
      help: 'Whether the job is this process’s; of all processes, one has it',
      label: 'name',
      across: 'sum',
      measure: each((job) => Number(job.held)),
    });
  }

  private describeLongJobs(): void {
    const due = recently(1_000, () => dueLongJobs(this.database.reader));
    this.metrics.add({
      name: 'ccx_long_jobs_due',
      help: 'Long jobs whose turn has come',
      across: 'same',
      measure: async () => (await due()).count,
    });
    this.metrics.add({
      name: 'ccx_long_jobs_oldest_due_seconds',
      help: 'For how long the turn of the oldest of them has come',
      across: 'same',
      measure: async () => (await due()).seconds,
    });
  }
}
