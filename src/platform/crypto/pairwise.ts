import { parse, stringify } from 'uuid';

import { type CustomerKey, customerKey } from '../customer-key.js';
import { BLOCK_BYTES, decryptBlocks, encryptBlock } from './block.js';

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
  return decodeSubjects([subject], retailerKey).get(subject) ?? null;
}

/** The customers behind many of them, as far as there are any: to set the cipher up costs more than to use it. */
export function decodeSubjects(subjects: Iterable<string>, retailerKey: Buffer): Map<string, CustomerKey> {
  const wellFormed = [...new Set(subjects)].filter((subject) => SUBJECT.test(subject));
  const sealed = wellFormed.map((subject) => Buffer.from(subject.slice(PREFIX.length), 'base64url'));
  const ids = decryptBlocks(retailerKey, Buffer.concat(sealed));
  const customers = new Map<string, CustomerKey>();
  for (const [place, subject] of wellFormed.entries()) {
    const id = uuidOf(ids.subarray(place * BLOCK_BYTES, (place + 1) * BLOCK_BYTES));
    if (id !== null) customers.set(subject, customerKey(id));
  }
  return customers;
}

// Another retailer's subject decrypts to random bits. The version tells most of them apart; the rest find no consent.
function uuidOf(bytes: Buffer): string | null {
  if ((bytes[6] as number) >> 4 !== 7) return null;
  try {
    return stringify(bytes);
  } catch {
    return null;
  }
}
