import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

export const suggestionStatuses = ['open', 'accepted', 'refused'] as const;
export type SuggestionStatus = (typeof suggestionStatuses)[number];

/** How long what was refused is not suggested again. */
const REST_MS = 180 * 86_400_000;

/** Something that was suggested to a customer, and what they made of it. */
@Entity('suggestions')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], { name: 'suggestions_of_customer' })
@Check('suggestions_status', `status in ('open', 'accepted', 'refused')`)
@Check('suggestions_decided', `(decided_at is null) = (status = 'open')`)
@Check('suggestions_accepted', `(preference_id is not null) = (status = 'accepted')`)
export class StoredSuggestion {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'suggestions_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'suggestions_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'suggestions_pk' }) id!: string;
  @Column('text') attribute!: string;
  @Column('text') status!: SuggestionStatus;
  /** Whether the events still say so. */
  @Column('boolean') holds!: boolean;
  /** What is suggested and why. */
  @Column('bytea') sealed!: Buffer;
  @Column('timestamptz', { name: 'opened_at' }) openedAt!: Date;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
  /** What it became. */
  @Column('uuid', { name: 'preference_id', nullable: true }) preferenceId!: string | null;

  accept(preferenceId: string, at: Date): void {
    this.status = 'accepted';
    this.preferenceId = preferenceId;
    this.decidedAt = at;
  }

  refuse(at: Date): void {
    this.status = 'refused';
    this.decidedAt = at;
  }

  /** Until when the same is not suggested again: what was accepted and then removed has been refused, too. */
  restsUntil(): Date | null {
    return this.decidedAt && new Date(this.decidedAt.getTime() + REST_MS);
  }
}
