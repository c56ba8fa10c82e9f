import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import type { Narrowed } from './amendment.js';
import type { ConsentRequest } from './consent-request.entity.js';
import type { ConsentChange } from './consent-version.entity.js';
import type { ConsentDetail } from './detail.js';
import { lastReminder, nextReminder, type Reminder, type Term } from './reminder.js';
import { carriedOn, endingBy, isRenewal, lastExpiry } from './renewal.js';
import { widen } from './widening.js';

/** `standing` holds until it ends; `once` is good for one access token. */
export const consentUses = ['standing', 'once'] as const;
export type ConsentUse = (typeof consentUses)[number];

export const consentStatuses = ['active', 'paused', 'withdrawn', 'expired'] as const;
export type ConsentStatus = (typeof consentStatuses)[number];

/** What becomes of what the retailer has reported, once the consent is withdrawn. */
export type ReportedData = 'keep' | 'delete';

/** What was given, and what it comes from. */
export interface Given {
  request: ConsentRequest;
  details: ConsentDetail[];
  noticeHash: Buffer;
  /** How often a day it may be read; left out, as often as before. */
  maxReadsPerDay?: number | null;
  at: Date;
}

interface Beginning extends Given {
  id: string;
}

type Columns = Pick<
  Consent,
  { [K in keyof Consent]: Consent[K] extends (...args: never[]) => unknown ? never : K }[keyof Consent]
>;

