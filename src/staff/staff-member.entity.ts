import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type StaffRole = 'operator' | 'auditor';

/** Somebody who runs the broker, or who audits it within an engagement: a period, and perhaps retailers and purposes. */
@Entity('staff_members')
@Index('staff_members_by_email', ['email'], { unique: true })
@Check('staff_members_role', `role in ('operator', 'auditor')`)
@Check('staff_members_status', `status in ('invited', 'active')`)
@Check('staff_members_sign_in_once_active', `(status = 'active') = (password_hash is not null)`)
@Check(
  'staff_members_auditors_are_engaged',
  `(role = 'auditor') = (engaged_from is not null and engaged_to is not null and engagement_key is not null)`,
)
@Check('staff_members_engagement_is_a_period', 'engaged_from < engaged_to')
export class StaffMember {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'staff_members_pk' }) id!: string;
  @Column('text') role!: StaffRole;
  @Column('text') status!: 'invited' | 'active';
  /** As it is compared: without regard to case and Unicode form. */
  @Column('text') email!: string;
  @Column('text') name!: string;
  @Column('text', { name: 'password_hash', nullable: true }) passwordHash!: string | null;
  @Column('timestamptz', { name: 'engaged_from', nullable: true }) engagedFrom!: Date | null;
  @Column('timestamptz', { name: 'engaged_to', nullable: true }) engagedTo!: Date | null;
  /** The retailers that the engagement covers; null for all. */
  @Column('uuid', { name: 'engaged_for_retailers', array: true, nullable: true }) engagedForRetailers!: string[] | null;
  /** The purposes that it covers; null for all. */
  @Column('text', { name: 'engaged_for_purposes', array: true, nullable: true }) engagedForPurposes!: string[] | null;
  /** Makes the pseudonyms by which the engagement knows customers. Wrapped by the KEK. */
  @Column('bytea', { name: 'engagement_key', nullable: true }) engagementKey!: Buffer | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'joined_at', nullable: true }) joinedAt!: Date | null;
  /** The operator who had the last invitation made, and may have used it; null where that was the command line. */
  @Column('uuid', { name: 'let_in_by', nullable: true }) letInBy!: string | null;
}

/** A token that lets the invited set a password, once. */
@Entity('staff_invitations')
@Index('staff_invitations_by_member', ['staffId'])
export class StaffInvitation {
  @PrimaryColumn('bytea', { name: 'token_hash', primaryKeyConstraintName: 'staff_invitations_pk' }) tokenHash!: Buffer;
  @Column('uuid', { name: 'staff_id' }) staffId!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}

/** One place where a member of staff is signed in. Its row goes when it ends. */
@Entity('staff_sessions')
@Index('staff_sessions_by_token', ['tokenHash'], { unique: true })
@Index('staff_sessions_by_member', ['staffId'])
export class StaffSession {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'staff_sessions_pk' }) id!: string;
  @Column('uuid', { name: 'staff_id' }) staffId!: string;
  @Column('bytea', { name: 'token_hash' }) tokenHash!: Buffer;
  @Column('timestamptz', { name: 'signed_in_at' }) signedInAt!: Date;
  @Column('timestamptz', { name: 'last_used_at' }) lastUsedAt!: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}
