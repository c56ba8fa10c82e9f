import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export const attestedOutcomes = ['deleted', 'retained'] as const;
export type AttestedOutcome = (typeof attestedOutcomes)[number];

/** How a notice stands: the retailer has been told, has noted whom it is about, or has attested what became of it. */
export const noticeStatuses = ['told', 'confirmed', ...attestedOutcomes] as const;
export type NoticeStatus = (typeof noticeStatuses)[number];

/** Why a retailer may keep data of somebody who wants to be erased (GDPR Article 17(3)). */
export const legalGrounds = ['legal_obligation', 'public_health', 'archiving_or_research', 'legal_claims'] as const;
export type LegalGround = (typeof legalGrounds)[number];

/**
 * What a retailer is told when a customer whom it had a consent of is erased. Its number is its own: two retailers that
 * compare theirs do not learn that they are about the same person.
 */
@Entity('erasure_notices')
@ForeignKey('Erasure', ['erasureId'], ['id'], { name: 'erasure_notices_of_erasure' })
@ForeignKey('Retailer', ['retailerId'], ['id'], { name: 'erasure_notices_to_retailer' })
@Index('erasure_notices_by_retailer', ['retailerId', 'id'])
@Index('erasure_notices_by_erasure', ['erasureId'])
@Index('erasure_notices_named', ['createdAt'], { where: 'subject is not null' })
@Index('erasure_notices_open', ['dueAt'], { where: 'attested_at is null' })
@Check('erasure_notices_outcome', `outcome in ('deleted', 'retained')`)
@Check('erasure_notices_ground', `(legal_ground is not null) = (outcome is not distinct from 'retained')`)
@Check('erasure_notices_attested', `(attested_at is null) = (outcome is null)`)
export class ErasureNotice {
  /** The erasure number, as this retailer knows it. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'erasure_notices_pk' }) id!: string;
  @Column('uuid', { name: 'erasure_id' }) erasureId!: string;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  /** Whom it is about, as the retailer knows them; null once it has said that it knows, or after a while. */
  @Column('text', { nullable: true }) subject!: string | null;
  /** The consents that it had of them; none once the subject is gone. */
  @Column('uuid', { array: true, default: () => "'{}'" }) consents!: string[];
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  /** Until when it is to have deleted what it holds. */
  @Column('timestamptz', { name: 'due_at' }) dueAt!: Date;
  @Column('timestamptz', { name: 'confirmed_at', nullable: true }) confirmedAt!: Date | null;
  @Column('timestamptz', { name: 'attested_at', nullable: true }) attestedAt!: Date | null;
  @Column('text', { nullable: true }) outcome!: AttestedOutcome | null;
  @Column('text', { name: 'legal_ground', nullable: true }) legalGround!: LegalGround | null;
  @Column('timestamptz', { name: 'reminded_at', nullable: true }) remindedAt!: Date | null;

  get status(): NoticeStatus {
    return this.outcome ?? (this.confirmedAt ? 'confirmed' : 'told');
  }

  /** The retailer knows whom it is about, so that the broker need not. False when it has said so before. */
  confirm(at: Date): boolean {
    if (this.confirmedAt) return false;
    this.confirmedAt = at;
    this.forgetSubject();
    return true;
  }

  /** The retailer says what has become of what it holds. It may keep something now and delete it later, not unsay it. */
  attest(outcome: AttestedOutcome, ground: LegalGround | null, at: Date): void {
    this.confirm(at);
    this.attestedAt = at;
    this.outcome = outcome;
    this.legalGround = ground;
  }

  forgetSubject(): void {
    this.subject = null;
    this.consents = [];
  }
}
