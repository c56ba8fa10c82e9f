import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Something that the OAuth engine keeps between two requests: a session, an interaction, a code, a refresh token, … */
@Entity('oauth_artifacts')
@Index('oauth_artifacts_by_uid', ['uidHash'], { where: 'uid_hash is not null' })
@Index('oauth_artifacts_by_customer', ['bucket', 'customerId'], { where: 'customer_id is not null' })
@Index('oauth_artifacts_expiry', ['expiresAt'])
@Check(
  'oauth_artifacts_of_a_consent',
  `(consent_id is null) = (client_id is null)
   and (consent_id is null) = (token_epoch is null)
   and (consent_id is null or customer_id is not null)`,
)
export class OAuthArtifact {
  /** SHA-256 of the model's name and the value that the holder shows. The value itself is nowhere. */
  @PrimaryColumn('bytea', { name: 'id_hash', primaryKeyConstraintName: 'oauth_artifacts_pk' }) idHash!: Buffer;
  @Column('text') model!: string;
  /** By what a session or a device's code is found apart from its id. */
  @Column('bytea', { name: 'uid_hash', nullable: true }) uidHash!: Buffer | null;
  @Column('int', { nullable: true }) bucket!: number | null;
  @Column('uuid', { name: 'customer_id', nullable: true }) customerId!: string | null;
  @Column('uuid', { name: 'consent_id', nullable: true }) consentId!: string | null;
  @Column('text', { name: 'client_id', nullable: true }) clientId!: string | null;
  /** The epoch of the client's tokens when it was made: it is dead once the epoch is higher. */
  @Column('int', { name: 'token_epoch', nullable: true }) tokenEpoch!: number | null;
  @Column('bytea') sealed!: Buffer;
  @Column('timestamptz', { name: 'consumed_at', nullable: true }) consumedAt!: Date | null;
  /** When a device last asked whether its code has been decided. */
  @Column('timestamptz', { name: 'polled_at', nullable: true }) polledAt!: Date | null;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}
