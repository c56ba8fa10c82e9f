import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { Passkey } from './passkey.entity.js';

/** Loads the passkey that its authenticator calls so, and holds the row until commit. */
export function lockByCredential(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  credentialId: Buffer,
): Promise<Passkey | null> {
  return tx.findOne(Passkey, { where: { bucket, customerId, credentialId }, lock: { mode: 'pessimistic_write' } });
}

/** All passkeys of the customer, newest first. */
export function passkeysOf(reader: Reader, { bucket, customerId }: CustomerKey): Promise<Passkey[]> {
  return reader.find(Passkey, { where: { bucket, customerId }, order: { id: 'DESC' } });
}
