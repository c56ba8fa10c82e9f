import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import { consentChanges } from './consent-version.entity.js';

/** What is about a request that has led to no consent, or not yet. */
export const requestEvents = ['refused', 'pre_approved'] as const;
export type RequestEvent = (typeof requestEvents)[number];

/** What has a receipt: every change of a consent, a request's refusal, and what was approved beforehand. */
export const receiptEvents = [...consentChanges, ...requestEvents] as const;
export type ReceiptEvent = (typeof receiptEvents)[number];

/**
 * The receipt of one change, as the customer and as the retailer gets it. Never changed.
 *
 * Both are sealed under the customer's profile key. Each names the customer beside the leaf of the log that its change
 * has, and the log outlives the customer: a copy of this table that survives an erasure must not tell whose leaf it was.
 */
@Entity('consent_receipts')
@ForeignKey('Consent', ['bucket', 'customerId', 'consentId'], ['bucket', 'customerId', 'id'], {
  name: 'consent_receipts_of_consent',
})
@Index('consent_receipts_one_per_version', ['bucket', 'customerId', 'consentId', 'version'], {
  unique: true,
  where: 'consent_id is not null',
})
@Index('consent_receipts_one_per_decision', ['bucket', 'customerId', 'requestId', 'event'], {
  unique: true,
  where: 'request_id is not null',
})
@Check(
  'consent_receipts_event',
  `event in ('given', 'refused', 'amended', 'paused', 'resumed', 'renewed', 'withdrawn', 'expired', 'pre_approved')`,
)
@Check(
  'consent_receipts_about',
  `(consent_id is null) = (version is null) and (consent_id is not null or request_id is not null)`,
)
export class StoredReceipt {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'consent_receipts_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'consent_receipts_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'consent_receipts_pk' }) id!: string;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  /** The consent and the version that the change made; null where it is about a request alone. */
  @Column('uuid', { name: 'consent_id', nullable: true }) consentId!: string | null;
  @Column('int', { nullable: true }) version!: number | null;
  /** The request that the change decided, where it decided one. */
  @Column('uuid', { name: 'request_id', nullable: true }) requestId!: string | null;
  @Column('text') event!: ReceiptEvent;
  @Column('timestamptz') at!: Date;
  @Column('bytea', { name: 'customer_jws' }) customerJws!: Buffer;
  /** Null where the retailer is not told of it. */
  @Column('bytea', { name: 'retailer_jws', nullable: true }) retailerJws!: Buffer | null;
}
