import { createCipheriv, createDecipheriv } from 'node:crypto';
import { parse, stringify, validate, version } from 'uuid';

import { type CustomerKey, customerKey } from '../customer-key.js';

// Raised if a retailer's key must ever be replaced: old subjects stay recognisable.
const PREFIX = 'p1';
const SUBJECT = /^p1[A-Za-z0-9_-]{22}$/;

/**
 * The `sub` by which one retailer knows a customer (OpenID Connect Core §8.1, reversible by the broker): the UUID as
 * one AES-256 block under that retailer's own key. A single block of a unique value needs no mode; the same customer
 * is always the same `sub` for this retailer, and another one for every other.
 */
export function encodeSubject(customerId: string, retailerKey: Buffer): string {
  const cipher = createCipheriv('aes-256-ecb', retailerKey, null).setAutoPadding(false);
  return (
    PREFIX + Buffer.concat([cipher.update(Uint8Array.from(parse(customerId))), cipher.final()]).toString('base64url')
  );
}

/** The customer behind a `sub`, or null when this retailer was never given such a one. */
export function decodeSubject(subject: string, retailerKey: Buffer): CustomerKey | null {
  if (!SUBJECT.test(subject)) return null;
  const block = Buffer.from(subject.slice(PREFIX.length), 'base64url');
  const decipher = createDecipheriv('aes-256-ecb', retailerKey, null).setAutoPadding(false);
  const bytes = Buffer.concat([decipher.update(block), decipher.final()]);
  const id = unsafeUuid(bytes);
  return id ? customerKey(id) : null;
}

// A wrong key decrypts to random bits: all but one in 64 fail here, the rest find no consent.
function unsafeUuid(bytes: Buffer): string | null {
  try {
    const id = stringify(Uint8Array.from(bytes));
    return validate(id) && version(id) === 7 ? id : null;
  } catch {
    return null;
  }
}
