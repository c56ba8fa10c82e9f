import { open, seal } from './seal.js';

/** The key that wraps all others. It lives outside the database; losing it loses every profile. */
export class Kek {
  constructor(private readonly key: Buffer) {
    if (key.length !== 32) throw new TypeError('The KEK is 32 bytes.');
  }

  /** @param aad Whose key it is and what for, so that a wrapped key cannot be moved to another row. */
  wrap(key: Buffer, aad: string): Buffer {
    return seal(this.key, key, aad);
  }

  /** @throws SealBrokenError */
  unwrap(wrapped: Buffer, aad: string): Buffer {
    return open(this.key, wrapped, aad);
  }
}
