import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export const reidentificationStatuses = ['open', 'approved', 'refused', 'expired'] as const;
/** `expired` is never recorded: it is what `expires_at` says. */
export type ReidentificationStatus = (typeof reidentificationStatuses)[number];

const DAY_MS = 86_400_000;
/** How long a request waits for its decision. */
const OPEN_DAYS = 7;
/** How long the answer can be read once it is approved. */
const ANSWER_DAYS = 3;

/** An auditor asks who a pseudonym is; an operator decides. */
@Entity('reidentifications')
@Index('reidentifications_by_id', ['id'])
@Index('reidentifications_by_auditor', ['auditorId', 'id'])
@Check('reidentifications_status', `status in ('open', 'approved', 'refused')`)
@Check('reidentifications_decided', `(status = 'open') = (decided_by is null and decided_at is null)`)
@Check('reidentifications_by_two_persons', 'decided_by <> auditor_id')
export class Reidentification {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'reidentifications_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'reidentifications_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'reidentifications_pk' }) id!: string;
  @Column('uuid', { name: 'auditor_id' }) auditorId!: string;
  @Column('text') reason!: string;
  @Column('text') status!: 'open' | 'approved' | 'refused';
  @Column('timestamptz', { name: 'asked_at' }) askedAt!: Date;
  @Column('uuid', { name: 'decided_by', nullable: true }) decidedBy!: string | null;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
  /** Of an open one: until when it can be decided; of an approved one: until when the answer can be read. */
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;

  static ask(given: Pick<Reidentification, 'bucket' | 'customerId' | 'id' | 'auditorId' | 'reason'>, now: Date) {
    return Object.assign(new Reidentification(), given, {
      status: 'open',
      askedAt: now,
      decidedBy: null,
      decidedAt: null,
      expiresAt: new Date(now.getTime() + OPEN_DAYS * DAY_MS),
    });
  }

  statusAt(now: Date): ReidentificationStatus {
    return this.status !== 'refused' && this.expiresAt <= now ? 'expired' : this.status;
  }

  decide(status: 'approved' | 'refused', by: string, now: Date): void {
    this.status = status;
    this.decidedBy = by;
    this.decidedAt = now;
    if (status === 'approved') this.expiresAt = new Date(now.getTime() + ANSWER_DAYS * DAY_MS);
  }
}
