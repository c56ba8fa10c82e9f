import { Injectable } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Kek, UnknownKekError } from '../platform/crypto/kek.js';
import { type RowKey, type WrappedColumn, WrappedKeys } from '../platform/crypto/wrapped-keys.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import type { LongJob } from '../platform/jobs/long-job.entity.js';
import { LongJobs, type LongJobStep, type LongJobWorker } from '../platform/jobs/long-jobs.js';
import { KekMissingError } from './rewrap.errors.js';

const KIND = 'keys.rewrap';
const OWNER = 'operator';
const PAGE = 500;
const byItself: Actor = { kind: 'system', id: KIND };

/** Where the next step goes on. */
type Place = readonly [column: number, after: RowKey | null];

/** How many keys of a column an earlier KEK has wrapped. */
export interface OldKeys {
  readonly table: string;
  readonly column: string;
  readonly old: number;
}

/**
 * Wraps everything anew that an earlier KEK has wrapped, so that the earlier one can be destroyed. It may be stopped
 * and begun again at any time: what the current KEK has wrapped is passed over.
 */
@Injectable()
export class Rewrapping implements LongJobWorker {
  readonly kind = KIND;

  constructor(
    private readonly database: Database,
    private readonly kek: Kek,
    private readonly wrapped: WrappedKeys,
    private readonly longJobs: LongJobs,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {
    longJobs.register(this);
  }

  /** Queues it. While one is under way, that one is answered. */
  start(actor: Actor): Promise<LongJob> {
    return this.database.transaction(async (tx) => {
      const underWay = await this.longJobs.underWay(tx, { kind: KIND, owner: OWNER });
      if (underWay) return underWay;
      const job = await this.longJobs.start(tx, { kind: KIND, owner: OWNER, params: { kek: this.kek.id } });
      const data = { job: job.id, kek: this.kek.id };
      await this.audit.append(tx, { type: 'keys.rewrap-started', at: this.clock.now(), actor, data });
      return job;
    });
  }

  /** @throws LongJobNotFoundError */
  job(id: string): Promise<LongJob> {
    return this.longJobs.get(this.database.reader, { id, kind: KIND, owner: OWNER });
  }

  /** What there is to rewrap, column by column. */
  async old(reader: Reader = this.database.reader): Promise<OldKeys[]> {
    const found: OldKeys[] = [];
    for (const column of this.wrapped.registered()) {
      const { table, column: name } = column;
      found.push({ table, column: name, old: await this.wrapped.countOld(reader, column) });
    }
    return found;
  }

  /** @throws KekMissingError */
  async step(tx: Tx, job: LongJob): Promise<LongJobStep> {
    // A process that was not restarted with the new KEK yet would wrap everything by the old one again.
    const { kek } = job.params as { kek: string };
    if (kek !== this.kek.id) throw new KekMissingError(kek);
    try {
      return await this.rewrapPage(tx, job);
    } catch (error) {
      throw error instanceof UnknownKekError ? new KekMissingError(error.kek) : error;
    }
  }

  private async rewrapPage(tx: Tx, job: LongJob): Promise<LongJobStep> {
    const [index, after] = (job.cursor as Place | null) ?? [0, null];
    const total = job.total ?? sum(await this.old(tx));
    const { count, last } = await this.wrapped.rewrap(tx, this.columnAt(index), after, PAGE);
    const done = job.done + count;
    if (last) return { next: [index, [...last]], done, total };
    if (index + 1 < this.wrapped.registered().length) return { next: [index + 1, null], done, total };
    return this.finish(tx, done, total);
  }

  /** Another process that has not heard of the new KEK yet may have wrapped with the old one meanwhile: that is told. */
  private async finish(tx: Tx, done: number, total: number): Promise<LongJobStep> {
    const result = { kek: this.kek.id, rewrapped: done, remaining: sum(await this.old(tx)) };
    await this.audit.append(tx, { type: 'keys.rewrapped', at: this.clock.now(), actor: byItself, data: result });
    return { next: null, done, total, result };
  }

  private columnAt(index: number): WrappedColumn {
    const column = this.wrapped.registered()[index];
    if (!column) throw new Error(`There is no wrapped column ${index}.`);
    return column;
  }
}

function sum(columns: readonly OldKeys[]): number {
  return columns.reduce((total, { old }) => total + old, 0);
}
