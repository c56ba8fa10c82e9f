import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A month of one retailer that is to be counted anew. */
@Entity('interaction_counter_marks')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], {
  name: 'interaction_counter_marks_of_customer',
})
export class InteractionCounterMark {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'interaction_counter_marks_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'interaction_counter_marks_pk' })
  customerId!: string;
  /** Its first day, by UTC: `2026-11-01`. */
  @PrimaryColumn('date', { primaryKeyConstraintName: 'interaction_counter_marks_pk' }) month!: string;
  @PrimaryColumn('uuid', { name: 'retailer_id', primaryKeyConstraintName: 'interaction_counter_marks_pk' })
  retailerId!: string;
}