/** What one customer lets one retailer read and report, line by line, until when. */
@Entity('consents')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], { name: 'consents_of_customer' })
@Index('consents_one_standing_per_retailer', ['bucket', 'customerId', 'retailerId'], {
  unique: true,
  where: `use = 'standing' and status in ('active', 'paused')`,
})
@Index('consents_by_retailer', ['bucket', 'customerId', 'retailerId', 'givenAt'])
@Index('consents_of_retailer', ['retailerId', 'bucket', 'customerId'], {
  where: `use = 'standing' and status = 'active'`,
})
@Index('consents_expiry', ['expiresAt'], { where: `status in ('active', 'paused')` })
@Index('consents_reminders', ['remindAt'], { where: 'remind_at is not null' })
@Check('consents_use', `use in ('standing', 'once')`)
@Check('consents_status', `status in ('active', 'paused', 'withdrawn', 'expired')`)
@Check('consents_reported_data', `reported_data in ('keep', 'delete')`)
@Check('consents_details_not_empty', `jsonb_array_length(details) > 0`)
@Check('consents_max_reads_per_day', 'max_reads_per_day > 0')
export class Consent {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'consents_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'consents_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'consents_pk' }) id!: string;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  @Column('text') use!: ConsentUse;
  @Column('text') status!: ConsentStatus;
  /** Raised by every change, under the row's lock; events, disclosures and receipts name it. */
  @Column('int') version!: number;
  @Column('jsonb') details!: ConsentDetail[];
  @Column('text', { name: 'vocabulary_version' }) vocabularyVersion!: string;
  /** Reads of one UTC day; null when nobody has set a limit. */
  @Column('int', { name: 'max_reads_per_day', nullable: true }) maxReadsPerDay!: number | null;
  @Column('date', { name: 'reads_day', nullable: true }) readsDay!: string | null;
  @Column('int', { name: 'reads_count' }) readsCount!: number;
  @Column('text', { name: 'reported_data', nullable: true }) reportedData!: ReportedData | null;
  /** The request whose approval made the current version's lines. */
  @Column('uuid', { name: 'request_id', nullable: true }) requestId!: string | null;
  /** What was shown when that was decided: the hash of a notice. */
  @Column('bytea', { name: 'notice_hash', nullable: true }) noticeHash!: Buffer | null;
  @Column('timestamptz', { name: 'given_at' }) givenAt!: Date;
  /** When its present life began: when it was given, or last made to hold for longer. */
  @Column('timestamptz', { name: 'term_began_at' }) termBeganAt!: Date;
  /** When its last line ends; special lines end before the others. */
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  /** When the customer is reminded of it next. */
  @Column('timestamptz', { name: 'remind_at', nullable: true }) remindAt!: Date | null;
  @Column('timestamptz', { name: 'paused_at', nullable: true }) pausedAt!: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;

  /** A consent that has just been given. */
  static begin({ id, request, details, noticeHash, maxReadsPerDay = null, at }: Beginning): Consent {
    const consent = Object.assign(new Consent(), {
      bucket: request.bucket,
      customerId: request.customerId,
      id,
      retailerId: request.retailerId,
      use: request.use,
      status: 'active',
      version: 1,
      details,
      vocabularyVersion: request.vocabularyVersion,
      maxReadsPerDay,
      readsDay: null,
      readsCount: 0,
      reportedData: null,
      requestId: request.id,
      noticeHash,
      givenAt: at,
      termBeganAt: at,
      expiresAt: lastExpiry(details),
      remindAt: null,
      pausedAt: null,
      endedAt: null,
      updatedAt: at,
    } satisfies Columns);
    consent.scheduleReminder(at);
    return consent;
  }

  hasEnded(): boolean {
    return this.status === 'withdrawn' || this.status === 'expired';
  }

  /** Whether its time is up although nobody has recorded that yet. */
  isOverdue(now: Date): boolean {
    return !this.hasEnded() && this.expiresAt <= now;
  }

  /** How it stands at this moment: one whose time is up has expired, recorded or not. */
  statusAt(now: Date): ConsentStatus {
    return this.isOverdue(now) ? 'expired' : this.status;
  }

  /** The last reminder that has come due while it goes on. */
  reminderAt(now: Date): Reminder | null {
    return this.isReminded() && !this.isOverdue(now) ? lastReminder(this.term, now) : null;
  }

  /** Adds what a later request led to, or puts it in the place of what was given before. A pause stays. */
  widen({ request, details, noticeHash, maxReadsPerDay, at }: Given): ConsentChange {
    const { details: before, maxReadsPerDay: limit } = this;
    const lines = details.map((line) => carriedOn(before, line, at));
    this.details = request.action === 'replace' ? lines : widen(before, lines, at);
    this.maxReadsPerDay = maxReadsPerDay ?? limit;
    this.vocabularyVersion = request.vocabularyVersion;
    this.requestId = request.id;
    this.noticeHash = noticeHash;
    this.settleTerm(at);
    this.change(at);
    return this.maxReadsPerDay === limit && isRenewal(before, this.details) ? 'renewed' : 'amended';
  }

  /** Holds what is left of it. */
  amend({ details, maxReadsPerDay }: Narrowed, now: Date): void {
    this.details = details;
    this.maxReadsPerDay = maxReadsPerDay;
    this.expiresAt = lastExpiry(details);
    this.scheduleReminder(now);
    this.change(now);
  }

  /** The same lines for longer, as the customer was told. */
  renew({ details, noticeHash }: { details: ConsentDetail[]; noticeHash: Buffer }, now: Date): void {
    this.details = details;
    this.noticeHash = noticeHash;
    this.settleTerm(now);
    this.change(now);
  }

  /**
   * Ends it with the one token that it is good for. It is used as it was given, not changed: there is no version of it
   * until it expires.
   */
  useUp(end: Date): void {
    this.details = this.details.map((line) => endingBy(line, end));
    this.expiresAt = lastExpiry(this.details);
  }

  pause(now: Date): void {
    this.status = 'paused';
    this.pausedAt = now;
    this.change(now);
  }

  resume(now: Date): void {
    this.status = 'active';
    this.pausedAt = null;
    this.change(now);
  }

  withdraw(reportedData: ReportedData, now: Date): void {
    this.status = 'withdrawn';
    this.reportedData = reportedData;
    this.end(now, now);
  }

  /** It ended when its time was up, however much later that is recorded. */
  expire(now: Date): void {
    this.status = 'expired';
    this.end(this.expiresAt, now);
  }

  /** The customer has been reminded of all that has come due. */
  reminded(now: Date): void {
    this.scheduleReminder(now);
  }

  private get term(): Term {
    return { from: this.termBeganAt, until: this.expiresAt };
  }

  /** One-time consents are over too soon to remind anybody of them. */
  private isReminded(): boolean {
    return this.use === 'standing' && !this.hasEnded();
  }

  private settleTerm(now: Date): void {
    const until = lastExpiry(this.details);
    if (until > this.expiresAt) this.termBeganAt = now;
    this.expiresAt = until;
    this.scheduleReminder(now);
  }

  private scheduleReminder(now: Date): void {
    this.remindAt = this.isReminded() ? nextReminder(this.term, now) : null;
  }

  private end(at: Date, now: Date): void {
    this.endedAt = at;
    this.pausedAt = null;
    this.remindAt = null;
    this.change(now);
  }

  private change(now: Date): void {
    this.version += 1;
    this.updatedAt = now;
  }
}
