import { createPublicKey, type KeyObject, verify } from 'node:crypto';

import { distrust, malformed, quoted, tampering } from './fault.js';
import { decodeBase64Url, Fields } from './fields.js';
import { decodeUtf8, type Json, parseJson } from './json.js';

/** Keys by their ids, as the broker publishes them (JWKS, RFC 7517). */
export type KeySet = ReadonlyMap<string, KeyObject>;

/** @throws Fault */
export function parseKeySet(json: Json): KeySet {
  const usable = new Fields(json, 'the set of keys')
    .objects('keys')
    .filter((key) => key.get('kty') === 'EC' && key.get('crv') === 'P-256' && key.has('kid'));
  return new Map(usable.map((key) => [key.string('kid'), publicKey(key)]));
}

function publicKey(jwk: Fields): KeyObject {
  try {
    const key = { kty: 'EC', crv: 'P-256', x: jwk.string('x'), y: jwk.string('y') };
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    throw malformed(`the key ${quoted(jwk.string('kid'))} is not on its curve`);
  }
}

/** What a compact JWS says, not verified. */
export interface Jws {
  readonly typ: string;
  readonly kid: string;
  readonly payload: Json;
  /** Whether one of the keys has signed it. @throws Fault when none has */
  verify(keys: KeySet): void;
}

/** Reads a compact JWS as the broker makes them: ES256, with `typ` and `kid`, and nothing critical. @throws Fault */
export function parseJws(text: string, what: string): Jws {
  const parts = text.split('.');
  const [header, payload, signature] = parts.map(decodeBase64Url);
  if (parts.length !== 3 || !header || !payload || !signature) throw malformed(`${what} is no compact JWS`);
  const fields = new Fields(parseJson(decodeUtf8(header, `the header of ${what}`), `the header of ${what}`), 'it');
  if (fields.get('alg') !== 'ES256' || fields.has('crit')) throw malformed(`${what} is not signed with ES256`);
  const kid = fields.string('kid');
  const signed = Buffer.from(text.slice(0, text.lastIndexOf('.')));
  return {
    typ: fields.string('typ'),
    kid,
    payload: parseJson(decodeUtf8(payload, what), what),
    verify: (keys) => {
      const key = keys.get(kid);
      if (!key) throw distrust(`${what} is signed with ${quoted(kid)}, which is none of the keys`);
      if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature))
        throw tampering(`${what} does not have the signature that it shows: it was changed`);
    },
  };
}
