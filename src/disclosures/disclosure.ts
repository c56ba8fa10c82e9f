import { committedLeafHash } from '../audit/leaf.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { JsonObject } from '../platform/json.js';

/** One read of a customer's preferences that was answered or refused: who, what, why, where, when, by which consent. */
export interface Disclosure {
  readonly id: string;
  readonly customer: CustomerKey;
  /** The consent as it was found, and the version that allowed the read. */
  readonly consent: { readonly id: string; readonly version: number };
  readonly retailerId: string;
  readonly clientId: string;
  /** What the answer told of; for a refused read what was asked for by name. */
  readonly attributes: readonly string[];
  readonly purpose: string | null;
  readonly touchpoint: string | null;
  readonly stage: string | null;
  /** The database's time of the statement that checked the consent. */
  readonly checkedAt: Date;
  /** The retailer held the answer already and was told that it still stands. */
  readonly unchanged: boolean;
  /** The code of the problem with which the read was refused. */
  readonly refused: string | null;
}

/**
 * A disclosure as the log commits to it. The customer is named by the consent alone. The members stand in the order of
 * RFC 8785, so that `JSON.stringify` writes the canonical form.
 */
export function disclosureRecord(disclosure: Disclosure): JsonObject {
  return {
    attributes: [...disclosure.attributes],
    checked_at: disclosure.checkedAt.toISOString(),
    client_id: disclosure.clientId,
    consent: { id: disclosure.consent.id, version: disclosure.consent.version },
    id: disclosure.id,
    purpose: disclosure.purpose,
    refused: disclosure.refused,
    retailer_id: disclosure.retailerId,
    stage: disclosure.stage,
    touchpoint: disclosure.touchpoint,
    unchanged: disclosure.unchanged,
  };
}

/**
 * The leaf by which the tree of a batch commits to a disclosure: `{"c": base64url(SHA-256(nonce ‖ JCS(disclosure))),
 * "v": 1}`, the form of the log's own leaves. Without the nonce, which is erased with the row, nobody can guess the
 * disclosure back.
 */
export function disclosureLeafHash(disclosure: Disclosure, nonce: Buffer): Buffer {
  return committedLeafHash(nonce, JSON.stringify(disclosureRecord(disclosure)));
}
