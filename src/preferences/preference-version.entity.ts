import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

export const changes = ['recorded', 'revised', 'removed', 'confirmed', 'restored'] as const;
/** `removed` says that it ceased to be; after every other change it is as that version has it. */
export type Change = (typeof changes)[number];

/** One state that a preference was brought into, sealed. Never changed, and deleted only when its customer is erased. */
@Entity('preference_versions')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], { name: 'preference_versions_of_customer' })
@Check('preference_versions_change', `change in ('recorded', 'revised', 'removed', 'confirmed', 'restored')`)
export class PreferenceVersion {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'preference_versions_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'preference_versions_pk' })
  customerId!: string;
  @PrimaryColumn('uuid', { name: 'preference_id', primaryKeyConstraintName: 'preference_versions_pk' })
  preferenceId!: string;
  @PrimaryColumn('int', { primaryKeyConstraintName: 'preference_versions_pk' }) version!: number;
  @Column('text') change!: Change;
  @Column('text') category!: string;
  @Column('text', { name: 'vocabulary_version' }) vocabularyVersion!: string;
  @Column('bytea') sealed!: Buffer;
  /** By what right somebody else did it for the customer; null when the customer did. */
  @Column('uuid', { name: 'delegation_id', nullable: true }) delegationId!: string | null;
  @Column('timestamptz') at!: Date;
}
