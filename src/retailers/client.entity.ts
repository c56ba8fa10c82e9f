import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import type { PublicJwk } from './client-keys.js';

export const clientStatuses = ['active', 'suspended'] as const;
export type ClientStatus = (typeof clientStatuses)[number];

export const authMethods = ['private_key_jwt', 'client_secret_basic', 'none'] as const;
export type ClientAuthMethod = (typeof authMethods)[number];

/** A program of a retailer, as OAuth knows it: its keys, where it may send people back to, what it may ask for. */
@Entity('clients')
@ForeignKey('Retailer', ['retailerId'], ['id'], { name: 'clients_of_retailer' })
@Index('clients_by_retailer', ['retailerId'])
@Check('clients_status', `status in ('active', 'suspended')`)
@Check('clients_auth_method', `auth_method in ('private_key_jwt', 'client_secret_basic', 'none')`)
@Check(
  'clients_have_their_credential',
  `(auth_method = 'private_key_jwt') = (jwks is not null) and (auth_method = 'client_secret_basic') = (secret_hash is not null)`,
)
export class Client {
  /** The `client_id`. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'clients_pk' }) id!: string;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  @Column('text') name!: string;
  @Column('text') status!: ClientStatus;
  @Column('text', { name: 'auth_method' }) authMethod!: ClientAuthMethod;
  /** Its public keys, by value, when it signs its own assertions. */
  @Column('jsonb', { nullable: true }) jwks!: { keys: PublicJwk[] } | null;
  /** SHA-256 of its secret, on a development service only. */
  @Column('bytea', { name: 'secret_hash', nullable: true }) secretHash!: Buffer | null;
  @Column('text', { name: 'redirect_uris', array: true }) redirectUris!: string[];
  @Column('text', { name: 'initiate_login_uri', nullable: true }) initiateLoginUri!: string | null;
  @Column('text', { name: 'grant_types', array: true }) grantTypes!: string[];
  @Column('text', { array: true }) scopes!: string[];
  /** The touchpoints that it serves, of those of its retailer: its tokens reach no others. */
  @Column('text', { array: true }) touchpoints!: string[];
  /** The sources from which it reports interactions, by their beginnings; empty for any. */
  @Column('text', { name: 'source_prefixes', array: true, default: () => "'{}'" }) sourcePrefixes!: string[];
  /** Its access tokens are not bound to a key; on a development service only. */
  @Column('boolean') bearer!: boolean;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}

/** Whether a text from outside can be a `client_id` at all; what is not is not looked up. */
export function isClientId(text: string): boolean {
  return /^[A-Za-z0-9._~-]{1,100}$/.test(text);
}
