import { deriveKey, hmac, open, seal, sha256 } from '../platform/crypto/seal.js';
import { canonicalJson, type JsonObject } from '../platform/json.js';
import { leafHashOf } from './batch-tree.js';

/** One entry, as the log keeps it: a hash to be proved and the event sealed for those who may open it. */
export interface Leaf {
  leafHash: Buffer;
  sealed: Buffer;
}

/**
 * Commits to an event. The leaf is `{"c": base64url(SHA-256(nonce ‖ JCS(event))), "v": 1}` and nothing else, its hash
 * that of RFC 6962 §2.1. The nonce comes from the audit key, so that once the key is destroyed nobody can guess the
 * event back from the leaf, and whoever still holds the event and its nonce can prove that it is the one.
 *
 * @param auditKey 32 bytes: the customer's, or the broker's for entries about no customer.
 */
export function makeLeaf(auditKey: Buffer, id: string, event: JsonObject): Leaf {
  const text = canonicalJson(event);
  return {
    leafHash: committedLeafHash(nonceOf(auditKey, id), text),
    sealed: seal(deriveKey(auditKey, 'audit seal'), text, id),
  };
}

/** Opens an entry and tells whether it is the event that the leaf commits to. */
export function openLeaf(auditKey: Buffer, id: string, leaf: Leaf): { event: JsonObject; intact: boolean } {
  const text = open(deriveKey(auditKey, 'audit seal'), leaf.sealed, id).toString();
  const leafHash = committedLeafHash(nonceOf(auditKey, id), text);
  return { event: JSON.parse(text) as JsonObject, intact: leafHash.equals(leaf.leafHash) };
}

export function nonceOf(auditKey: Buffer, id: string): Buffer {
  return hmac(deriveKey(auditKey, 'audit nonce'), id);
}

/** The leaf hash that commits to a text, which is told again only by whoever has both it and the nonce. */
export function committedLeafHash(nonce: Buffer, text: string): Buffer {
  return leafHashOf(canonicalJson({ c: sha256(nonce, text).toString('base64url'), v: 1 }));
}
