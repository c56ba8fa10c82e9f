import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { CustomerPassword } from './credentials.entity.js';
import { Customer, LoginIdentity } from './customer.entity.js';

/** Gives the e-mail address to the customer, unless somebody has it. Waits for a registration that is under way. */
export async function claimIdentity(tx: Tx, identityHash: Buffer, customer: CustomerKey): Promise<boolean> {
  const claimed = await tx.query<unknown[]>(
    `insert into login_identities (identity_hash, bucket, customer_id) values ($1, $2, $3)
     on conflict (identity_hash) do nothing
     returning customer_id`,
    [identityHash, customer.bucket, customer.customerId],
  );
  return claimed.length > 0;
}

export async function findByIdentity(reader: Reader, identityHash: Buffer): Promise<CustomerKey | null> {
  const identity = await reader.findOneBy(LoginIdentity, { identityHash });
  return identity && { bucket: identity.bucket, customerId: identity.customerId };
}

export function findCustomer(reader: Reader, { bucket, customerId }: CustomerKey): Promise<Customer | null> {
  return reader.findOneBy(Customer, { bucket, customerId });
}

/** Loads the customer and holds the row until commit. */
export function lockCustomer(tx: Tx, { bucket, customerId }: CustomerKey): Promise<Customer | null> {
  return tx.findOne(Customer, { where: { bucket, customerId }, lock: { mode: 'pessimistic_write' } });
}

export function findPassword(reader: Reader, { bucket, customerId }: CustomerKey): Promise<CustomerPassword | null> {
  return reader.findOneBy(CustomerPassword, { bucket, customerId });
}

/** Loads the password and holds its row until commit: what opens the account stays as it is meanwhile. */
export function lockPassword(tx: Tx, { bucket, customerId }: CustomerKey): Promise<CustomerPassword | null> {
  return tx.findOne(CustomerPassword, { where: { bucket, customerId }, lock: { mode: 'pessimistic_write' } });
}
