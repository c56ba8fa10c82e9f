import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

export const changes = ['recorded', 'revised', 'removed', 'confirmed'] as const;
export type Change = (typeof changes)[number];

/** One state that a preference was brought into, sealed. Never changed, and deleted only when its customer is erased. */
@Entity('preference_versions')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], { name: 'preference_versions_of_customer' })
@Check('preference_versions_change', `change in ('recorded', 'revised', 'removed', 'confirmed')`)
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
  @Column('timestamptz') at!: Date;
}
