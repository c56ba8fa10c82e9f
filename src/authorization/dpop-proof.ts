import { createPublicKey, type KeyObject, verify } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { sha256 } from '../platform/crypto/seal.js';
import { InvalidProofError } from '../platform/errors.js';

/** As at the token endpoint: a client that gets tokens has a clock that is good enough here. */
export const PROOF_WINDOW_MS = 300_000;
/** How far a client's clock may be ahead of ours (FAPI 2.0 §5.3.2.1-13). */
const AHEAD_MS = 60_000;
const LONGEST_PROOF = 4_000;
const LONGEST_JTI = 256;

export interface ProofContext {
  readonly method: string;
  /** The address that was called, under the configured origin, without its query. */
  readonly url: string;
  /** The SHA-256 of the token, in base64url. */
  readonly tokenHash: string;
  /** The thumbprint of the key to which the token is bound. */
  readonly thumbprint: string;
  readonly now: Date;
}

export interface CheckedProof {
  /** By what the proof is recorded as used. */
  readonly jtiHash: Buffer;
  /** Until when it could be shown again. */
  readonly expiresAt: Date;
}

/** What a proof says of its key. */
interface ProofKey {
  readonly key: KeyObject;
  /** RFC 7638. */
  readonly thumbprint: string;
}

/** By the header as it was sent: all proofs of a client have the same one. */
const keys = new LRUCache<string, ProofKey>({ max: 10_000 });
const LONGEST_KNOWN_HEADER = 500;

/**
 * Checks a DPoP proof that comes with a call (RFC 9449 §4.3). Whether it was used before is for the caller to record.
 *
 * The signature is verified here and now: handing it to another thread costs half as much again as doing it.
 *
 * @throws InvalidProofError
 */
export function checkProof(proof: string | undefined, context: ProofContext): CheckedProof {
  if (proof === undefined) throw new InvalidProofError('The token is bound to a key: the call needs a DPoP proof.');
  const [header, payload, signature, ...more] = proof.length > LONGEST_PROOF ? [] : proof.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) {
    throw new InvalidProofError('The DPoP header is not a JWT.');
  }
  const { key, thumbprint } = keyOf(header);
  // The cheap comparison first: nobody but the holder of the token's key makes us verify a signature.
  if (thumbprint !== context.thumbprint) {
    throw new InvalidProofError('The proof is signed with another key than the one to which the token is bound.');
  }
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))) {
    throw new InvalidProofError('The signature of the proof does not verify.');
  }
  return claimsOf(decoded(payload), context);
}

function keyOf(header: string): ProofKey {
  const known = keys.get(header);
  if (known) return known;
  const { typ, alg, crit, jwk } = decoded(header);
  if (typ !== 'dpop+jwt') throw new InvalidProofError('The proof must have the type dpop+jwt.');
  if (alg !== 'ES256') throw new InvalidProofError('The proof must be signed with ES256.');
  if (crit !== undefined) throw new InvalidProofError('The proof has a critical header that is not known here.');
  const { kty, crv, x, y, d } = (typeof jwk === 'object' && jwk !== null ? jwk : {}) as Record<string, unknown>;
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string' || d !== undefined) {
    throw new InvalidProofError('The proof must carry its public key, and only that, as jwk.');
  }
  const found = {
    key: publicKey({ kty, crv, x, y }),
    thumbprint: sha256(JSON.stringify({ crv, kty, x, y })).toString('base64url'),
  };
  if (header.length <= LONGEST_KNOWN_HEADER) keys.set(header, found);
  return found;
}

function publicKey(jwk: { kty: string; crv: string; x: string; y: string }): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new InvalidProofError('The public key of the proof is none.');
  }
}

function decoded(part: string): Record<string, unknown> {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown;
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new InvalidProofError('The DPoP header is not a JWT.');
}

function claimsOf(claims: Record<string, unknown>, context: ProofContext): CheckedProof {
  const { jti, htm, htu, iat, nbf, exp, ath } = claims;
  const now = context.now.getTime();
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) {
    throw new InvalidProofError('The proof must have a jti.');
  }
  if (htm !== context.method) throw new InvalidProofError(`The proof is not for the method ${context.method}.`);
  if (typeof htu !== 'string' || !isSameAddress(htu, context.url)) {
    throw new InvalidProofError(`The proof is not for the address ${context.url}.`);
  }
  if (ath !== context.tokenHash) {
    throw new InvalidProofError('The proof is not for this token: ath must be its SHA-256.');
  }
  if (typeof iat !== 'number' || now - iat * 1000 > PROOF_WINDOW_MS || isAhead(iat, now)) {
    throw new InvalidProofError('The proof was not made just now: iat is too far from the time here.');
  }
  if (isAhead(nbf, now) || (typeof exp === 'number' && exp * 1000 <= now)) {
    throw new InvalidProofError('The proof does not hold now, as its nbf or exp says.');
  }
  return {
    jtiHash: sha256(`${context.thumbprint}:${jti}`),
    expiresAt: new Date(iat * 1000 + PROOF_WINDOW_MS),
  };
}

/** Whether a claim of a JWT names a time that no clock worth trusting has reached. */
export function isAhead(claim: unknown, nowMs: number): boolean {
  return typeof claim === 'number' && claim * 1000 - nowMs > AHEAD_MS;
}

/** Whether both are the same but for their queries. */
function isSameAddress(named: string, called: string): boolean {
  const [path] = called.split('?', 1);
  if (named === path) return true;
  const normal = withoutQuery(called);
  return normal !== null && withoutQuery(named) === normal;
}

function withoutQuery(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}
