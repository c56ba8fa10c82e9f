import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { Clock } from '../platform/clock.js';
import { CustomerKeysMissingError } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { LongJob } from '../platform/jobs/long-job.entity.js';
import { LongJobs, type LongJobStep, type LongJobWorker } from '../platform/jobs/long-jobs.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { countsOf, rulesOf } from './candidates.js';
import { EvidenceDays } from './evidence-days.service.js';
import { PriorsFit } from './priors.js';
import { PriorsService } from './priors.service.js';
import { findSettings, nextEnabled } from './suggestions.queries.js';

export const PRIORS_JOB = 'suggestion-priors';
const PAGE = 50;
/** So many tell all there is to tell; in the order of their buckets they are a random sample. */
const MOST_CUSTOMERS = 5_000;
/** About how long a step of gathering takes. */
const STEP_MS = 2_000;
/** One fit a day, and those that an operator has asked for. */
const JOBS_AT_ONCE = 4;
const LOOK_EVERY_MS = 3_600_000;
const FIT_EVERY_MS = 24 * LOOK_EVERY_MS;

/** What has been read of customers so far, and where to go on. */
interface Gathering {
  readonly fit: PriorsFit;
  after: CustomerKey | null;
  isWhole: boolean;
}

/** Fits priors to what customers did who have switched suggestions on. */
@Injectable()
export class PriorsWorker implements OnModuleInit, LongJobWorker<Gathering> {
  readonly kind = PRIORS_JOB;
  /**
   * Of jobs under way. Whoever goes on with the job of another process begins anew: this is held by nobody else. Those
   * that another one has finished are pushed out by newer ones.
   */
  private readonly gatherings = new LRUCache<string, Gathering>({ max: JOBS_AT_ONCE });

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly longJobs: LongJobs,
    private readonly days: EvidenceDays,
    private readonly priors: PriorsService,
    private readonly vocabularies: VocabularyService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.longJobs.register(this);
    this.jobs.every('suggestion-priors', LOOK_EVERY_MS, () => this.fitDaily());
  }

  /** Queues a fit when the last one is a day old. */
  async fitDaily(): Promise<void> {
    const { reader } = this.database;
    const last = await this.priors.version(reader);
    const now = this.clock.now();
    if (last && now.getTime() - last.fittedAt.getTime() < FIT_EVERY_MS) return;
    const [anyone] = await nextEnabled(reader, null, 1);
    if (!anyone) return;
    await this.database.transaction((tx) => this.longJobs.start(tx, { kind: PRIORS_JOB, owner: 'system', params: {} }));
  }

  async prepare({ id }: LongJob): Promise<Gathering> {
    const gathering = this.gatherings.get(id) ?? { fit: new PriorsFit(), after: null, isWhole: false };
    this.gatherings.set(id, gathering);
    const begun = performance.now();
    while (!gathering.isWhole && performance.now() - begun < STEP_MS) await this.gatherPage(gathering);
    return gathering;
  }

  async step(tx: Tx, { id: job }: LongJob, { fit, isWhole }: Gathering): Promise<LongJobStep> {
    const { customers } = fit;
    if (!isWhole) return { next: customers, done: customers };
    const cells = fit.cells();
    const { id } = await this.priors.publish(tx, cells, customers);
    this.gatherings.delete(job);
    return { next: null, done: customers, total: customers, result: { version: id, customers, cells: cells.length } };
  }

  private async gatherPage(gathering: Gathering): Promise<void> {
    const { fit, after } = gathering;
    const customers: CustomerKey[] = await nextEnabled(this.database.reader, after, PAGE);
    for (const customer of customers) await this.gather(fit, customer);
    gathering.after = customers.at(-1) ?? null;
    gathering.isWhole = customers.length < PAGE || fit.customers >= MOST_CUSTOMERS;
  }

  private async gather(fit: PriorsFit, customer: CustomerKey): Promise<void> {
    const { reader } = this.database;
    const settings = await findSettings(reader, customer);
    if (!settings?.isEnabled()) return;
    const rules = rulesOf(this.vocabularies.current());
    try {
      fit.add(countsOf(await this.days.of(reader, customer), { rules, zone: settings.timeZone }));
    } catch (error) {
      if (!(error instanceof CustomerKeysMissingError)) throw error; // who is being erased is left out
    }
  }
}
