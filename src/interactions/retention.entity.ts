import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** For how long a customer lets be kept what retailers report of them. */
@Entity('interaction_retention')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], {
  name: 'interaction_retention_of_customer',
})
@Check('interaction_retention_months', `months between 3 and 120`)
export class RetentionChoice {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'interaction_retention_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'interaction_retention_pk' })
  customerId!: string;
  /** Null for as long as the law allows. */
  @Column('int', { nullable: true }) months!: number | null;
  @Column('int') version!: number;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}
