import { deriveKey, hmac, open, seal, SealBrokenError, sha256 } from '../platform/crypto/seal.js';
import { canonicalJson, type JsonObject } from '../platform/json.js';
import { leafHashOf } from './tree.js';

/** One entry, as the log keeps it: a hash to be proved and the event sealed for those who may open it. */
export interface Leaf {
  leafHash: Buffer;
  sealed: Buffer;
}

/** An entry with what its leaf is made of, which is all that is left of it once it is erased. */
export interface CommittedLeaf extends Leaf {
  commitment: Buffer;
}

/**
 * Commits to an event. The leaf is `{"c": base64url(SHA-256(nonce ‖ JCS(event))), "v": 1}` and nothing else, its hash
 * that of RFC 6962 §2.1. The nonce comes from the audit key, so that once the key is destroyed nobody can guess the
 * event back from the leaf, and whoever still holds the event and its nonce can prove that it is the one.
 *
 * @param auditKey 32 bytes: the customer's, or the broker's for entries about no customer.
 */
export function makeLeaf(auditKey: Buffer, id: string, event: JsonObject): CommittedLeaf {
  const text = canonicalJson(event);
  const commitment = sha256(nonceOf(auditKey, id), text);
  return {
    commitment,
    leafHash: leafHashOf(leafBytes(commitment)),
    sealed: seal(keysFrom(auditKey).seal, text, id),
  };
}

/** Opens an entry and tells what it commits to, and whether that is what the leaf commits to. */
export function openLeaf(
  auditKey: Buffer,
  id: string,
  leaf: Leaf,
): { event: JsonObject; commitment: Buffer; intact: boolean } {
  const text = open(keysFrom(auditKey).seal, leaf.sealed, id).toString();
  const commitment = sha256(nonceOf(auditKey, id), text);
  const intact = leafHashOf(leafBytes(commitment)).equals(leaf.leafHash);
  return { event: JSON.parse(text) as JsonObject, commitment, intact };
}

/** An entry that was opened: the event, the nonce, and whether the leaf commits to them. */
export interface Opening {
  readonly event: JsonObject;
  readonly nonce: Buffer;
  readonly intact: boolean;
}

/** Opens an entry for those who want to prove it; null where it does not open, so that it is not what was written. */
export function openingOf(auditKey: Buffer, id: string, leaf: Leaf): Opening | null {
  try {
    const { event, intact } = openLeaf(auditKey, id, leaf);
    return { event, intact, nonce: nonceOf(auditKey, id) };
  } catch (error) {
    if (error instanceof SealBrokenError) return null;
    throw error;
  }
}

export function nonceOf(auditKey: Buffer, id: string): Buffer {
  return hmac(keysFrom(auditKey).nonce, id);
}

interface LeafKeys {
  readonly seal: Buffer;
  readonly nonce: Buffer;
}

/** Gone when the audit key is: deriving both for every entry would be half of the work on it. */
const derived = new WeakMap<Buffer, LeafKeys>();

function keysFrom(auditKey: Buffer): LeafKeys {
  let keys = derived.get(auditKey);
  if (!keys) {
    keys = { seal: deriveKey(auditKey, 'audit seal'), nonce: deriveKey(auditKey, 'audit nonce') };
    derived.set(auditKey, keys);
  }
  return keys;
}

/** The bytes of the leaf that holds this commitment, in the canonical form of RFC 8785: what is hashed and mirrored. */
export function leafBytes(commitment: Buffer): Buffer {
  return Buffer.from(`{"c":"${commitment.toString('base64url')}","v":1}`);
}

/** The leaf hash that commits to a text, which is told again only by whoever has both it and the nonce. */
export function committedLeafHash(nonce: Buffer, text: string): Buffer {
  return leafHashOf(leafBytes(sha256(nonce, text)));
}
