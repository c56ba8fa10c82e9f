import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { Pepper } from '../crypto/pepper.js';
import { deriveKey, hmac, open, seal, sha256 } from '../crypto/seal.js';
import { Database } from '../database/database.js';
import { Jobs } from '../jobs/jobs.js';
import { canonicalJson, type JsonValue } from '../json.js';
import {
  IdempotencyInProgressError,
  IdempotencyKeyReusedError,
  IdempotencyOutcomeUnknownError,
} from './idempotency.errors.js';

const LIFE_MS = 24 * 3_600_000;
/** Longer than any request runs: after it, one that is still marked as running has died. */
const LONGEST_RUN_MS = 60_000;

export interface IdempotentRequest {
  readonly caller: string;
  /** The value of `Idempotency-Key`. */
  readonly key: string;
  readonly method: string;
  readonly url: string;
  readonly body: JsonValue;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
}

/** The right to run a request, held until it is settled or released. */
export interface Claim {
  readonly callerHash: Buffer;
  readonly keyHash: Buffer;
  readonly requestHash: Buffer;
  readonly answerKey: Buffer;
}

interface Row {
  request_hash: Buffer;
  status: 'running' | 'done';
  answer_sealed: Buffer | null;
  created_at: Date;
}

/**
 * Runs a request at most once per caller and key, and repeats its answer for 24 hours.
 *
 * The key is taken in a transaction of its own before the request runs. A refusal of ours releases it, since a refused
 * request leaves nothing behind. If the service dies in between, or cannot tell whether its commit was reached, the key
 * stays taken and says so: the request never runs again, which a caller can mend, rather than twice, which they cannot.
 * Answers are sealed under a key that only the caller's header yields.
 */
@Injectable()
export class Idempotency implements OnModuleInit {
  private readonly secret: Buffer;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    pepper: Pepper,
  ) {
    this.secret = pepper.derive('idempotency keys');
  }

  onModuleInit(): void {
    this.jobs.every('idempotency-keys', 3_600_000, () => this.sweep());
  }

  /**
   * Takes the key for this request, or answers what the first request with it answered.
   * @throws IdempotencyKeyReusedError when the first was another request
   * @throws IdempotencyInProgressError while it runs
   * @throws IdempotencyOutcomeUnknownError when it died
   */
  async begin(request: IdempotentRequest): Promise<{ claim: Claim } | { answer: Answer }> {
    const claim = this.claimOf(request);
    return (await this.take(claim)) ? { claim } : { answer: await this.answerOf(claim) };
  }

  /** Keeps the answer for whoever repeats the request. */
  async settle({ callerHash, keyHash, answerKey }: Claim, answer: Answer): Promise<void> {
    await this.database.reader.query(
      `update idempotency_keys set status = 'done', answer_sealed = $3 where caller_hash = $1 and key_hash = $2`,
      [callerHash, keyHash, seal(answerKey, JSON.stringify(answer), 'answer')],
    );
  }

  /** Gives the key back: the request was refused and did nothing. */
  async release({ callerHash, keyHash }: Claim): Promise<void> {
    await this.database.reader.query('delete from idempotency_keys where caller_hash = $1 and key_hash = $2', [
      callerHash,
      keyHash,
    ]);
  }

  private claimOf({ caller, key, method, url, body }: IdempotentRequest): Claim {
    // The header may be as guessable as "1": without the pepper nobody can try values against the table.
    const root = hmac(this.secret, key);
    return {
      callerHash: hmac(this.secret, caller),
      keyHash: sha256(root),
      requestHash: hmac(deriveKey(root, 'request'), `${method} ${url}\n${canonicalJson(body)}`),
      answerKey: deriveKey(root, 'answer'),
    };
  }

  private async take({ callerHash, keyHash, requestHash }: Claim): Promise<boolean> {
    const now = this.clock.now();
    const rows = await this.database.reader.query<unknown[]>(
      `insert into idempotency_keys as held (caller_hash, key_hash, request_hash, status, created_at, expires_at)
       values ($1, $2, $3, 'running', $4, $5)
       on conflict (caller_hash, key_hash) do update
         set request_hash = excluded.request_hash, status = excluded.status, answer_sealed = null,
             created_at = excluded.created_at, expires_at = excluded.expires_at
         where held.expires_at <= excluded.created_at
       returning status`,
      [callerHash, keyHash, requestHash, now, new Date(now.getTime() + LIFE_MS)],
    );
    return rows.length > 0;
  }

  private async answerOf(claim: Claim): Promise<Answer> {
    const [row] = await this.database.reader.query<Row[]>(
      `select request_hash, status, answer_sealed, created_at from idempotency_keys
        where caller_hash = $1 and key_hash = $2`,
      [claim.callerHash, claim.keyHash],
    );
    // Without a row, the first request was refused just now, and the next attempt will get the key.
    if (!row) throw new IdempotencyInProgressError();
    if (!row.request_hash.equals(claim.requestHash)) throw new IdempotencyKeyReusedError();
    if (row.status === 'running' || !row.answer_sealed) {
      const age = this.clock.now().getTime() - row.created_at.getTime();
      throw age < LONGEST_RUN_MS ? new IdempotencyInProgressError() : new IdempotencyOutcomeUnknownError();
    }
    return JSON.parse(open(claim.answerKey, row.answer_sealed, 'answer').toString()) as Answer;
  }

  private async sweep(): Promise<void> {
    await this.database.reader.query('delete from idempotency_keys where expires_at <= $1', [this.clock.now()]);
  }
}
