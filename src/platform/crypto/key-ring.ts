import { LessThan } from 'typeorm';

import type { Tx } from '../database/database.js';
import type { Kek } from './kek.js';
import { newSigningKey } from './key-pair.js';
import { SigningKey, type SigningKeyUse, TOKENS_OUTLIVED_AFTER_MS } from './signing-key.entity.js';
import { SigningKeyTooNewError } from './signing-keys.errors.js';

/** The keys of one use, none of which changes until the transaction ends. */
export interface KeyRing {
  readonly use: SigningKeyUse;
  readonly current?: SigningKey;
  readonly next?: SigningKey;
  readonly retired: readonly SigningKey[];
}

/** What a rotation has made of a ring. */
export interface Rotation {
  readonly current: SigningKey;
  readonly next: SigningKey;
  /** Those that do not sign any more: retired, or revoked in an emergency. */
  readonly ended: readonly SigningKey[];
}

export async function lockKeyRing(tx: Tx, use: SigningKeyUse): Promise<KeyRing> {
  // The table and not its rows: a rotation inserts one, which whoever waited for a row would not see. Readers go on.
  await tx.query('lock table signing_keys in share row exclusive mode');
  const keys = await tx.find(SigningKey, { where: { use } });
  return {
    use,
    current: keys.find(({ status }) => status === 'current'),
    next: keys.find(({ status }) => status === 'next'),
    retired: keys.filter(({ status }) => status === 'retired'),
  };
}

/** The first two keys, where there are none. */
export async function makeFirst(tx: Tx, kek: Kek, { use, current }: KeyRing, at: Date): Promise<void> {
  if (current) return;
  await makePair(tx, kek, use, at);
}

/**
 * The next key takes over, and a new one comes after it.
 * @throws SigningKeyTooNewError while others may not have seen the next key
 */
export async function rotate(tx: Tx, kek: Kek, { use, ...ring }: KeyRing, at: Date): Promise<Rotation> {
  const { current, next } = ring;
  if (!current || !next) throw new Error(`There are no keys for the use ${use}.`);
  if (at < next.usableFrom) throw new SigningKeyTooNewError(next.usableFrom);
  current.retire(at);
  next.activate(at);
  const after = await newSigningKey(tx, kek, use, at);
  await saveInOrder(tx, [current, next, after]);
  return { current: next, next: after, ended: [current] };
}

/**
 * What could have leaked signs and verifies nothing more: the current key, the next one, and for tokens those that
 * retired a while ago, too. Receipts of keys that retired before were signed when nothing had leaked.
 */
export async function replaceAll(tx: Tx, kek: Kek, { use, ...ring }: KeyRing, at: Date): Promise<Rotation> {
  const ended = [ring.current, ring.next, ...(use === 'token' ? ring.retired : [])].filter((key) => key !== undefined);
  for (const key of ended) key.revoke(at);
  await saveInOrder(tx, ended);
  return { ...(await makePair(tx, kek, use, at)), ended };
}

/** Destroys the private parts of keys that retired long ago, so that nobody can ever sign with them again. */
export async function destroyPrivateParts(tx: Tx, now: Date): Promise<void> {
  await tx.update(
    SigningKey,
    { status: 'retired', retiredAt: LessThan(new Date(now.getTime() - TOKENS_OUTLIVED_AFTER_MS)) },
    { privateWrapped: null },
  );
}

async function makePair(tx: Tx, kek: Kek, use: SigningKeyUse, at: Date): Promise<Pick<Rotation, 'current' | 'next'>> {
  const current = await newSigningKey(tx, kek, use, at);
  current.activate(at);
  const next = await newSigningKey(tx, kek, use, at);
  await saveInOrder(tx, [current, next]);
  return { current, next };
}

/** One after the other: at no moment are there two current or two next ones. */
async function saveInOrder(tx: Tx, keys: readonly SigningKey[]): Promise<void> {
  for (const key of keys) await tx.save(key);
}
