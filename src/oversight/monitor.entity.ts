import { Check, Column, Entity, Index, PrimaryColumn, type ValueTransformer } from 'typeorm';

/** PostgreSQL's bigint comes as text. */
const whole: ValueTransformer = { to: (count: number) => count, from: (text: string) => Number(text) };

/** A day of the log that is closed: which entries its totals count. */
@Entity('audit_days')
@Index('audit_days_follow_each_other', ['fromSize'], { unique: true })
@Check('audit_days_range', 'from_size < to_size')
export class AuditDay {
  @PrimaryColumn('date', { primaryKeyConstraintName: 'audit_days_pk' }) day!: string;
  @Column('bigint', { name: 'from_size', transformer: whole }) fromSize!: number;
  @Column('bigint', { name: 'to_size', transformer: whole }) toSize!: number;
  @Column('timestamptz', { name: 'closed_at' }) closedAt!: Date;
}

/** How far the monitor has looked. */
@Entity('audit_monitor')
@Check('audit_monitor_is_one_row', 'id = 1')
export class MonitorState {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'audit_monitor_pk' }) id!: number;
  @Column('bigint', { transformer: whole }) size!: number;
  /** From which bucket on customers are looked at next, who come up whether or not the log says anything new of them. */
  @Column('int') bucket!: number;
  @Column('timestamptz', { name: 'checked_at', nullable: true }) checkedAt!: Date | null;
}

/** What the monitor has found. It names an entry or a consent by a code, never a person. */
@Entity('audit_findings')
export class StoredFinding {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'audit_findings_pk' }) rule!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'audit_findings_pk' }) about!: string;
  @Column('text') detail!: string;
  /** Whose consents or reads it is about, where it is about some. */
  @Column('uuid', { name: 'retailer_id', nullable: true }) retailerId!: string | null;
  @Column('timestamptz', { name: 'found_at' }) foundAt!: Date;
}
