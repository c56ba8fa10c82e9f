import { createCipheriv, createDecipheriv, createHash, createHmac, hash, hkdfSync } from 'node:crypto';

import { randomBytesFromPool } from './random-pool.js';

const VERSION = 1;
const VERSION_BYTE = Buffer.of(VERSION);
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The sealed bytes do not open under this key and this associated data: another key, another row, or a changed bit. */
export class SealBrokenError extends Error {
  override readonly name: string = 'SealBrokenError';
}

/**
 * Seals with AES-256-GCM (NIST SP 800-38D): version byte, 96-bit random nonce, ciphertext, 128-bit tag.
 *
 * @param key 32 bytes.
 * @param aad What the sealed bytes belong to; opening demands the same, so that they cannot be moved to another row.
 */
export function seal(key: Buffer, plaintext: Buffer | string, aad: string): Buffer {
  const iv = randomBytesFromPool(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(aad));
  const sealed = cipher.update(typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext);
  cipher.final(); // a stream cipher holds nothing back
  return Buffer.concat([VERSION_BYTE, iv, sealed, cipher.getAuthTag()]);
}

/**
 * Opens what `seal` made, into memory of its own: of a piece that is shared, all would be kept for as long as a key.
 *
 * @throws SealBrokenError
 */
export function open(key: Buffer, sealed: Buffer, aad: string): Buffer {
  if (sealed.length < 1 + IV_BYTES + TAG_BYTES || sealed[0] !== VERSION)
    throw new SealBrokenError('Not a sealed value.');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + IV_BYTES))
    .setAAD(Buffer.from(aad))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const opened = decipher.update(sealed.subarray(1 + IV_BYTES, -TAG_BYTES));
    decipher.final(); // holds nothing back, and fails unless the tag is right
    return opened;
  } catch (cause) {
    throw new SealBrokenError('The sealed value does not open.', { cause });
  }
}

export function sha256(...parts: (Buffer | string)[]): Buffer {
  const [only] = parts;
  // In one call where there is one part: half the price of an object for it.
  if (only !== undefined && parts.length === 1) return hash('sha256', only, 'buffer');
  const whole = createHash('sha256');
  for (const part of parts) whole.update(part);
  return whole.digest();
}

export function hmac(key: Buffer, ...parts: (Buffer | string)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** A key for one use, derived from another (HKDF, RFC 5869). */
export function deriveKey(key: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), use, 32));
}

/** How a secret that is shown once is stored: its 256 random bits need no salt and no slow hash. */
export function tokenHash(token: string): Buffer {
  return sha256(token);
}
