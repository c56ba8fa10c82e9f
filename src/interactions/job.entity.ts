import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import type { LongJobError } from '../platform/jobs/long-job.entity.js';
import type { MappingOptions } from './mapping.js';
import type { FileFormat } from './mapping-stretch.js';

/** How far an upload has come. Once it is `uploaded`, the long job of its id says how far the work has. */
export const uploadStatuses = ['uploading', 'uploaded', 'failed', 'cancelled', 'expired'] as const;
export type UploadStatus = (typeof uploadStatuses)[number];

const bigint = { to: (value: number) => value, from: Number };

/** A file of events that a client reports: first uploaded in pieces, then worked off by the long job of its id. */
@Entity('interaction_jobs')
@Index('interaction_jobs_by_client', ['clientId', 'id'])
@Index('interaction_jobs_created_at', ['createdAt'])
@Check('interaction_jobs_format', `format in ('ndjson', 'csv', 'poslog')`)
@Check('interaction_jobs_status', `status in ('uploading', 'uploaded', 'failed', 'cancelled', 'expired')`)
@Check('interaction_jobs_received', `received between 0 and size`)
export class InteractionJob {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'interaction_jobs_pk' }) id!: string;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  /** Whose it is, and in whose name the events are reported. */
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('text') format!: FileFormat;
  @Column('jsonb') options!: MappingOptions;
  /** Whether it is only to be said what would be wrong. */
  @Column('boolean', { name: 'dry_run' }) dryRun!: boolean;
  /** Of the file, in bytes. */
  @Column('bigint', { transformer: bigint }) size!: number;
  /** SHA-256 of the file. */
  @Column('bytea') checksum!: Buffer;
  /** How many bytes of it are here. */
  @Column('bigint', { transformer: bigint }) received!: number;
  @Column('text') status!: UploadStatus;
  /** Why the upload was refused. */
  @Column('jsonb', { nullable: true }) error!: LongJobError | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  /** When an upload that is not complete is given up. */
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;

  statusAt(now: Date): UploadStatus {
    return this.status === 'uploading' && this.expiresAt <= now ? 'expired' : this.status;
  }
}

/** A stretch of an uploaded file, compressed. */
@Entity('interaction_job_blocks')
@ForeignKey('InteractionJob', ['jobId'], ['id'], { name: 'interaction_job_blocks_of_job', onDelete: 'CASCADE' })
export class InteractionJobBlock {
  @PrimaryColumn('uuid', { name: 'job_id', primaryKeyConstraintName: 'interaction_job_blocks_pk' }) jobId!: string;
  /** Where in the file it begins. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'interaction_job_blocks_pk', transformer: bigint })
  start!: number;
  @Column('bytea') data!: Buffer;
}

/** What became of a stretch of lines: NDJSON, compressed. */
@Entity('interaction_job_results')
@ForeignKey('InteractionJob', ['jobId'], ['id'], { name: 'interaction_job_results_of_job', onDelete: 'CASCADE' })
export class InteractionJobResults {
  @PrimaryColumn('uuid', { name: 'job_id', primaryKeyConstraintName: 'interaction_job_results_pk' }) jobId!: string;
  /** Where in the file they begin. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'interaction_job_results_pk', transformer: bigint })
  start!: number;
  /** Which outcomes are in it. */
  @Column('text', { array: true }) outcomes!: string[];
  @Column('bytea') data!: Buffer;
}
