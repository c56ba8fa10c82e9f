import { randomFillSync } from 'node:crypto';

import { v7 } from 'uuid';

const BYTES = 16;
const pool = Buffer.alloc(BYTES * 256);
let used = pool.length;
let msecs = 0;
let seq = 0;

/**
 * A UUIDv7 (RFC 9562 §5.7): sortable by the time of its making, in this process also within a millisecond, unguessable in
 * its tail. Each request takes several, so that random bytes are fetched for many at once.
 */
export function uuidv7(): string {
  const random = randomBytes();
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

function randomBytes(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += BYTES));
}
