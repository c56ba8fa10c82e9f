import { v7 } from 'uuid';

import { randomBytesFromPool } from './crypto/random-pool.js';

let msecs = 0;
let seq = 0;

/**
 * A UUIDv7 (RFC 9562 §5.7): sortable by the time of its making, in this process also within a millisecond, unguessable in
 * its tail.
 */
export function uuidv7(): string {
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
}
