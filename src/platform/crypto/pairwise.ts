import { parse, stringify, validate, version } from 'uuid';

import { type CustomerKey, customerKey } from '../customer-key.js';
import { decryptBlock, encryptBlock } from './block.js';

// Raised if a retailer's key must ever be replaced: old subjects stay recognisable.
const PREFIX = 'p1';
const SUBJECT = /^p1[A-Za-z0-9_-]{22}$/;

/**
 * The `sub` by which one retailer knows a customer (OpenID Connect Core §8.1, reversible by the broker): the UUID as
 * one block under that retailer's own key. The same customer is always the same `sub` for this retailer, and another
 * one for every other.
 *
 * @param retailerKey 32 bytes.
 */
export function encodeSubject(customerId: string, retailerKey: Buffer): string {
  return PREFIX + encryptBlock(retailerKey, parse(customerId)).toString('base64url');
}

/** The customer behind a `sub`, or null when it is malformed or cannot have been made for this retailer. */
export function decodeSubject(subject: string, retailerKey: Buffer): CustomerKey | null {
  if (!SUBJECT.test(subject)) return null;
  const id = uuidOf(decryptBlock(retailerKey, Buffer.from(subject.slice(PREFIX.length), 'base64url')));
  return id === null ? null : customerKey(id);
}

// Another retailer's subject decrypts to random bits. The version tells most of them apart; the rest find no consent.
function uuidOf(bytes: Buffer): string | null {
  try {
    const id = stringify(bytes);
    return validate(id) && version(id) === 7 ? id : null;
  } catch {
    return null;
  }
}
