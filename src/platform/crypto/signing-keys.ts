import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';

import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import type { JsonObject } from '../json.js';
import { Kek } from './kek.js';
import { lockKeyRing, makeFirst } from './key-ring.js';
import { privateKeyOf, signingKeyAad } from './key-pair.js';
import { type PublicSigningJwk, SigningKey, signingKeyUses } from './signing-key.entity.js';
import { WrappedKeys } from './wrapped-keys.js';

/** A key with its private part, as the OAuth engine wants it. */
export interface PrivateSigningJwk extends PublicSigningJwk {
  d: string;
}

/** How soon a process notices that another one has changed the keys. */
const LOOK_EVERY_MS = 2_000;
/** An unknown key is looked for at once, but not at every forged token. */
const LOOK_AGAIN_AFTER_MS = 1_000;

/**
 * The keys that sign tokens and receipts (ES256), as this process knows them. Each process looks every other second
 * whether they have changed, so that signing and verifying ask nobody.
 */
@Injectable()
export class SigningKeys implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(SigningKeys.name);
  private readonly listeners: (() => void | Promise<void>)[] = [];
  private keys: readonly SigningKey[] = [];
  private readonly publicKeys = new Map<string, KeyObject>();
  private receiptSigner?: { readonly kid: string; readonly key: KeyObject };
  private version = '';
  private looking = Promise.resolve();
  private lookedAgain = { at: 0, found: Promise.resolve() };
  private timer?: NodeJS.Timeout;
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly kek: Kek,
    private readonly clock: Clock,
    wrapped: WrappedKeys,
  ) {
    wrapped.register({
      table: 'signing_keys',
      column: 'private_wrapped',
      key: { kid: 'text' },
      of: 'kid',
      aad: signingKeyAad,
    });
  }

  /** Makes the first keys where there are none. */
  async onModuleInit(): Promise<void> {
    await this.refresh();
    for (const use of signingKeyUses) {
      if (this.keys.some((key) => key.use === use)) continue;
      await this.database.transaction(async (tx) => {
        await makeFirst(tx, this.kek, await lockKeyRing(tx, use), this.clock.now());
      });
    }
    await this.refresh();
    this.lookLater();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.looking.catch(() => undefined);
  }

  /** Has `listener` called whenever keys have changed. */
  onChange(listener: () => void | Promise<void>): void {
    this.listeners.push(listener);
  }

  /** Takes notice of what any process has changed before this call. */
  refresh(): Promise<void> {
    this.looking = this.looking.catch(() => undefined).then(() => this.look());
    return this.looking;
  }

  /** The published token keys with their private parts, the current one first. */
  tokenKeys(): PrivateSigningJwk[] {
    const whole = this.published('token').filter(({ privateWrapped }) => privateWrapped !== null);
    return whole.map((key) => {
      const { d } = privateKeyOf(key, this.kek).export({ format: 'jwk' });
      return { ...key.publicJwk, d: d as string };
    });
  }

  /** The key that verifies a token, or undefined when no token is signed with such a key. */
  async verificationKey(kid: string): Promise<KeyObject | undefined> {
    if (!this.keys.some((key) => key.kid === kid)) await this.lookAgain();
    const key = this.keys.find((known) => known.kid === kid);
    return key?.verifiesTokens(this.clock.now()) ? this.publicKeys.get(kid) : undefined;
  }

  /** Signs a consent receipt. It asks nobody, so that it can be called within a transaction. */
  signReceipt(payload: JsonObject): Promise<string> {
    return this.signToKeep('consent-receipt+jwt', payload);
  }

  /** Signs what people keep, with a key that stays published for ever: a JWS of this `typ`. It asks nobody. */
  signToKeep(typ: string, payload: JsonObject): Promise<string> {
    if (!this.receiptSigner) throw new Error('The signing keys have not been read yet.');
    const { kid, key } = this.receiptSigner;
    return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ES256', typ, kid })
      .sign(key);
  }

  /** The key that verifies what {@link signToKeep} signed; undefined for a foreign one and one that may have leaked. */
  keptVerificationKey(kid: string): KeyObject | undefined {
    const key = this.keys.find((known) => known.kid === kid);
    return key?.use === 'receipt' && key.status !== 'revoked' ? this.publicKeys.get(kid) : undefined;
  }

  /** Everything that somebody may want to verify with: the keys of tokens that live, and of receipts of all time. */
  publishedKeys(): PublicSigningJwk[] {
    return signingKeyUses.flatMap((use) => this.published(use)).map((key) => key.published());
  }

  private published(use: SigningKey['use']): SigningKey[] {
    const now = this.clock.now();
    return this.keys.filter((key) => key.use === use && key.isPublished(now));
  }

  private async look(): Promise<void> {
    const keys = await this.database.reader
      .createQueryBuilder(SigningKey, 'k')
      .orderBy(`array_position(array['current', 'next', 'retired', 'revoked'], k.status)`)
      .addOrderBy('k.created_at', 'DESC')
      .getMany();
    const version = keys.map(({ kid, status }) => `${kid} ${status}`).join();
    if (version === this.version) return;
    const signer = keys.find(({ use, status }) => use === 'receipt' && status === 'current');
    if (signer && signer.kid !== this.receiptSigner?.kid) {
      this.receiptSigner = { kid: signer.kid, key: privateKeyOf(signer, this.kek) };
    }
    for (const { kid, publicJwk } of keys) {
      if (!this.publicKeys.has(kid))
        this.publicKeys.set(kid, createPublicKey({ key: { ...publicJwk }, format: 'jwk' }));
    }
    this.keys = keys;
    for (const listener of this.listeners) await listener();
    this.version = version; // only now: whoever could not take notice is told again
  }

  /** Whoever comes while somebody looks waits for what they find. */
  private lookAgain(): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - this.lookedAgain.at >= LOOK_AGAIN_AFTER_MS) {
      const found = this.refresh().catch((error: unknown) => {
        this.lookedAgain.at = 0;
        throw error;
      });
      this.lookedAgain = { at: now, found };
    }
    return this.lookedAgain.found;
  }

  private lookLater(): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      void this.refresh()
        .catch((error: unknown) => this.logger.error('The signing keys could not be read.', error))
        .finally(() => this.lookLater());
    }, LOOK_EVERY_MS).unref();
  }
}
