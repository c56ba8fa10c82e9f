import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

import type { RecordedActor } from '../audit/audit.service.js';
import type { ConsentStatus } from './consent.entity.js';
import type { ConsentDetail } from './detail.js';
import type { RuleRef } from './rule.js';

/** What can happen to a consent. Each makes a version. */
export const consentChanges = ['given', 'amended', 'paused', 'resumed', 'renewed', 'withdrawn', 'expired'] as const;
export type ConsentChange = (typeof consentChanges)[number];

/** A consent as it was from one moment on. Never changed. */
@Entity('consent_versions')
@ForeignKey('Consent', ['bucket', 'customerId', 'consentId'], ['bucket', 'customerId', 'id'], {
  name: 'consent_versions_of_consent',
})
export class ConsentVersion {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'consent_versions_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'consent_versions_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { name: 'consent_id', primaryKeyConstraintName: 'consent_versions_pk' }) consentId!: string;
  @PrimaryColumn('int', { primaryKeyConstraintName: 'consent_versions_pk' }) version!: number;
  @Column('text') change!: ConsentChange;
  @Column('text') status!: ConsentStatus;
  @Column('jsonb') details!: ConsentDetail[];
  @Column('int', { name: 'max_reads_per_day', nullable: true }) maxReadsPerDay!: number | null;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('bytea', { name: 'notice_hash', nullable: true }) noticeHash!: Buffer | null;
  @Column('jsonb') actor!: RecordedActor;
  /** The customer's standing rule that made it; null when somebody did in person. */
  @Column('jsonb', { nullable: true }) rule!: RuleRef | null;
  @Column('timestamptz') at!: Date;
}
