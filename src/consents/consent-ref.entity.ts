import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Whose the consent or request with this id is: a retailer names it without its customer. */
@Entity('consent_refs')
@Index('consent_refs_by_customer', ['bucket', 'customerId'])
@Index('consent_refs_of_retailer', ['retailerId', 'id'], { where: `kind = 'consent'` })
@Check('consent_refs_kind', `kind in ('consent', 'request')`)
export class ConsentRef {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'consent_refs_pk' }) id!: string;
  @Column('text') kind!: 'consent' | 'request';
  @Column('int') bucket!: number;
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
}
