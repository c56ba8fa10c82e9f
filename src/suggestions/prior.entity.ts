import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

import type { RuleId } from './evidence.js';

/** One fitting of all priors. The newest one counts. */
@Entity('suggestion_prior_versions')
export class PriorVersion {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'suggestion_prior_versions_pk' }) id!: string;
  @Column('timestamptz', { name: 'fitted_at' }) fittedAt!: Date;
  /** From how many customers it was fitted. */
  @Column('int') customers!: number;
}

/** What is known of the customers of one cell. */
@Entity('suggestion_priors')
@ForeignKey('PriorVersion', ['versionId'], ['id'], { name: 'suggestion_priors_of_version', onDelete: 'CASCADE' })
@Check('suggestion_priors_customers', 'customers >= 50')
export class StoredPrior {
  @PrimaryColumn('uuid', { name: 'version_id', primaryKeyConstraintName: 'suggestion_priors_pk' }) versionId!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'suggestion_priors_pk' }) rule!: RuleId;
  @PrimaryColumn('text', { name: 'group_name', primaryKeyConstraintName: 'suggestion_priors_pk' }) group!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'suggestion_priors_pk' }) value!: string;
  @Column('double precision') a!: number;
  @Column('double precision') b!: number;
  @Column('double precision', { name: 'base_rate' }) baseRate!: number;
  @Column('int') customers!: number;
}
