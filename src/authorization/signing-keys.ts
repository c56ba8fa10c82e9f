import { Injectable } from '@nestjs/common';
import { createPrivateKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { calculateJwkThumbprint, importJWK } from 'jose';

import { Clock } from '../platform/clock.js';
import { Kek } from '../platform/crypto/kek.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { type PublicSigningJwk, SigningKey } from './signing-key.entity.js';

/** All keys that matter now, as the engine wants them: the one in use first. */
export interface PrivateSigningJwk extends PublicSigningJwk {
  d: string;
}

export type VerificationKey = Awaited<ReturnType<typeof importJWK>>;

/** Tokens live for minutes: an unknown key is looked for again, but not at every forged token. */
const LOOK_AGAIN_AFTER_MS = 5_000;
/** How long a retired key stays published: longer than any token that it signed. */
const PUBLISHED_AFTER_RETIREMENT_MS = 3_600_000;

const aadOf = (kid: string): string => `signing key:${kid}`;

/** The keys that sign tokens (ES256). Their private parts are wrapped by the KEK. */
@Injectable()
export class SigningKeys {
  private verificationKeys = new Map<string, VerificationKey>();
  private lookedAt = 0;
  private looking = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly kek: Kek,
    private readonly clock: Clock,
  ) {}

  /** The published keys with their private parts, the current one first. Makes the first two when there are none. */
  async load(): Promise<PrivateSigningJwk[]> {
    let keys = await this.publishedKeys(this.database.reader);
    if (!keys.some(({ status }) => status === 'current')) {
      await this.database.transaction((tx) => this.makeFirst(tx));
      keys = await this.publishedKeys(this.database.reader);
    }
    return keys.map((key) => this.unwrap(key));
  }

  /** The key that verifies a token, or undefined when no such key is published. */
  async verificationKey(kid: string): Promise<VerificationKey | undefined> {
    if (!this.verificationKeys.has(kid)) await this.lookAgain();
    return this.verificationKeys.get(kid);
  }

  /** Whoever comes while somebody looks waits for what they find. */
  private lookAgain(): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - this.lookedAt >= LOOK_AGAIN_AFTER_MS) {
      this.lookedAt = now;
      this.looking = this.look().catch((error: unknown) => {
        this.lookedAt = 0;
        throw error;
      });
    }
    return this.looking;
  }

  private async look(): Promise<void> {
    const published = await this.publishedKeys(this.database.reader);
    this.verificationKeys = new Map(
      await Promise.all(
        published.map(async ({ publicJwk }) => [publicJwk.kid, await importJWK({ ...publicJwk }, 'ES256')] as const),
      ),
    );
  }

  private publishedKeys(reader: Reader): Promise<SigningKey[]> {
    return reader
      .createQueryBuilder(SigningKey, 'k')
      .where(`k.status <> 'retired' or k.retired_at > :since`, {
        since: new Date(this.clock.now().getTime() - PUBLISHED_AFTER_RETIREMENT_MS),
      })
      .orderBy(`case k.status when 'current' then 0 when 'next' then 1 else 2 end`)
      .addOrderBy('k.created_at', 'DESC')
      .getMany();
  }

  // Two processes that start at once both come here: the unique indexes let one of them make each key.
  private async makeFirst(tx: Tx): Promise<void> {
    const at = this.clock.now();
    for (const status of ['current', 'next'] as const) {
      const key = await newKey();
      await tx.query(
        `insert into signing_keys (kid, status, public_jwk, private_wrapped, created_at, activated_at)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
        [
          key.publicJwk.kid,
          status,
          key.publicJwk,
          this.kek.wrap(key.pkcs8, aadOf(key.publicJwk.kid)),
          at,
          status === 'current' ? at : null,
        ],
      );
    }
  }

  private unwrap({ kid, publicJwk, privateWrapped }: SigningKey): PrivateSigningJwk {
    const pkcs8 = this.kek.unwrap(privateWrapped, aadOf(kid));
    const { d } = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
    return { ...publicJwk, d: d as string };
  }
}

async function newKey(): Promise<{ publicJwk: PublicSigningJwk; pkcs8: Buffer }> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' }) as JsonWebKey & { x: string; y: string };
  const kid = await calculateJwkThumbprint({ kty: 'EC', crv: 'P-256', x, y });
  return {
    publicJwk: { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' },
    pkcs8: privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
}
