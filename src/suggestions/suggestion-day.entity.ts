import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** What one day of a customer says. */
@Entity('suggestion_days')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], { name: 'suggestion_days_of_customer' })
@Check('suggestion_days_looked_at', 'stale or sealed is not null')
export class SuggestionDay {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'suggestion_days_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'suggestion_days_pk' }) customerId!: string;
  /** In UTC. */
  @PrimaryColumn('date', { primaryKeyConstraintName: 'suggestion_days_pk' }) day!: string;
  /** Whether its events have changed since it was looked at. */
  @Column('boolean') stale!: boolean;
  /** The evidence; null where the day was never looked at. */
  @Column('bytea', { nullable: true }) sealed!: Buffer | null;
}
