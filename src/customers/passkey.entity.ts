import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A passkey of a customer: what its authenticator signs opens the account without the password. */
@Entity('passkeys')
@Index('passkeys_by_credential', ['bucket', 'customerId', 'credentialId'], { unique: true })
@Check('passkeys_counter_is_32_bits', `counter between 0 and 4294967295`)
export class Passkey {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'passkeys_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'passkeys_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'passkeys_pk' }) id!: string;
  /** How the authenticator calls it. */
  @Column('bytea', { name: 'credential_id' }) credentialId!: Buffer;
  /** A COSE key (RFC 9052 §7). */
  @Column('bytea', { name: 'public_key' }) publicKey!: Buffer;
  /** How often the authenticator said that it signed; those that do not count stay at 0. */
  @Column('bigint', { transformer: { to: (count: number) => count, from: (text: string) => Number(text) } })
  counter!: number;
  /** How browsers reach the authenticator. */
  @Column('text', { array: true }) transports!: string[];
  /** Whether its owner has it on other devices, too. */
  @Column('boolean') synced!: boolean;
  @Column('bytea', { name: 'name_sealed' }) nameSealed!: Buffer;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'last_used_at', nullable: true }) lastUsedAt!: Date | null;
}
