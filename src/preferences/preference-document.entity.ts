import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** What a customer states in one category as it holds now, sealed under their profile key. */
@Entity('preference_documents')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], {
  name: 'preference_documents_of_customer',
})
@Check('preference_documents_size', 'length(sealed) <= 262144')
export class PreferenceDocument {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'preference_documents_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'preference_documents_pk' })
  customerId!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'preference_documents_pk' }) category!: string;
  /** Raised by every change; what is read elsewhere is known by it. */
  @Column('int') version!: number;
  /** The release of the vocabulary under which it was last written. */
  @Column('text', { name: 'vocabulary_version' }) vocabularyVersion!: string;
  @Column('bytea') sealed!: Buffer;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}

/** The most that the sealed document of one category may take. */
export const LARGEST_DOCUMENT_BYTES = 262_144;
