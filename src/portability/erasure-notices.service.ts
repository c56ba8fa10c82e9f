import { Injectable, type OnModuleInit } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { actorOf, type RetailerPrincipal } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { JsonObject } from '../platform/json.js';
import { Random } from '../platform/random.js';
import { RetailersService } from '../retailers/retailers.service.js';
import type { Erasure } from './erasure.entity.js';
import { type AttestedOutcome, ErasureNotice, type LegalGround } from './erasure-notice.entity.js';
import { ErasureAttestedError, ErasureNotFoundError } from './erasures.errors.js';
import {
  dropSubjects,
  listNotices,
  lockNotice,
  lockOverdue,
  type NoticeFilter,
  noticesOf,
} from './erasures.queries.js';

const DAY_MS = 86_400_000;
/** For how long a retailer may take, and for how long it is told of whom. */
const NOTICE_DAYS = 30;
const REMINDED_EVERY_DAYS = 7;
const REMINDED_AT_ONCE = 500;
const LOOK_EVERY_MS = 3_600_000;

/** What retailers are told of erasures, and what they say has become of what they hold. */
@Injectable()
export class ErasureNotices implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('erasure-notices', LOOK_EVERY_MS, () => this.look());
  }

  /** Tells each retailer which of its consents have ended for good, under a number that is its own. */
  async tell(
    tx: Tx,
    { id: erasureId }: Pick<Erasure, 'id'>,
    customer: CustomerKey,
    consents: ReadonlyMap<string, string[]>,
    at: Date,
  ): Promise<void> {
    for (const [retailerId, ids] of consents) {
      const notice = Object.assign(new ErasureNotice(), {
        id: this.random.id(),
        erasureId,
        retailerId,
        subject: await this.retailers.subjectFor(retailerId, customer, tx),
        consents: ids,
        createdAt: at,
        dueAt: new Date(at.getTime() + NOTICE_DAYS * DAY_MS),
        confirmedAt: null,
        attestedAt: null,
        outcome: null,
        legalGround: null,
        remindedAt: null,
      });
      await tx.insert(ErasureNotice, notice);
      await this.announce(tx, 'erasure.announced', notice, at);
    }
  }

  of(reader: Reader, erasureId: string): Promise<ErasureNotice[]> {
    return noticesOf(reader, erasureId);
  }

  /** One page of notices, newest first. */
  async list(
    query: PageQuery,
    filter: Pick<NoticeFilter, 'retailerId' | 'attested' | 'dueBefore'>,
  ): Promise<Page<ErasureNotice>> {
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const limit = pageSize(query);
    const rows = await listNotices(this.database.reader, { ...filter, before, limit: limit + 1 });
    return pageOf(rows, limit, ({ id }) => [id]);
  }

  /** One page of those that were to be attested by now and are not. */
  overdue(query: PageQuery): Promise<Page<ErasureNotice>> {
    return this.list(query, { attested: false, dueBefore: this.clock.now() });
  }

  /** The retailer has noted whom it is about; saying so again changes nothing. @throws ErasureNotFoundError */
  confirm(retailer: RetailerPrincipal, id: string): Promise<ErasureNotice> {
    return this.change(retailer, id, async (tx, notice, at) => {
      if (!notice.confirm(at)) return;
      await this.record(tx, 'erasure.confirmed', retailer, notice, at);
    });
  }

  /**
   * The retailer says that it has deleted what it held, or on what ground it keeps something. Saying the same again
   * changes nothing.
   *
   * @throws ErasureNotFoundError ErasureAttestedError
   */
  attest(
    retailer: RetailerPrincipal,
    id: string,
    outcome: AttestedOutcome,
    ground: LegalGround | null,
  ): Promise<ErasureNotice> {
    return this.change(retailer, id, async (tx, notice, at) => {
      if (notice.outcome === outcome && notice.legalGround === ground) return;
      if (notice.outcome === 'deleted') throw new ErasureAttestedError();
      notice.attest(outcome, ground, at);
      await this.record(tx, 'erasure.attested', retailer, notice, at, { outcome, ...(ground && { ground }) });
    });
  }

  private change(
    { retailerId }: RetailerPrincipal,
    id: string,
    work: (tx: Tx, notice: ErasureNotice, at: Date) => Promise<void>,
  ): Promise<ErasureNotice> {
    return this.database.transaction(async (tx) => {
      const notice = await lockNotice(tx, { id, retailerId });
      if (!notice) throw new ErasureNotFoundError();
      await work(tx, notice, this.clock.now());
      return tx.save(notice);
    });
  }

  private async record(
    tx: Tx,
    type: string,
    retailer: RetailerPrincipal,
    { id, retailerId }: ErasureNotice,
    at: Date,
    data: JsonObject = {},
  ): Promise<void> {
    await this.audit.append(tx, { type, at, actor: actorOf(retailer), retailerId, data: { erasure: id, ...data } });
  }

  /** Forgets whom old notices were about, and reminds of those that nobody has attested in time. */
  private async look(): Promise<void> {
    const now = this.clock.now();
    await dropSubjects(this.database.reader, daysBefore(now, NOTICE_DAYS));
    for (let reminded = REMINDED_AT_ONCE; reminded === REMINDED_AT_ONCE;) {
      reminded = await this.database.transaction((tx) => this.remind(tx, now));
    }
  }

  private async remind(tx: Tx, now: Date): Promise<number> {
    const overdue = await lockOverdue(tx, now, daysBefore(now, REMINDED_EVERY_DAYS), REMINDED_AT_ONCE);
    for (const notice of overdue) {
      notice.remindedAt = now;
      await this.announce(tx, 'erasure.overdue', notice, now);
    }
    await tx.save(overdue);
    return overdue.length;
  }

  /** An event of a retailer's and of no customer's: it outlives everything else of the customer. */
  private announce(tx: Tx, type: string, { id, retailerId, dueAt }: ErasureNotice, at: Date): Promise<void> {
    return this.outbox.enqueue(tx, { type, at, retailerId, subject: id, data: { due_at: dueAt.toISOString() } });
  }
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}
