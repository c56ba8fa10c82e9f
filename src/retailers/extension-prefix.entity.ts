import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

/** Under what a retailer's own attributes stand: its alone from its first attribute on, whatever its website becomes. */
@Entity('vocabulary_prefixes')
@ForeignKey('Retailer', ['retailerId'], ['id'], { name: 'vocabulary_prefixes_of_retailer' })
@Unique('vocabulary_prefixes_one_each', ['retailerId'])
export class ExtensionPrefix {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'vocabulary_prefixes_pk' }) prefix!: string;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  @Column('timestamptz', { name: 'claimed_at' }) claimedAt!: Date;
}
