import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafeSlow(4_096);
let used = pool.length;

/**
 * Random bytes for nonces and ids, none of which is given out twice. Asking the system for a few at a time costs more
 * than what they are for; a secret key is worth a call of its own.
 */
export function randomBytesFromPool(length: number): Buffer {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  // A copy: what is given out is the caller's own.
  return Buffer.from(pool.subarray(used, (used += length)));
}
