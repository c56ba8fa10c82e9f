import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { Notice } from './wording.js';

/** What a customer was shown when they decided, under the hash of its canonical JSON. Never changed. */
@Entity('notices')
@Index('notices_by_hash', ['hash'])
export class StoredNotice {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'notices_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'notices_pk' }) customerId!: string;
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'notices_pk' }) hash!: Buffer;
  @Column('jsonb') text!: Notice;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
