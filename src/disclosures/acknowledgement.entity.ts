import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** What a retailer said last of one preference at one touchpoint, sealed for its customer. */
@Entity('acknowledgements')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], { name: 'acknowledgements_of_customer' })
@Index('acknowledgements_by_retailer', ['bucket', 'customerId', 'retailerId', 'acknowledgedAt'])
export class StoredAcknowledgement {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'acknowledgements_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'acknowledgements_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { name: 'consent_id', primaryKeyConstraintName: 'acknowledgements_pk' }) consentId!: string;
  /** Stands for attribute, key and touchpoint. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'acknowledgements_pk' }) item!: Buffer;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('bytea') sealed!: Buffer;
  @Column('timestamptz', { name: 'acknowledged_at' }) acknowledgedAt!: Date;
}
