import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { DelegationTerms } from './delegation-terms.js';

export const delegationStatuses = ['offered', 'active', 'ended', 'expired', 'lapsed'] as const;
/** `lapsed`: nobody accepted in time. `expired`: its time is up. `ended`: one of the two ended it before. */
export type DelegationStatus = (typeof delegationStatuses)[number];

/** The two sides of a delegation. */
export const delegationRoles = ['giver', 'delegate'] as const;
export type DelegationRole = (typeof delegationRoles)[number];

/** By when an invitation has to be accepted. */
export const INVITATION_LIFE_MS = 7 * 24 * 3_600_000;

/** What one customer, whose row it is, lets another do in their name, and until when. */
@Entity('delegations')
@Index('delegations_by_invitation', ['bucket', 'customerId', 'invitationHash'], {
  unique: true,
  where: 'invitation_hash is not null',
})
@Index('delegations_due', ['dueAt'], { where: 'due_at is not null' })
@Check('delegations_status', `status in ('offered', 'active', 'ended', 'expired', 'lapsed')`)
@Check('delegations_ended_by', `ended_by in ('giver', 'delegate')`)
@Check('delegations_have_scopes', 'cardinality(scopes) > 0')
@Check('delegations_never_rule_the_account', `not ('account' = any (scopes))`)
@Check('delegations_invitation_hash_is_sha256', 'length(invitation_hash) = 32')
@Check('delegations_not_to_oneself', 'delegate_id <> customer_id')
export class Delegation {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'delegations_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'delegations_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'delegations_pk' }) id!: string;
  @Column('text') status!: DelegationStatus;
  /** Raised by every change, so that what began under other terms can be told. */
  @Column('int') version!: number;
  /** What the giver calls the delegate. */
  @Column('bytea', { name: 'name_sealed' }) nameSealed!: Buffer;
  @Column('text', { array: true }) scopes!: string[];
  /** Attributes and categories; null: every attribute that is not special. */
  @Column('text', { array: true, nullable: true }) attributes!: string[] | null;
  @Column('bytea', { name: 'invitation_hash', nullable: true }) invitationHash!: Buffer | null;
  /** Who accepted; null before that, and once they are erased. */
  @Column('uuid', { name: 'delegate_id', nullable: true }) delegateId!: string | null;
  /** What they called themselves then, under the giver's key. */
  @Column('bytea', { name: 'delegate_name_sealed', nullable: true }) delegateNameSealed!: Buffer | null;
  @Column('timestamptz', { name: 'offered_at' }) offeredAt!: Date;
  @Column('timestamptz', { name: 'accepted_at', nullable: true }) acceptedAt!: Date | null;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
  @Column('text', { name: 'ended_by', nullable: true }) endedBy!: DelegationRole | null;
  /** When it ends by itself, as an offer or as what was accepted; null once that is recorded. */
  @Column('timestamptz', { name: 'due_at', nullable: true }) dueAt!: Date | null;

  /** How it stands, also while nobody has recorded that it ended by itself. */
  statusAt(now: Date): DelegationStatus {
    if (!this.dueAt || now < this.dueAt) return this.status;
    if (this.status === 'offered') return 'lapsed';
    return this.delegateId === null ? 'ended' : 'expired';
  }

  isOpen(now: Date): boolean {
    const status = this.statusAt(now);
    return status === 'offered' || status === 'active';
  }

  accept(delegateId: string, delegateNameSealed: Buffer | null, at: Date): void {
    Object.assign(this, { status: 'active', delegateId, delegateNameSealed, acceptedAt: at, dueAt: this.expiresAt });
    this.version += 1;
  }

  narrow({ scopes, attributes, expiresAt }: DelegationTerms): void {
    Object.assign(this, { scopes: [...scopes], attributes: attributes && [...attributes], expiresAt });
    if (this.dueAt && expiresAt < this.dueAt) this.dueAt = expiresAt;
    this.version += 1;
  }

  end(by: DelegationRole, at: Date): void {
    this.close('ended', at);
    this.endedBy = by;
  }

  /** Records that it has ended by itself. One whose delegate was erased was ended by them. */
  settle(now: Date): void {
    const status = this.statusAt(now);
    this.close(status, this.dueAt ?? now);
    if (status === 'ended') this.endedBy = 'delegate';
  }

  private close(status: DelegationStatus, at: Date): void {
    Object.assign(this, { status, endedAt: at, dueAt: null, invitationHash: null });
    this.version += 1;
  }
}

/** Where a delegate finds what they hold: whose it is. How it stands, the giver's row says. */
@Entity('held_delegations')
export class HeldDelegation {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'held_delegations_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'held_delegations_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'held_delegations_pk' }) id!: string;
  @Column('uuid', { name: 'giver_id' }) giverId!: string;
  /** What the giver called themselves when it was accepted, under the delegate's key. */
  @Column('bytea', { name: 'giver_name_sealed', nullable: true }) giverNameSealed!: Buffer | null;
}
