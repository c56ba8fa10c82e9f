import { committedLeafHash } from '../audit/leaf.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { canonicalJson, type JsonObject } from '../platform/json.js';

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

/** A disclosure as the log commits to it. The customer is named by the consent alone. */
export function disclosureRecord(disclosure: Disclosure): JsonObject {
  const { id, consent, retailerId, clientId, attributes, purpose, touchpoint, stage, checkedAt } = disclosure;
  return {
    id,
    consent: { id: consent.id, version: consent.version },
    retailer_id: retailerId,
    client_id: clientId,
    attributes: [...attributes],
    purpose,
    touchpoint,
    stage,
    checked_at: checkedAt.toISOString(),
    unchanged: disclosure.unchanged,
    refused: disclosure.refused,
  };
}

/**
 * The leaf by which the tree of a batch commits to a disclosure: `{"c": base64url(SHA-256(nonce ‖ JCS(disclosure))),
 * "v": 1}`, the form of the log's own leaves. Without the nonce, which is erased with the row, nobody can guess the
 * disclosure back.
 */
export function disclosureLeafHash(disclosure: Disclosure, nonce: Buffer): Buffer {
  return committedLeafHash(nonce, canonicalJson(disclosureRecord(disclosure)));
}
