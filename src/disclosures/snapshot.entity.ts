import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import type { Place } from '../preferences/preference.js';
import type { Purpose, Stage, Touchpoint } from '../vocabulary/code-lists.js';

/** For how long tills may hold what is in a snapshot, at most. */
export const LONGEST_SNAPSHOT_HOURS = 24;

/** What a retailer's tills hold for a while, for when they have no connection. It is made by the long job of its id. */
@Entity('snapshots')
@Index('snapshots_by_retailer', ['retailerId', 'id'])
@Index('snapshots_expiry', ['expiresAt'])
export class Snapshot {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'snapshots_pk' }) id!: string;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  /** The client that asked for it. */
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('text') touchpoint!: Touchpoint;
  @Column('text') purpose!: Purpose;
  @Column('text', { nullable: true }) stage!: Stage | null;
  @Column('jsonb', { nullable: true }) place!: Place | null;
  /** How many bits its status list has; null until the customers have been counted. */
  @Column('int', { name: 'list_size', nullable: true }) listSize!: number | null;
  /** How many parts it has so far. */
  @Column('int') parts!: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}

/** What a snapshot holds of one customer. */
@Entity('snapshot_entries')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], {
  name: 'snapshot_entries_of_customer',
  onDelete: 'CASCADE',
})
@Index('snapshot_entries_by_part', ['snapshotId', 'part'])
export class SnapshotEntry {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'snapshot_entries_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'snapshot_entries_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { name: 'snapshot_id', primaryKeyConstraintName: 'snapshot_entries_pk' }) snapshotId!: string;
  @Column('int') part!: number;
  /** Its bit in the status list. */
  @Column('int') idx!: number;
  @Column('uuid', { name: 'consent_id' }) consentId!: string;
  @Column('int', { name: 'consent_version' }) consentVersion!: number;
  @Column('bytea') sealed!: Buffer;
}
