import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { open, seal } from '../platform/crypto/seal.js';
import type { CustomerKey } from '../platform/customer-key.js';

/** A person who holds preferences here. What names them is sealed under their own profile key. */
@Entity('customers')
@Check('customers_bucket_is_16_bits', 'bucket between 0 and 65535')
@Check('customers_status', `status in ('active', 'erased')`)
export class Customer {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'customers_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'customers_pk' }) customerId!: string;
  @Column('text') status!: 'active' | 'erased';
  /** The language in which they are addressed, BCP 47. */
  @Column('text') language!: string;
  @Column('bytea', { name: 'email_sealed' }) emailSealed!: Buffer;
  @Column('bytea', { name: 'display_name_sealed', nullable: true }) displayNameSealed!: Buffer | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}

/** Who signs in with this e-mail address: the only way from an address to a customer. */
@Entity('login_identities')
@Index('login_identities_by_customer', ['bucket', 'customerId'])
export class LoginIdentity {
  @PrimaryColumn('bytea', { name: 'identity_hash', primaryKeyConstraintName: 'login_identities_pk' })
  identityHash!: Buffer;
  @Column('int') bucket!: number;
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
}

/** What is sealed of a customer, by the name under which it is sealed. */
export type SealedField = 'email' | 'display name' | 'device' | 'token name' | 'passkey name' | DelegationName;

/** What the two sides of a delegation call each other. */
type DelegationName = 'delegation name' | 'delegate name' | 'giver name';

export function sealFor(customer: CustomerKey, profileKey: Buffer, field: SealedField, text: string): Buffer {
  return seal(profileKey, text, `${field}:${customer.customerId}`);
}

export function openFor(customer: CustomerKey, profileKey: Buffer, field: SealedField, sealed: Buffer): string {
  return open(profileKey, sealed, `${field}:${customer.customerId}`).toString();
}
