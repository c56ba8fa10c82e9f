import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { FieldError } from '../errors.js';
import type { JsonObject, JsonValue } from '../json.js';

export const longJobStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type LongJobStatus = (typeof longJobStatuses)[number];

/** Why a job failed: the code of a problem, and what it says of this job. */
export interface LongJobError {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

/**
 * Work that takes longer than a request. What it is about and what came of it hold no personal data, and neither does
 * how far it has come, but for the key of a row while it is at work.
 */
@Entity('long_jobs')
@Index('long_jobs_due', ['dueAt'], { where: 'finished_at is null' })
@Index('long_jobs_finished_at', ['finishedAt'], { where: 'finished_at is not null' })
@Check('long_jobs_status', `status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')`)
@Check('long_jobs_finished', `(finished_at is null) = (status in ('queued', 'running'))`)
export class LongJob {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'long_jobs_pk' }) id!: string;
  /** Which worker does it. */
  @Column('text') kind!: string;
  /** Whose it is: `retailer:<id>`, `operator`. To everybody else it does not exist. */
  @Column('text') owner!: string;
  @Column('text') status!: LongJobStatus;
  @Column('jsonb') params!: JsonObject;
  /** Where the next step goes on; null at the start, and when there is none any more. */
  @Column('jsonb', { nullable: true }) cursor!: JsonValue;
  @Column('bigint', { transformer: { to: (value: number) => value, from: Number } }) done!: number;
  /** How much there is to do; null while that is not known. */
  @Column('bigint', { nullable: true, transformer: { to: (value: number | null) => value, from: numberOrNull } })
  total!: number | null;
  /** What came of it, as far as it has come. */
  @Column('jsonb', { nullable: true }) result!: JsonObject | null;
  @Column('jsonb') errors!: LongJobError[];
  /** How often the step at hand was begun. */
  @Column('int') attempts!: number;
  /** The process that is at it; null between steps. */
  @Column('uuid', { nullable: true }) holder!: string | null;
  /** In whose order the jobs come; after a failure, or while a process is at it, when another one may begin the step. */
  @Column('timestamptz', { name: 'due_at' }) dueAt!: Date;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;

  hasFinished(): boolean {
    return this.finishedAt !== null;
  }

  finish(status: 'succeeded' | 'failed' | 'cancelled', at: Date): void {
    this.status = status;
    this.holder = null;
    this.cursor = null;
    this.finishedAt = at;
  }

  /** Lets go of it, after all others that wait now. */
  release(at: Date): void {
    this.holder = null;
    this.dueAt = at;
  }
}

function numberOrNull(value: string | number | null): number | null {
  return value === null ? null : Number(value);
}
