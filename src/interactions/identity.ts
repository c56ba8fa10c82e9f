import { sha256 } from '../platform/crypto/seal.js';
import { canonicalJson } from '../platform/json.js';
import type { ReportedEvent } from './cloud-event.js';
import { NO_SPECIAL, withheld } from './special-products.js';

/** By what an event is the same one when it is sent again: the client, its source and its id. */
export function keyHashOf(clientId: string, source: string, id: string): Buffer {
  return sha256(canonicalJson([clientId, source, id]));
}

/**
 * Tells an event that is sent again from another one under its id. What depends on the sending (`ccxsenttime`) does
 * not count, nor does the order of members. Special products count as if they were never kept: what they are cannot be
 * found out by trying, and whether the customer has consented to keep them changes nothing.
 */
export function contentHashOf(event: ReportedEvent): Buffer {
  const { type, touchpoint, stage, time, correlation, corrects } = event;
  const { data } = withheld(event, NO_SPECIAL);
  const content = [type, touchpoint, stage, time.toISOString(), correlation ?? null, data];
  return sha256(canonicalJson(corrects === undefined ? content : [...content, corrects]));
}
