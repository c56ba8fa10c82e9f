import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A client assertion or DPoP proof that was used at an OAuth endpoint. */
@Entity('oauth_replays')
@Index('oauth_replays_expiry', ['expiresAt'])
export class OAuthReplay {
  @PrimaryColumn('bytea', { name: 'id_hash', primaryKeyConstraintName: 'oauth_replays_pk' }) idHash!: Buffer;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}

/** A DPoP proof that was used at the API. */
@Entity('dpop_proofs')
@Index('dpop_proofs_expiry', ['expiresAt'])
export class DpopProof {
  @PrimaryColumn('bytea', { name: 'jti_hash', primaryKeyConstraintName: 'dpop_proofs_pk' }) jtiHash!: Buffer;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}
