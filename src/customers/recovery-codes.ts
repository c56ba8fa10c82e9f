import { hmac } from '../platform/crypto/seal.js';
import type { CustomerKey } from '../platform/customer-key.js';

/** How many codes a set has. */
export const RECOVERY_CODES = 10;

/** 80 random bits: nobody guesses one, even with the database in hand. */
export const RECOVERY_CODE_BYTES = 10;

// Crockford's base 32: nothing in it is taken for something else when it is read from paper.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const MISREAD: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/** Writes random bytes as a code to be kept on paper: `7Q2M-9FXA-K41T-0B8Z`. */
export function writeRecoveryCode(bytes: Buffer): string {
  let bits = BigInt(`0x${bytes.toString('hex')}`);
  let code = '';
  for (let written = 0; written < bytes.length * 8; written += 5) {
    code = ALPHABET[Number(bits & 31n)] + code;
    bits >>= 5n;
  }
  return code.replace(/(.{4})(?=.)/g, '$1-');
}

/** How a code is stored. It may be typed in any case, with or without its dashes, O for 0 and I or L for 1. */
export function hashRecoveryCode(key: Buffer, { customerId }: CustomerKey, code: string): Buffer {
  const read = code
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[OIL]/g, (letter) => MISREAD[letter] ?? letter);
  return hmac(key, `${customerId}:${read}`);
}
