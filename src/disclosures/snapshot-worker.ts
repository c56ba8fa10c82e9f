import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { LongJob } from '../platform/jobs/long-job.entity.js';
import { LongJobs, type LongJobStep, type LongJobWorker } from '../platform/jobs/long-jobs.js';
import { ReadingService } from './reading.service.js';
import { sizeFor } from './scattered.js';
import { Snapshot } from './snapshot.entity.js';
import { SnapshotEntries } from './snapshot-entries.js';
import { countCandidates, findSnapshot, insertEntries, nextCandidates, type SealedEntry } from './snapshots.queries.js';

export const SNAPSHOT_JOB = 'snapshot';
const MOST_SUBJECTS_PER_PART = 500;

/** How far a snapshot has come. */
interface Cursor {
  readonly after: string;
  readonly listSize: number;
  readonly entries: number;
  readonly seen: number;
}

/** One page of customers, read. */
interface Page {
  readonly listSize: number;
  readonly seen: number;
  readonly total?: number;
  readonly entries: readonly SealedEntry[];
  /** The last customer of the page; null when there is nobody after them. */
  readonly last: CustomerKey | null;
}

/**
 * Makes snapshots, a part at a time: reads what a page of customers allow to be had offline, which is recorded for each
 * of them, and then keeps it. Should the process die in between, a page is read, and that is recorded, once more.
 */
@Injectable()
export class SnapshotWorker implements OnModuleInit, LongJobWorker<Page | null> {
  readonly kind = SNAPSHOT_JOB;

  constructor(
    private readonly database: Database,
    private readonly jobs: LongJobs,
    private readonly reading: ReadingService,
    private readonly entries: SnapshotEntries,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.register(this);
  }

  /** Null when nobody would get anything of the snapshot any more. */
  async prepare({ id, cursor }: LongJob): Promise<Page | null> {
    const { reader } = this.database;
    const snapshot = await findSnapshot(reader, id, this.clock.now());
    if (!snapshot) return null;
    const before = cursor as Cursor | null;
    const total = before ? undefined : await countCandidates(reader, snapshot);
    const listSize = before?.listSize ?? sizeFor(total ?? 0);
    const after = before && customerKey(before.after);
    const candidates = await nextCandidates(reader, snapshot, after, MOST_SUBJECTS_PER_PART + 1);
    const customers = candidates.slice(0, MOST_SUBJECTS_PER_PART);
    return {
      listSize,
      seen: (before?.seen ?? 0) + customers.length,
      ...(total !== undefined && { total }),
      entries: await this.read(snapshot, listSize, customers, before?.entries ?? 0),
      last: candidates.length > customers.length ? customers.at(-1)! : null,
    };
  }

  async step(tx: Tx, { id, cursor }: LongJob, page: Page | null): Promise<LongJobStep> {
    const before = cursor as Cursor | null;
    if (!page) return { next: null, done: before?.seen ?? 0 };
    const { listSize, seen, total, entries, last } = page;
    const { parts } = await tx.findOneByOrFail(Snapshot, { id });
    if (entries.length > 0) await insertEntries(tx, id, parts + 1, entries);
    await tx.update(Snapshot, { id }, { listSize, parts: entries.length > 0 ? parts + 1 : parts });
    const counted = (before?.entries ?? 0) + entries.length;
    return {
      next: last && { after: last.customerId, listSize, entries: counted, seen },
      done: seen,
      ...(total !== undefined && { total }),
      result: { subjects: counted },
    };
  }

  private async read(
    snapshot: Snapshot,
    listSize: number,
    customers: readonly CustomerKey[],
    counted: number,
  ): Promise<SealedEntry[]> {
    const { retailerId, clientId, purpose, touchpoint, stage, place } = snapshot;
    const results = await this.reading.readAbout(
      { retailerId, clientId },
      customers,
      { purpose, touchpoint, ...(stage && { stage }), place, occasion: null, delivery: 'offline' },
      // Nobody was asked about by name: who does not allow it is left out, and was refused nothing.
      { recordsRefusals: false },
    );
    const answers = results.flatMap((result, index) =>
      'error' in result ? [] : [{ answer: result, customer: customers[index]! }],
    );
    return answers.map(({ answer, customer }, index) =>
      this.entries.seal(snapshot, listSize, customer, answer, counted + index),
    );
  }
}
