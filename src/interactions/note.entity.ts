import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** What a customer notes beside an event, sealed under their profile key. */
@Entity('interaction_notes')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], { name: 'interaction_notes_of_customer' })
@Check('interaction_notes_version', `version >= 1`)
export class InteractionNote {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'interaction_notes_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'interaction_notes_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { name: 'interaction_id', primaryKeyConstraintName: 'interaction_notes_pk' })
  interactionId!: string;
  @Column('bytea', { name: 'text_sealed' }) textSealed!: Buffer;
  @Column('int') version!: number;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}
