import { Check, Column, Entity, Index, PrimaryColumn, type ValueTransformer } from 'typeorm';

/** PostgreSQL's bigint comes as text. */
const whole: ValueTransformer = {
  to: (count: number | null) => count,
  from: (text: string | null) => (text === null ? null : Number(text)),
};

/** What a member of staff proves beside the password: the codes of an authenticator app, or a passkey. */
@Entity('staff_factors')
@Check('staff_factors_kind', `kind in ('totp', 'passkey')`)
@Check('staff_factors_totp_is_whole', `(kind = 'totp') = (totp_secret is not null and totp_step is not null)`)
@Check(
  'staff_factors_passkey_is_whole',
  `(kind = 'passkey') = (credential_id is not null and public_key is not null and counter is not null)`,
)
export class StaffFactor {
  @PrimaryColumn('uuid', { name: 'staff_id', primaryKeyConstraintName: 'staff_factors_pk' }) staffId!: string;
  @Column('text') kind!: 'totp' | 'passkey';
  /** Wrapped by the KEK. */
  @Column('bytea', { name: 'totp_secret', nullable: true }) totpSecret!: Buffer | null;
  /** The time step whose code was accepted last: no code is accepted twice, nor one from before it. */
  @Column('bigint', { name: 'totp_step', nullable: true, transformer: whole }) totpStep!: number | null;
  @Column('bytea', { name: 'credential_id', nullable: true }) credentialId!: Buffer | null;
  @Column('bytea', { name: 'public_key', nullable: true }) publicKey!: Buffer | null;
  @Column('bigint', { nullable: true, transformer: whole }) counter!: number | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

/** A token that lets a member confirm a second factor, once and soon. Who was invited becomes a member by that. */
@Entity('staff_enrolments')
@Index('staff_enrolments_by_member', ['staffId'])
@Check('staff_enrolments_invited_choose_a_password', '(invitation_hash is null) = (password_hash is null)')
export class StaffEnrolment {
  @PrimaryColumn('bytea', { name: 'token_hash', primaryKeyConstraintName: 'staff_enrolments_pk' }) tokenHash!: Buffer;
  @Column('uuid', { name: 'staff_id' }) staffId!: string;
  /** Wrapped by the KEK. */
  @Column('bytea', { name: 'totp_secret' }) totpSecret!: Buffer;
  /** The invitation that is accepted with this password; null for a member who never had a second factor. */
  @Column('bytea', { name: 'invitation_hash', nullable: true }) invitationHash!: Buffer | null;
  @Column('text', { name: 'password_hash', nullable: true }) passwordHash!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}
