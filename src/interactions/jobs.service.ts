import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { LongJobNotFoundError } from '../platform/jobs/long-jobs.errors.js';
import { LongJobs } from '../platform/jobs/long-jobs.js';
import { Random } from '../platform/random.js';
import { InteractionJob } from './job.entity.js';
import { type JobOutcome, resultLines } from './job-results.js';
import { countOpenJobs, findJob, type JobRecord, listJobs, lockJob, sweepJobs } from './jobs.queries.js';
import { workOf } from './upload.service.js';
import { TooManyJobsError } from './upload.errors.js';
import { deleteBlocks } from './upload-blocks.js';

export type NewJob = Pick<InteractionJob, 'format' | 'options' | 'dryRun' | 'size' | 'checksum'>;

const MOST_OPEN = 10;
const UPLOAD_MS = 86_400_000;
const KEPT_MS = 30 * 86_400_000;
const SWEEP_INTERVAL_MS = 60_000;

/** Files of events, which a client uploads and a job works off. */
@Injectable()
export class JobsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly longJobs: LongJobs,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  onModuleInit(): void {
    this.jobs.every('interaction-jobs-sweep', SWEEP_INTERVAL_MS, () => this.sweep());
  }

  /** Makes ready for a file. @throws TooManyJobsError InvalidRequestError */
  async create({ retailerId, clientId }: RetailerPrincipal, job: NewJob): Promise<JobRecord> {
    assertUsed(job);
    const now = this.clock.now();
    const upload = Object.assign(new InteractionJob(), {
      ...job,
      id: this.random.id(),
      retailerId,
      clientId,
      received: 0,
      status: 'uploading',
      error: null,
      createdAt: now,
      expiresAt: new Date(now.getTime() + UPLOAD_MS),
    } as const);
    await this.database.transaction(async (tx) => {
      // Two made at the same moment may be one too many, which does no harm.
      if ((await countOpenJobs(tx, clientId, now)) >= MOST_OPEN) throw new TooManyJobsError(MOST_OPEN);
      await tx.insert(InteractionJob, upload);
    });
    return { upload, work: null };
  }

  /** One page of the client's jobs, newest first. */
  async list(clientId: string, query: PageQuery): Promise<Page<JobRecord>> {
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const limit = pageSize(query);
    const found = await listJobs(this.database.reader, {
      clientId,
      limit: limit + 1,
      ...(before !== undefined && { before }),
    });
    return pageOf(found, limit, ({ upload }) => [upload.id]);
  }

  /** @throws LongJobNotFoundError also when it is somebody else's */
  async get(clientId: string, id: string): Promise<JobRecord> {
    const job = await findJob(this.database.reader, clientId, id);
    if (!job) throw new LongJobNotFoundError(id);
    return job;
  }

  /** What became of each line so far, as NDJSON. @throws LongJobNotFoundError */
  async results(clientId: string, id: string, outcome?: JobOutcome): Promise<AsyncIterable<Buffer>> {
    await this.get(clientId, id);
    return resultLines(this.database.reader, id, outcome);
  }

  /**
   * Ends a job before its next stretch and deletes the file. What has been reported stays reported; a job that is over
   * stays as it is.
   *
   * @throws LongJobNotFoundError
   */
  async cancel(clientId: string, id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const upload = await lockJob(tx, clientId, id);
      if (!upload) throw new LongJobNotFoundError(id);
      if (upload.status === 'uploaded') await this.longJobs.cancel(tx, workOf(upload));
      else if (upload.status === 'uploading') await tx.update(InteractionJob, { id }, { status: 'cancelled' });
      await deleteBlocks(tx, id);
    });
  }

  private sweep(): Promise<void> {
    const now = this.clock.now();
    return this.database.transaction((tx) => sweepJobs(tx, now, new Date(now.getTime() - KEPT_MS)));
  }
}

/** What the format has no use for is refused, so that nobody believes it had an effect. */
function assertUsed({ format, options }: NewJob): void {
  const names = { source: 'source', timeZone: 'time_zone', currency: 'currency', delimiter: 'delimiter' } as const;
  const unused = Object.entries(names).filter(
    ([option]) => option in options && (format === 'ndjson' || (format === 'poslog' && option === 'delimiter')),
  );
  if (unused.length === 0) return;
  throw new InvalidRequestError(
    unused.map(([, name]) => ({ pointer: `/${name}`, detail: `means nothing for ${format}` })),
  );
}
