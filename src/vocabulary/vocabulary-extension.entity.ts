import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import type { Attribute } from './attribute.js';

/** One version of an attribute that a retailer has added to the vocabulary for itself. */
@Entity('vocabulary_extensions')
@ForeignKey('Retailer', ['retailerId'], ['id'], { name: 'vocabulary_extensions_of_retailer' })
@Index('vocabulary_extensions_by_retailer', ['retailerId'])
export class VocabularyExtension {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'vocabulary_extensions_pk' }) path!: string;
  @PrimaryColumn('int', { primaryKeyConstraintName: 'vocabulary_extensions_pk' }) version!: number;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  @Column('json') attribute!: Attribute;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'in_force_at' }) inForceAt!: Date;
}
