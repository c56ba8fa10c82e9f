import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Whether a customer wants suggestions, and about what never. No row: never asked, and off. */
@Entity('suggestion_settings')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], { name: 'suggestion_settings_of_customer' })
@Index('suggestion_settings_due_at', ['dueAt'], { where: 'due_at is not null' })
@Check('suggestion_settings_due', 'due_at is null or enabled_at is not null')
export class SuggestionSettings {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'suggestion_settings_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'suggestion_settings_pk' })
  customerId!: string;
  /** Null while they are off. */
  @Column('timestamptz', { name: 'enabled_at', nullable: true }) enabledAt!: Date | null;
  /** The attributes about which nothing is ever suggested. */
  @Column('text', { array: true }) never!: string[];
  /** Where the customer is (IANA), for what depends on the time of day. */
  @Column('text', { name: 'time_zone', nullable: true }) timeZone!: string | null;
  /** The release under which their days were looked at; null where all of them still are to be. */
  @Column('text', { name: 'vocabulary_version', nullable: true }) vocabularyVersion!: string | null;
  /** The UTC day on which something was suggested last: one a day is enough. */
  @Column('date', { name: 'opened_on', nullable: true }) openedOn!: string | null;
  /** When to look at their events again; null where only a new event can change anything. */
  @Column('timestamptz', { name: 'due_at', nullable: true }) dueAt!: Date | null;

  isEnabled(): boolean {
    return this.enabledAt !== null;
  }

  /** Has their events looked at by then. */
  lookAgain(at: Date): void {
    if (this.isEnabled() && (!this.dueAt || at < this.dueAt)) this.dueAt = at;
  }
}
