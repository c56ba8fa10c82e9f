import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type AdapterPayload, errors } from 'oidc-provider';

import { Clock } from '../platform/clock.js';
import { Pepper } from '../platform/crypto/pepper.js';
import { hmac, open, seal, sha256 } from '../platform/crypto/seal.js';
import { customerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { PersonalData } from '../platform/personal-data.js';
import {
  consumeArtifact,
  findArtifact,
  type FoundArtifact,
  notePoll,
  recordOnce,
  removeArtifact,
  saveArtifact,
  sweepExpired,
  type TokenHolder,
} from './artifacts.queries.js';
import { EngineContext } from './engine-context.js';
import { Grants, holderOf } from './grants.js';

const SWEEP_EVERY_MS = 600_000;
/**
 * Proofs count as recent for five minutes in either direction, by a clock that may be ahead: what was used once is
 * remembered for longer than it could be shown again.
 */
const KEPT_AFTER_EXPIRY_MS = 900_000;

/** What the engine keeps between requests. Values are stored as hashes, what they stand for sealed. */
@Injectable()
export class ArtifactStore implements OnModuleInit {
  private readonly key: Buffer;

  constructor(
    private readonly context: EngineContext,
    private readonly grants: Grants,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly personalData: PersonalData,
    pepper: Pepper,
  ) {
    this.key = pepper.derive('oauth artifacts');
  }

  onModuleInit(): void {
    this.jobs.every('oauth.sweep', SWEEP_EVERY_MS, () => this.sweep());
    this.personalData.register({
      module: 'authorization',
      tables: ['oauth_artifacts'],
      atOnce: true,
      // Codes, refresh tokens and page visits say nothing that the consent does not say better.
      export: async function* () {},
      erase: async (tx, { bucket, customerId }) => {
        await tx.query('delete from oauth_artifacts where bucket = $1 and customer_id = $2', [bucket, customerId]);
      },
    });
  }

  async save(model: string, id: string, payload: AdapterPayload, ttlSeconds: number): Promise<void> {
    const idHash = hashOf(model, id);
    const customerId = payload.accountId ?? payload.session?.accountId;
    await saveArtifact(this.context.reader, {
      idHash,
      model,
      uidHash: this.otherNameOf(model, payload),
      customer: customerId ? customerKey(customerId) : null,
      holder: payload.grantId ? await this.tokenHolder(payload.grantId) : null,
      sealed: seal(this.key, JSON.stringify(payload), aadOf(model, idHash)),
      expiresAt: new Date(this.clock.now().getTime() + ttlSeconds * 1000),
    });
  }

  async find(model: string, id: string): Promise<AdapterPayload | undefined> {
    const found = await findArtifact(this.context.reader, 'id_hash', hashOf(model, id));
    return found && (await this.isDead(found)) ? undefined : this.open(model, found);
  }

  async findSessionByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.open('Session', await findArtifact(this.context.reader, 'uid_hash', hashOf('Session uid', uid)));
  }

  /** @param userCode As it was typed, without what only makes it readable. */
  async findDeviceByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.open('DeviceCode', await findArtifact(this.context.reader, 'uid_hash', this.userCodeHash(userCode)));
  }

  /** Notes that a device asks whether its code has been decided, unless it did so less than `everyMs` ago: then false. */
  mayPoll(deviceCode: string, everyMs: number): Promise<boolean> {
    const now = this.clock.now();
    const before = new Date(now.getTime() - everyMs);
    return notePoll(this.context.reader, hashOf('DeviceCode', deviceCode), now, before);
  }

  /**
   * Uses up a code, a pushed request or a refresh token that rotates.
   * @throws errors.InvalidGrant, errors.InvalidRequestUri when it was used before, however short before
   */
  async consume(model: string, id: string): Promise<void> {
    const idHash = hashOf(model, id);
    if (await consumeArtifact(this.context.reader, idHash, this.clock.now())) return;
    if (model === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('request_uri was already used');
    // Somebody else has used it at the same moment, so that two parties hold it: what either got from it must end.
    const found = await findArtifact(this.context.reader, 'id_hash', idHash);
    const holder = found && tokenHolderOf(found);
    if (holder) await this.grants.endTokens(holder.customer, holder.consentId, holder.clientId);
    throw new errors.InvalidGrant('it was already used');
  }

  remove(model: string, id: string): Promise<void> {
    return removeArtifact(this.context.reader, hashOf(model, id));
  }

  /**
   * Records that a client has used an assertion or a proof. The engine would first ask and then record, which lets two
   * through that come at once; here recording is asking.
   */
  isFirstUse(clientId: string, id: string, expiresAt: Date): Promise<boolean> {
    return recordOnce(this.context.reader, 'oauth_replays', sha256(JSON.stringify([clientId, id])), expiresAt);
  }

  async sweep(): Promise<void> {
    await sweepExpired(this.database.reader, new Date(this.clock.now().getTime() - KEPT_AFTER_EXPIRY_MS));
  }

  /** By what an artifact is found apart from its id. */
  private otherNameOf(model: string, { uid, userCode }: AdapterPayload): Buffer | null {
    if (model === 'Session' && uid) return hashOf('Session uid', uid);
    return model === 'DeviceCode' && userCode ? this.userCodeHash(userCode) : null;
  }

  /** Codes that people type are short: without our key, all of them could be hashed and compared. */
  private userCodeHash(userCode: string): Buffer {
    return hmac(this.key, `user code:${userCode}`);
  }

  private async tokenHolder(grantId: string): Promise<TokenHolder> {
    const granted = await this.grants.find(grantId);
    if (!granted) throw new errors.InvalidGrant('the consent has ended');
    const { consent, clientId, epoch } = granted;
    return { customer: holderOf(consent), consentId: consent.id, clientId, epoch };
  }

  private async isDead(found: FoundArtifact): Promise<boolean> {
    const holder = tokenHolderOf(found);
    if (!holder) return false;
    const granted = await this.grants.find(`${holder.consentId}.${holder.clientId}`);
    return granted?.epoch !== holder.epoch;
  }

  private open(model: string, found: FoundArtifact | undefined): AdapterPayload | undefined {
    if (!found) return undefined;
    const text = open(this.key, found.sealed, aadOf(model, found.id_hash)).toString();
    const payload = JSON.parse(text) as AdapterPayload;
    if (!found.consumed_at) return payload;
    // What was used does not expire: the engine would refuse it for that alone, and leave a thief what came of it.
    return { ...payload, consumed: Math.floor(found.consumed_at.getTime() / 1000), exp: Number.MAX_SAFE_INTEGER };
  }
}

function hashOf(model: string, value: string): Buffer {
  return sha256(`${model}:${value}`);
}

function aadOf(model: string, idHash: Buffer): string {
  return `${model}:${idHash.toString('base64url')}`;
}

function tokenHolderOf(found: FoundArtifact): TokenHolder | null {
  const { customer_id, consent_id, client_id, token_epoch } = found;
  if (!customer_id || !consent_id || !client_id || token_epoch === null) return null;
  return { customer: customerKey(customer_id), consentId: consent_id, clientId: client_id, epoch: token_epoch };
}
