import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export const disputeReasons = ['not_me', 'wrong_content', 'wrong_time', 'not_consented', 'other'] as const;
export type DisputeReason = (typeof disputeReasons)[number];

export const disputeAnswers = ['corrected', 'withdrawn', 'stands'] as const;
export type DisputeAnswer = (typeof disputeAnswers)[number];

/**
 * What a customer says is wrong of an event, and what its retailer answers. The event feeds nothing until the customer
 * takes the dispute back: an answer alone changes nothing of that.
 */
@Entity('interaction_disputes')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], {
  name: 'interaction_disputes_of_customer',
})
@Index('interaction_disputes_one_open', ['bucket', 'customerId', 'keyHash'], {
  unique: true,
  where: 'retracted_at is null',
})
@Check('interaction_disputes_reason', `reason in ('not_me', 'wrong_content', 'wrong_time', 'not_consented', 'other')`)
@Check('interaction_disputes_answer', `answer in ('corrected', 'withdrawn', 'stands')`)
@Check(
  'interaction_disputes_answered',
  `(answer is null) = (answered_at is null) and (answer is null) = (answered_by is null)`,
)
@Check('interaction_disputes_correction', `correction_key is null or answer = 'corrected'`)
@Check('interaction_disputes_shared', `not share_text or text_sealed is not null`)
export class Dispute {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'interaction_disputes_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'interaction_disputes_pk' })
  customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'interaction_disputes_pk' }) id!: string;
  @Column('uuid', { name: 'interaction_id' }) interactionId!: string;
  /** When the event happened: by it the event is found among the months. */
  @Column('timestamptz', { name: 'occurred_at' }) occurredAt!: Date;
  /** By what the event is the same one when it is sent again. */
  @Column('bytea', { name: 'key_hash' }) keyHash!: Buffer;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  @Column('text') reason!: DisputeReason;
  /** In the customer's own words, sealed under their profile key. */
  @Column('bytea', { name: 'text_sealed', nullable: true }) textSealed!: Buffer | null;
  /** Whether the retailer may read the words. */
  @Column('boolean', { name: 'share_text' }) shareText!: boolean;
  @Column('timestamptz', { name: 'disputed_at' }) disputedAt!: Date;
  @Column('timestamptz', { name: 'retracted_at', nullable: true }) retractedAt!: Date | null;
  @Column('text', { nullable: true }) answer!: DisputeAnswer | null;
  /** The event that corrects it, as the retailer names it: it may be reported later. */
  @Column('bytea', { name: 'correction_key', nullable: true }) correctionKey!: Buffer | null;
  /** The retailer's own code of why. */
  @Column('text', { name: 'note_code', nullable: true }) noteCode!: string | null;
  @Column('timestamptz', { name: 'answered_at', nullable: true }) answeredAt!: Date | null;
  /** The client that answered. */
  @Column('text', { name: 'answered_by', nullable: true }) answeredBy!: string | null;
}

/** Which disputes a retailer has, and whose they are: it knows them by their ids alone. */
@Entity('dispute_refs')
@Index('dispute_refs_by_customer', ['bucket', 'customerId'])
export class DisputeRef {
  @PrimaryColumn('uuid', { name: 'retailer_id', primaryKeyConstraintName: 'dispute_refs_pk' }) retailerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'dispute_refs_pk' }) id!: string;
  @Column('int') bucket!: number;
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
}
