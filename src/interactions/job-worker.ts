import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { LongJob } from '../platform/jobs/long-job.entity.js';
import { LongJobs, type LongJobStep, type LongJobWorker } from '../platform/jobs/long-jobs.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { IntakeService } from './intake.service.js';
import { InteractionJob } from './job.entity.js';
import { type JobTotals, insertResults, type LineResult, lineResultOf, totalsWith } from './job-results.js';
import { BEGINNING, type LineRead, type ReadState } from './mapping.js';
import { readOn, type Stretch } from './mapping-stretch.js';
import { contentFrom, deleteBlocks } from './upload-blocks.js';

export const INTERACTIONS_JOB = 'interactions';

interface Prepared extends Stretch {
  readonly upload: InteractionJob;
}

/**
 * Works uploaded files off, a stretch of them at a time: what a stretch reports is kept, and what became of it is noted,
 * in the transaction that says where to go on. Each event meets the consents of its own moment.
 */
@Injectable()
export class JobWorker implements OnModuleInit, LongJobWorker<Prepared> {
  readonly kind = INTERACTIONS_JOB;

  constructor(
    private readonly database: Database,
    private readonly jobs: LongJobs,
    private readonly retailers: RetailersService,
    private readonly intake: IntakeService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.register(this);
  }

  /** @throws ContentUnreadableError */
  async prepare(job: LongJob): Promise<Prepared> {
    const { reader } = this.database;
    const upload = await reader.findOneByOrFail(InteractionJob, { id: job.id });
    const from = stateOf(job);
    return { upload, ...(await readOn(contentFrom(reader, job.id, from.offset), upload, from)) };
  }

  /** @throws RetailerSuspendedError */
  async step(tx: Tx, job: LongJob, { upload, reads, next, isLast }: Prepared): Promise<LongJobStep> {
    const { id, size } = upload;
    if (!(await this.retailers.activeClient(tx, upload.clientId))) throw new RetailerSuspendedError();
    const results = await this.take(tx, upload, reads);
    await insertResults(tx, id, stateOf(job).offset, results);
    if (isLast) await deleteBlocks(tx, id);
    return {
      next: isLast ? null : { ...next },
      done: isLast ? size : next.offset,
      result: { ...totalsWith(job.result as JobTotals | null, results, next.line - 1) },
    };
  }

  private async take(
    tx: Tx,
    { retailerId, clientId, dryRun }: InteractionJob,
    reads: readonly LineRead[],
  ): Promise<LineResult[]> {
    const now = this.clock.now();
    const reporter = { retailerId, clientId };
    const asked = reads.filter(({ ignored }) => ignored === undefined);
    const fates = dryRun
      ? await this.intake.judge(reporter, asked, now)
      : await this.intake.take(tx, reporter, asked, now);
    const fateOf = new Map(asked.map((read, place) => [read, fates[place]!]));
    return reads.map((read) => lineResultOf(read, fateOf.get(read) ?? null));
  }
}

/** From where a job goes on. */
function stateOf({ cursor }: LongJob): ReadState {
  return cursor === null ? BEGINNING : (cursor as unknown as ReadState);
}
