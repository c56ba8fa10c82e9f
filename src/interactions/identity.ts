import { sha256 } from '../platform/crypto/seal.js';
import { canonicalJson } from '../platform/json.js';
import type { ReportedEvent } from './cloud-event.js';

/** By what an event is the same one when it is sent again: the client, its source and its id. */
export function keyHashOf(clientId: string, source: string, id: string): Buffer {
  return sha256(canonicalJson([clientId, source, id]));
}

/**
 * Tells an event that is sent again from another one under its id. What depends on the sending (`ccxsenttime`) does
 * not count, nor does the order of members.
 */
export function contentHashOf({ type, touchpoint, stage, time, correlation, data }: ReportedEvent): Buffer {
  return sha256(canonicalJson([type, touchpoint, stage, time.toISOString(), correlation ?? null, data]));
}
