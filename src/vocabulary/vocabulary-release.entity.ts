import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

import type { ChangeLevel } from './release-level.js';
import type { Release } from './release.js';

/** A release of ccx-core that an operator has made: a draft, until it is published and never changes again. */
@Entity('vocabulary_releases')
@Check('vocabulary_releases_status', `status in ('draft', 'published')`)
@Check('vocabulary_releases_level', `level in ('patch', 'minor', 'major')`)
@Check(
  'vocabulary_releases_published',
  `(status = 'published') = (published_at is not null) and (status = 'published') = (in_force_at is not null)`,
)
export class VocabularyRelease {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'vocabulary_releases_pk' }) version!: string;
  @Column('text') status!: 'draft' | 'published';
  @Column('text') level!: ChangeLevel;
  /** The newest release when the draft was made. */
  @Column('text', { name: 'based_on' }) basedOn!: string;
  // json, not jsonb: it keeps the order in which members were written.
  @Column('json') release!: Release;
  /** The job that looks at what is stored; only a major needs one. */
  @Column('uuid', { name: 'check_job', nullable: true }) checkJob!: string | null;
  /** What was changed since then, the job may have missed. */
  @Column('timestamptz', { name: 'checked_from', nullable: true }) checkedFrom!: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'published_at', nullable: true }) publishedAt!: Date | null;
  @Column('timestamptz', { name: 'in_force_at', nullable: true }) inForceAt!: Date | null;

  publish(now: Date, inForceAt: Date): void {
    this.status = 'published';
    this.publishedAt = now;
    this.inForceAt = inForceAt;
  }
}
