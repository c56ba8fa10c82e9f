import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
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
  readonly token: string;
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

type PublicKey = Awaited<ReturnType<typeof importJWK>>;

const keys = new LRUCache<string, PublicKey>({ max: 10_000 });

/**
 * Checks a DPoP proof that comes with a call (RFC 9449 §4.3). Whether it was used before is for the caller to record.
 *
 * @throws InvalidProofError
 */
export async function checkProof(proof: string | undefined, context: ProofContext): Promise<CheckedProof> {
  if (proof === undefined) throw new InvalidProofError('The token is bound to a key: the call needs a DPoP proof.');
  const jwk = keyOf(proof);
  // The cheap comparison first: nobody but the holder of the token's key makes us verify a signature.
  if (thumbprintOf(jwk) !== context.thumbprint) {
    throw new InvalidProofError('The proof is signed with another key than the one to which the token is bound.');
  }
  return claimsOf(await verified(proof, jwk, context.thumbprint), context);
}

interface EcJwk {
  crv: string;
  x: string;
  y: string;
}

function keyOf(proof: string): EcJwk {
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    if (proof.length > LONGEST_PROOF) throw new TypeError('too long');
    header = decodeProtectedHeader(proof);
  } catch {
    throw new InvalidProofError('The DPoP header is not a JWT.');
  }
  if (header.typ !== 'dpop+jwt') throw new InvalidProofError('The proof must have the type dpop+jwt.');
  if (header.alg !== 'ES256') throw new InvalidProofError('The proof must be signed with ES256.');
  const { kty, crv, x, y, d } = (header.jwk ?? {}) as JWK;
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string' || d !== undefined) {
    throw new InvalidProofError('The proof must carry its public key, and only that, as jwk.');
  }
  return { crv, x, y };
}

/** The RFC 7638 thumbprint. */
function thumbprintOf({ crv, x, y }: EcJwk): string {
  return sha256(JSON.stringify({ crv, kty: 'EC', x, y })).toString('base64url');
}

async function verified(proof: string, jwk: EcJwk, thumbprint: string): Promise<Record<string, unknown>> {
  try {
    let key = keys.get(thumbprint);
    if (!key) {
      key = await importJWK({ kty: 'EC', ...jwk }, 'ES256');
      keys.set(thumbprint, key);
    }
    const { payload } = await compactVerify(proof, key, { algorithms: ['ES256'] });
    return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
  } catch {
    throw new InvalidProofError('The signature of the proof does not verify.');
  }
}

function claimsOf(claims: Record<string, unknown>, context: ProofContext): CheckedProof {
  const { jti, htm, htu, iat, nbf, exp, ath } = claims;
  const now = context.now.getTime();
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) {
    throw new InvalidProofError('The proof must have a jti.');
  }
  if (htm !== context.method) throw new InvalidProofError(`The proof is not for the method ${context.method}.`);
  const called = withoutQuery(context.url);
  if (typeof htu !== 'string' || called === null || withoutQuery(htu) !== called) {
    throw new InvalidProofError(`The proof is not for the address ${context.url}.`);
  }
  if (ath !== sha256(context.token).toString('base64url')) {
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

function withoutQuery(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}
