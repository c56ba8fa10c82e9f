import { v7 } from 'uuid';

import { randomBytesFromPool } from './crypto/random-pool.js';

/**
 * Makes UUIDv7s (RFC 9562 §5.7): sortable by the time of their making, of one generator also within a millisecond and
 * when the clock is put back; unguessable in their tails.
 */
export function uuidGenerator(): () => string {
  let msecs = 0;
  let seq = 0;
  return () => {
    const random = randomBytesFromPool(16);
    const now = Date.now();
    if (now > msecs) {
      msecs = now;
      seq = random.readUInt32BE(6) >>> 1;
    } else {
      seq = (seq + 1) | 0;
      if (seq === 0) msecs++;
    }
    return v7({ random, msecs, seq });
  };
}

/** The one of this process. */
export const uuidv7 = uuidGenerator();
