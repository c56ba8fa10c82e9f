import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type SigningKeyStatus = 'next' | 'current' | 'retired';

/** A public key as it is published (RFC 7517). */
export interface PublicSigningJwk {
  kty: 'EC';
  crv: 'P-256';
  x: string;
  y: string;
  kid: string;
  alg: 'ES256';
  use: 'sig';
}

/** A key that signs tokens, has signed them, or will. */
@Entity('signing_keys')
@Index('signing_keys_one_next', ['status'], { unique: true, where: `status = 'next'` })
@Index('signing_keys_one_current', ['status'], { unique: true, where: `status = 'current'` })
@Check('signing_keys_status', `status in ('next', 'current', 'retired')`)
export class SigningKey {
  /** Its RFC 7638 thumbprint. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'signing_keys_pk' }) kid!: string;
  @Column('text') status!: SigningKeyStatus;
  @Column('jsonb', { name: 'public_jwk' }) publicJwk!: PublicSigningJwk;
  /** The private key as PKCS#8, wrapped by the KEK. */
  @Column('bytea', { name: 'private_wrapped' }) privateWrapped!: Buffer;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'activated_at', nullable: true }) activatedAt!: Date | null;
  @Column('timestamptz', { name: 'retired_at', nullable: true }) retiredAt!: Date | null;
}
