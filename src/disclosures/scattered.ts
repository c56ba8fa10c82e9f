import { hmac } from '../platform/crypto/seal.js';

const ROUNDS = 4;

/**
 * Where the `n`-th of up to `size` things is put, in an order that only the holder of the key knows: a permutation of 0
 * to `size` - 1 by a Feistel network, so that no two meet and nobody keeps a table.
 *
 * @param size A power of 4, 2^32 at most.
 */
export function scattered(n: number, size: number, key: Buffer): number {
  if (n >= size) throw new RangeError(`There is no place ${n} of ${size}.`);
  const bits = Math.log2(size) / 2;
  const half = 2 ** bits;
  let left = Math.floor(n / half);
  let right = n % half;
  for (let round = 0; round < ROUNDS; round++) {
    const mixed = hmac(key, `${round}:${right}`).readUInt32BE() % half;
    [left, right] = [right, (left ^ mixed) >>> 0];
  }
  return left * half + right;
}

/** The smallest size in which so many things leave every other place empty. */
export function sizeFor(count: number): number {
  let size = 1024;
  while (size < 2 * count) size *= 4;
  return size;
}
