import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import type { ConsentRequest } from './consent-request.entity.js';
import type { ConsentDetail } from './detail.js';
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
  at: Date;
}

interface Beginning extends Given {
  id: string;
}

type Methods = 'hasEnded' | 'isOverdue' | 'statusAt' | 'widen' | 'withdraw' | 'expire';
type Columns = Omit<Consent, Methods>;

/** What one customer lets one retailer read and report, line by line, until when. */
@Entity('consents')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], { name: 'consents_of_customer' })
@Index('consents_one_standing_per_retailer', ['bucket', 'customerId', 'retailerId'], {
  unique: true,
  where: `use = 'standing' and status in ('active', 'paused')`,
})
@Index('consents_by_retailer', ['bucket', 'customerId', 'retailerId', 'givenAt'])
@Index('consents_expiry', ['expiresAt'], { where: `status in ('active', 'paused')` })
@Check('consents_use', `use in ('standing', 'once')`)
@Check('consents_status', `status in ('active', 'paused', 'withdrawn', 'expired')`)
@Check('consents_reported_data', `reported_data in ('keep', 'delete')`)
@Check('consents_details_not_empty', `jsonb_array_length(details) > 0`)
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
  @Column('int', { name: 'max_reads_per_day', nullable: true }) maxReadsPerDay!: number | null;
  @Column('date', { name: 'reads_day', nullable: true }) readsDay!: string | null;
  @Column('int', { name: 'reads_count' }) readsCount!: number;
  @Column('text', { name: 'reported_data', nullable: true }) reportedData!: ReportedData | null;
  /** The request whose approval made the current version's lines. */
  @Column('uuid', { name: 'request_id', nullable: true }) requestId!: string | null;
  /** What was shown when that was decided: the hash of a notice. */
  @Column('bytea', { name: 'notice_hash', nullable: true }) noticeHash!: Buffer | null;
  @Column('timestamptz', { name: 'given_at' }) givenAt!: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('timestamptz', { name: 'paused_at', nullable: true }) pausedAt!: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;

  /** A consent that has just been given. */
  static begin({ id, request, details, noticeHash, at }: Beginning): Consent {
    return Object.assign(new Consent(), {
      bucket: request.bucket,
      customerId: request.customerId,
      id,
      retailerId: request.retailerId,
      use: request.use,
      status: 'active',
      version: 1,
      details,
      vocabularyVersion: request.vocabularyVersion,
      maxReadsPerDay: null,
      readsDay: null,
      readsCount: 0,
      reportedData: null,
      requestId: request.id,
      noticeHash,
      givenAt: at,
      expiresAt: lastExpiry(details),
      pausedAt: null,
      endedAt: null,
      updatedAt: at,
    } satisfies Columns);
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

  /** Adds what a later request led to. */
  widen({ request, details, noticeHash, at }: Given): void {
    this.details = widen(this.details, details, at);
    this.expiresAt = lastExpiry(this.details);
    this.vocabularyVersion = request.vocabularyVersion;
    this.requestId = request.id;
    this.noticeHash = noticeHash;
    this.version += 1;
    this.updatedAt = at;
  }

  withdraw(reportedData: ReportedData, now: Date): void {
    this.status = 'withdrawn';
    this.reportedData = reportedData;
    this.endedAt = now;
    this.version += 1;
    this.updatedAt = now;
  }

  /** It ended when its time was up, however much later that is recorded. */
  expire(now: Date): void {
    this.status = 'expired';
    this.endedAt = this.expiresAt;
    this.version += 1;
    this.updatedAt = now;
  }
}

function lastExpiry(details: readonly ConsentDetail[]): Date {
  return new Date(Math.max(...details.map(({ expires_at }) => Date.parse(expires_at))));
}
