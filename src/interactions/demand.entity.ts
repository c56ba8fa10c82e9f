import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Cell } from './demand.js';

/** What was published of one month of a retailer. Never changed: the service may not. */
@Entity('demand_releases')
export class DemandRelease {
  @PrimaryColumn('uuid', { name: 'retailer_id', primaryKeyConstraintName: 'demand_releases_pk' }) retailerId!: string;
  /** Its first day, by UTC: `2026-10-01`. */
  @PrimaryColumn('date', { primaryKeyConstraintName: 'demand_releases_pk' }) month!: string;
  @Column('jsonb') cells!: Cell[];
  @Column('timestamptz', { name: 'released_at' }) releasedAt!: Date;
}
