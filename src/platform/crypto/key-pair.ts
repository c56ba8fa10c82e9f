import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';

import { calculateJwkThumbprint } from 'jose';

import type { Tx } from '../database/database.js';
import type { Kek } from './kek.js';
import { type PublicSigningJwk, SigningKey, type SigningKeyUse } from './signing-key.entity.js';

export const signingKeyAad = (kid: string): string => `signing key:${kid}`;

/** A new key for ES256, which is published from now on and signs when its turn comes. */
export async function newSigningKey(tx: Tx, kek: Kek, use: SigningKeyUse, at: Date): Promise<SigningKey> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' }) as JsonWebKey & { x: string; y: string };
  const kid = await calculateJwkThumbprint({ kty: 'EC', crv: 'P-256', x, y });
  const publicJwk: PublicSigningJwk = { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' };
  return tx.create(SigningKey, {
    kid,
    use,
    status: 'next',
    publicJwk,
    privateWrapped: kek.wrap(privateKey.export({ format: 'der', type: 'pkcs8' }), signingKeyAad(kid)),
    createdAt: at,
    activatedAt: null,
    retiredAt: null,
    revokedAt: null,
  });
}

/** @throws SealBrokenError when the KEK is not the one that wrapped it */
export function privateKeyOf({ kid, privateWrapped }: SigningKey, kek: Kek): KeyObject {
  if (!privateWrapped) throw new Error(`The private part of the key ${kid} has been destroyed.`);
  return createPrivateKey({ key: kek.unwrap(privateWrapped, signingKeyAad(kid)), format: 'der', type: 'pkcs8' });
}
