import { decodeProtectedHeader } from 'jose';

import {
  PUBLISHED_BEFORE_USE_MS,
  type PublicSigningJwk,
  type SigningKeyUse,
} from '../../src/platform/crypto/signing-key.entity.js';
import type { Caller } from './actors.js';
import type { TestApp } from './app.js';

/** Makes the next key one that was published long enough ago. */
export async function ripenNextKey(app: TestApp, use: SigningKeyUse): Promise<void> {
  const createdAt = new Date(app.clock.now().getTime() - PUBLISHED_BEFORE_USE_MS);
  await app.db.query(`update signing_keys set created_at = $2 where use = $1 and status = 'next'`, [use, createdAt]);
}

/** Lets the next key sign from now on, and answers which one that is. */
export async function rotateKeys(app: TestApp, operator: { api: Caller }, use: SigningKeyUse): Promise<string> {
  await ripenNextKey(app, use);
  const { body } = await operator.api.post('/v1/admin/keys/rotate').send({ use }).expect(200);
  return body.current.kid as string;
}

/** What everybody can read, as the process at `origin` has it. */
export async function publishedKeys(origin: string): Promise<PublicSigningJwk[]> {
  const answer = await fetch(`${origin}/oauth/jwks`);
  return ((await answer.json()) as { keys: PublicSigningJwk[] }).keys;
}

export const kidsAt = async (origin: string): Promise<string[]> => (await publishedKeys(origin)).map(({ kid }) => kid);

export const kidOf = (jwt: string): string => String(decodeProtectedHeader(jwt).kid);
