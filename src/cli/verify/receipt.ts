import { sha256 } from '../../platform/crypto/seal.js';
import type { LoggedEvent } from './commitment.js';
import { malformed, tampering } from './fault.js';
import { Fields } from './fields.js';
import { canonical, type Json } from './json.js';
import { type Jws, parseJws } from './jws.js';

/** What a consent receipt says, as far as the log can tell whether it is so. */
export interface Receipt {
  readonly jws: Jws;
  readonly id: string;
  /** The leaf that the broker has promised to log. */
  readonly leafHash: Buffer;
  /** In seconds since 1970. */
  readonly issuedAt: number;
  readonly change: string;
  readonly retailer: string;
  readonly consent: ReceiptConsent | null;
  readonly requestId: string | null;
  /** The lines of the consent, as the versions have them. */
  readonly details: { [name: string]: Json }[];
  readonly notice: string | null;
}

interface ReceiptConsent {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly expiresAt: string;
  readonly maxReadsPerDay: number | null;
}

/** @throws Fault */
export function parseReceipt(text: string, what: string): Receipt {
  const jws = parseJws(text.trim(), what);
  if (jws.typ !== 'consent-receipt+jwt') throw malformed(`${what} is not a consent receipt`);
  const claims = new Fields(jws.payload, what);
  const record = claims.object('consent_record');
  const processing = record.object('pii_processing');
  const consent = claims.has('consent') ? claims.object('consent') : null;
  const leafHash = claims.object('audit').string('leaf_hash');
  if (!/^[0-9a-f]{64}$/.test(leafHash)) throw malformed(`${what} names no leaf`);
  return {
    jws,
    id: claims.string('receipt_id'),
    leafHash: Buffer.from(leafHash, 'hex'),
    issuedAt: claims.integer('iat'),
    change: record.object('event').string('change'),
    retailer: (record.objects('party_identification')[0] ?? new Fields({}, what)).string('party_id'),
    consent: consent && {
      id: consent.string('id'),
      version: consent.integer('version'),
      status: consent.string('status'),
      expiresAt: consent.string('expires_at'),
      maxReadsPerDay: consent.integerOrNull('max_reads_per_day'),
    },
    requestId: claims.stringOrNull('request_id'),
    details: processing.objects('purposes').map(detailOf),
    notice: processing.has('privacy_notice') ? processing.object('privacy_notice').string('sha256') : null,
  };
}

/** @throws Fault where the receipt says something else than the event that its leaf commits to */
export function checkAgainstEvent(receipt: Receipt, event: LoggedEvent, what: string): void {
  const { consent, change, details } = receipt;
  const said = (field: string, is: Json, logged: Json) => {
    if (canonical(is) !== canonical(logged)) throw tampering(`${what} says another ${field} than the log`);
  };
  said('change', `${consent ? 'consent' : 'consent-request'}.${change}`, event.type);
  said('time', receipt.issuedAt, Math.floor(Date.parse(event.at) / 1_000));
  said('retailer', receipt.retailer.slice(receipt.retailer.lastIndexOf('/') + 1), event.retailerId);
  said('consent', consent?.id ?? null, event.consent?.id ?? null);
  said('version', consent?.version ?? null, event.consent?.version ?? null);
  said('request', receipt.requestId, event.data.stringOrNull('request_id'));
  said('notice', receipt.notice, event.data.stringOrNull('notice'));
  said('set of purposes', once(details, 'purposes'), [...event.purposes]);
  said('set of attributes', once(details, 'attributes'), [...event.attributes]);
  if (consent) {
    said('state', consent.status, event.data.string('status'));
    said('end', consent.expiresAt, event.data.string('expires_at'));
    said('number of reads a day', consent.maxReadsPerDay, event.data.integerOrNull('max_reads_per_day'));
  }
  if (!isOfDetails(event, details)) throw tampering(`${what} says more, or something else, than was logged`);
}

/** Whether the event is about just these lines. Events from before they were committed to are about any. */
export function isOfDetails(event: LoggedEvent, details: Json): boolean {
  const logged = event.data.stringOrNull('details');
  return logged === null || logged === sha256(canonical(details)).toString('hex');
}

/** Every code under this name in any line, once. */
function once(details: readonly { [name: string]: Json }[], name: string): string[] {
  return [...new Set(details.flatMap((detail) => (detail[name] ?? []) as string[]))].sort();
}

/** A line of a consent out of its words in a receipt. */
function detailOf(line: Fields): { [name: string]: Json } {
  const type = line.string('line_type');
  const items = line.objects('pii_information').map((item) => item.string('pii_attribute_id'));
  const isReporting = type.startsWith('ccx_interactions');
  return {
    id: line.string('line'),
    type,
    purposes: line.strings('purpose'),
    touchpoints: line.strings('touchpoints'),
    ...(isReporting ? reporting(line, type, items) : reading(line, items)),
    ...given(line, 'expires_at', 'statement'),
  };
}

function reporting(line: Fields, type: string, items: string[]): { [name: string]: Json } {
  return {
    ...(type === 'ccx_interactions'
      ? { event_types: items }
      : { products: items, event_types: line.strings('event_types') }),
    late_reporting: line.string('late_reporting'),
    ...given(line, 'since'),
  };
}

function reading(line: Fields, items: string[]): { [name: string]: Json } {
  const recipients = line.strings('recipient_third_parties');
  return {
    attributes: items,
    stages: line.strings('stages'),
    delivery: line.strings('delivery'),
    retention: line.object('retention_period').string('duration'),
    ...(recipients.length > 0 && { recipients }),
  };
}

function given(line: Fields, ...names: string[]): { [name: string]: Json } {
  return Object.fromEntries(names.flatMap((name) => (line.has(name) ? [[name, line.string(name)]] : [])));
}
