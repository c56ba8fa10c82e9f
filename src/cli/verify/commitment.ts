import { sha256 } from '../../platform/crypto/seal.js';
import { tampering } from './fault.js';
import { Fields } from './fields.js';
import { canonical, type Json } from './json.js';

/** What happened, as the log has sealed it. */
export interface LoggedEvent {
  readonly type: string;
  readonly at: string;
  readonly retailerId: string | null;
  readonly consent: { readonly id: string; readonly version: number } | null;
  readonly purposes: readonly string[];
  readonly attributes: readonly string[];
  readonly data: Fields;
}

/** The leaf that commits to a record: `{"c": base64url(SHA-256(nonce ‖ JCS(record))), "v": 1}`. */
export function leafOf(nonce: Buffer, record: Json): Buffer {
  return Buffer.from(`{"c":"${sha256(nonce, canonical(record)).toString('base64url')}","v":1}`);
}

/** @throws Fault when the leaf commits to something else */
export function openedEvent(leaf: Buffer, nonce: Buffer, event: Json, what: string): LoggedEvent {
  if (!leafOf(nonce, event).equals(leaf)) throw tampering(`${what} is not the event that its leaf commits to`);
  return eventOf(event, what);
}

function eventOf(json: Json, what: string): LoggedEvent {
  const event = new Fields(json, what);
  const consent = event.has('consent') ? event.object('consent') : null;
  return {
    type: event.string('type'),
    at: event.string('at'),
    retailerId: event.stringOrNull('retailer_id'),
    consent: consent && { id: consent.string('id'), version: consent.integer('version') },
    purposes: event.has('purposes') ? event.strings('purposes') : [],
    attributes: event.has('attributes') ? event.strings('attributes') : [],
    data: event.has('data') ? event.object('data') : new Fields({}, `the data of ${what}`),
  };
}
