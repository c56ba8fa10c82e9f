import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** How many events of a kind one retailer reported of a customer in a month at a touchpoint. Derived from the events. */
@Entity('interaction_counters')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], {
  name: 'interaction_counters_of_customer',
})
@Check(
  'interaction_counters_add_up',
  `reported > 0 and standing >= 0 and disputed >= 0 and standing + disputed <= reported`,
)
export class InteractionCounter {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'interaction_counters_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'interaction_counters_pk' })
  customerId!: string;
  /** Its first day, by UTC: `2026-11-01`. */
  @PrimaryColumn('date', { primaryKeyConstraintName: 'interaction_counters_pk' }) month!: string;
  @PrimaryColumn('uuid', { name: 'retailer_id', primaryKeyConstraintName: 'interaction_counters_pk' })
  retailerId!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'interaction_counters_pk' }) type!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'interaction_counters_pk' }) touchpoint!: string;
  @Column('int') reported!: number;
  /** Those that feed something. */
  @Column('int') standing!: number;
  /** Those that the customer disputes, unless the retailer has taken them back or corrected them. */
  @Column('int') disputed!: number;
}
