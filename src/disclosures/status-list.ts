import { deflateSync } from 'node:zlib';

/** What is said of an entry: one bit each (draft-ietf-oauth-status-list-21 §7.1, VALID and INVALID). */
export const VALID = 0;
export const INVALID = 1;

/**
 * A status list of one bit for each entry (draft-ietf-oauth-status-list-21 §4): from the lowest bit of each byte up,
 * compressed as zlib. All are invalid but those named: an entry that has gone, and a place where there never was one,
 * look like one that was withdrawn, so that the list tells strangers nothing.
 *
 * @param size A multiple of 8.
 */
export function statusList(size: number, valid: readonly number[]): { bits: 1; lst: string } {
  const bytes = Buffer.alloc(size / 8, 0xff);
  for (const index of valid) bytes[index >> 3]! &= ~(1 << (index & 7));
  return { bits: 1, lst: deflateSync(bytes, { level: 9 }).toString('base64url') };
}
