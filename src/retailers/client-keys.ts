import { createPublicKey } from 'node:crypto';

import type { FieldError } from '../platform/errors.js';

/** A client's public signing key, as it is stored and published: ECDSA on P-256, the one algorithm in use. */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** Enough for a key in use, its successor, and a few programs of one client. */
export const MOST_KEYS = 10;
const LONGEST_KID = 200;

/** What only the holder of a private or symmetric key should know (RFC 7518 §6). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * Reads the JWK Set that a client registers. Members that say nothing about the key are dropped.
 *
 * @returns the keys, and what is wrong with the set, by JSON pointer into it; no fault quotes a key
 */
export function readClientKeys(jwks: Readonly<Record<string, unknown>>): { keys: PublicJwk[]; faults: FieldError[] } {
  const given = jwks['keys'];
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_KEYS) {
    return { keys: [], faults: [{ pointer: '/keys', detail: `must be a list of 1 to ${MOST_KEYS} keys` }] };
  }
  const faults = given.flatMap((key: unknown, index) =>
    faultsOfKey(key).map(({ pointer, detail }) => ({ pointer: `/keys/${index}${pointer}`, detail })),
  );
  if (faults.length > 0) return { keys: [], faults };
  const keys = given.map(publicPart);
  return { keys, faults: repeatedIds(keys) };
}

function faultsOfKey(key: unknown): FieldError[] {
  if (typeof key !== 'object' || key === null) return [{ pointer: '', detail: 'must be a JSON Web Key' }];
  const jwk = key as Record<string, unknown>;
  const secret = SECRET_MEMBERS.find((member) => member in jwk);
  if (secret !== undefined) {
    const detail = 'belongs to a private key; register the public part only, and replace this key: it has been sent';
    return [{ pointer: `/${secret}`, detail }];
  }
  if (jwk['kty'] !== 'EC' || jwk['crv'] !== 'P-256') {
    return [{ pointer: jwk['kty'] === 'EC' ? '/crv' : '/kty', detail: 'must be an elliptic-curve key (EC) on P-256' }];
  }
  const faults: FieldError[] = [];
  const { kid, alg = 'ES256', use = 'sig', key_ops: operations = ['verify'] } = jwk;
  if (typeof kid !== 'string' || kid === '' || kid.length > LONGEST_KID) {
    faults.push({ pointer: '/kid', detail: `must be a text of 1 to ${LONGEST_KID} characters` });
  }
  if (alg !== 'ES256') faults.push({ pointer: '/alg', detail: 'must be ES256' });
  if (use !== 'sig') faults.push({ pointer: '/use', detail: 'must be sig' });
  if (!Array.isArray(operations) || !operations.includes('verify')) {
    faults.push({ pointer: '/key_ops', detail: 'must include verify' });
  }
  if (!isPointOnCurve(jwk)) faults.push({ pointer: '/x', detail: 'is not, with y, a point on P-256' });
  return faults;
}

function isPointOnCurve({ x, y }: Record<string, unknown>): boolean {
  if (typeof x !== 'string' || typeof y !== 'string') return false;
  try {
    createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
    return true;
  } catch {
    return false;
  }
}

function publicPart(key: PublicJwk): PublicJwk {
  return { kty: 'EC', crv: 'P-256', x: key.x, y: key.y, kid: key.kid, alg: 'ES256', use: 'sig' };
}

function repeatedIds(keys: readonly PublicJwk[]): FieldError[] {
  return keys.flatMap(({ kid }, index) =>
    keys.findIndex((key) => key.kid === kid) < index
      ? [{ pointer: `/keys/${index}/kid`, detail: 'is the kid of another key of the set' }]
      : [],
  );
}
