import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a key signs. A key of one use never verifies what belongs to the other. */
export const signingKeyUses = ['token', 'receipt'] as const;
export type SigningKeyUse = (typeof signingKeyUses)[number];

/** `retired` keys have signed and still verify; `revoked` ones may have leaked. */
export const signingKeyStatuses = ['next', 'current', 'retired', 'revoked'] as const;
export type SigningKeyStatus = (typeof signingKeyStatuses)[number];

/** A public key as it is published (RFC 7517). */
export interface PublicSigningJwk {
  kty: 'EC';
  crv: 'P-256';
  x: string;
  y: string;
  kid: string;
  alg: 'ES256';
  use: 'sig';
  /** As in OpenID Federation 1.0 §8.7: the key may have leaked, so that its signature alone proves nothing. */
  revoked?: { revoked_at: number; reason: 'compromised' };
}

/** Longer than anybody may keep a copy of the published keys. */
export const PUBLISHED_BEFORE_USE_MS = 600_000;
/** How long a retired token key stays published: longer than any token that it signed. */
export const TOKENS_OUTLIVED_AFTER_MS = 3_600_000;

/** A key that signs, has signed, or will. */
@Entity('signing_keys')
@Index('signing_keys_one_next', ['use', 'status'], { unique: true, where: `status = 'next'` })
@Index('signing_keys_one_current', ['use', 'status'], { unique: true, where: `status = 'current'` })
@Check('signing_keys_use', `use in ('token', 'receipt')`)
@Check('signing_keys_status', `status in ('next', 'current', 'retired', 'revoked')`)
@Check('signing_keys_can_sign', `status in ('retired', 'revoked') or private_wrapped is not null`)
export class SigningKey {
  /** Its RFC 7638 thumbprint. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'signing_keys_pk' }) kid!: string;
  @Column('text') use!: SigningKeyUse;
  @Column('text') status!: SigningKeyStatus;
  @Column('jsonb', { name: 'public_jwk' }) publicJwk!: PublicSigningJwk;
  /** The private key as PKCS#8, wrapped by the KEK; destroyed once nothing needs it. */
  @Column('bytea', { name: 'private_wrapped', nullable: true }) privateWrapped!: Buffer | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'activated_at', nullable: true }) activatedAt!: Date | null;
  @Column('timestamptz', { name: 'retired_at', nullable: true }) retiredAt!: Date | null;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt!: Date | null;

  /** From when on it may sign: whoever keeps a copy of the published keys has seen it by then. */
  get usableFrom(): Date {
    return new Date(this.createdAt.getTime() + PUBLISHED_BEFORE_USE_MS);
  }

  activate(at: Date): void {
    this.status = 'current';
    this.activatedAt = at;
  }

  retire(at: Date): void {
    this.status = 'retired';
    this.retiredAt = at;
  }

  revoke(at: Date): void {
    this.status = 'revoked';
    this.revokedAt = at;
    this.privateWrapped = null;
  }

  /** Whether a token may still be signed with it, as of `now`. */
  verifiesTokens(now: Date): boolean {
    if (this.use !== 'token' || this.status === 'revoked') return false;
    return this.retiredAt === null || now.getTime() - this.retiredAt.getTime() < TOKENS_OUTLIVED_AFTER_MS;
  }

  /** Receipts are kept for as long as people like, and so are the keys that verify them. */
  isPublished(now: Date): boolean {
    return this.use === 'receipt' || this.verifiesTokens(now);
  }

  /** The public part, with what verifiers must know. */
  published(): PublicSigningJwk {
    if (!this.revokedAt) return this.publicJwk;
    return {
      ...this.publicJwk,
      revoked: { revoked_at: Math.floor(this.revokedAt.getTime() / 1000), reason: 'compromised' },
    };
  }
}
