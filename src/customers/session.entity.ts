import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { SignInMethod } from '../platform/http/access.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A session that nobody used for so long has ended. */
export const SESSION_IDLE_MS = 12 * HOUR_MS;

/** No session outlives this, however much it is used. */
export const SESSION_LIFE_MS = 30 * 24 * HOUR_MS;

/** Use is noted at most this often, so that reading needs no write. */
export const NOTE_USE_EVERY_MS = MINUTE_MS;

/** One place where a customer is signed in. Its row goes when it ends. */
@Entity('sessions')
@Index('sessions_by_token', ['bucket', 'customerId', 'tokenHash'], { unique: true })
@Check('sessions_token_hash_is_sha256', 'length(token_hash) = 32')
@Check('sessions_signed_in_with', `signed_in_with in ('password', 'passkey', 'recovery_code')`)
export class Session {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'sessions_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'sessions_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pk' }) id!: string;
  @Column('bytea', { name: 'token_hash' }) tokenHash!: Buffer;
  /** What the program that signed in called itself, for the customer to recognise it by. */
  @Column('bytea', { name: 'device_sealed', nullable: true }) deviceSealed!: Buffer | null;
  @Column('text', { name: 'signed_in_with' }) signedInWith!: SignInMethod;
  @Column('timestamptz', { name: 'signed_in_at' }) signedInAt!: Date;
  @Column('timestamptz', { name: 'last_used_at' }) lastUsedAt!: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}
