import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { Pepper } from '../crypto/pepper.js';
import { deriveKey, hmac, open, seal, sha256 } from '../crypto/seal.js';
import { Database, type Mark, MarkedByAnotherError, type Tx } from '../database/database.js';
import { Jobs } from '../jobs/jobs.js';
import { canonicalJson, type JsonValue } from '../json.js';
import { Random } from '../random.js';
import {
  IdempotencyInProgressError,
  IdempotencyKeyReusedError,
  IdempotencyOutcomeUnknownError,
} from './idempotency.errors.js';

const LIFE_MS = 24 * 3_600_000;
/** Longer than any request runs: after it, an answer that is not there yet will never be. */
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

/** What a request is known by, one run of it, and what seals its answer. */
interface Run {
  readonly id: string;
  readonly callerHash: Buffer;
  readonly keyHash: Buffer;
  readonly requestHash: Buffer;
  readonly answerKey: Buffer;
}

interface Row {
  request_hash: Buffer;
  answer_sealed: Buffer | null;
  created_at: Date;
}

/**
 * Does what a request asks at most once per caller and key, and repeats its answer for 24 hours.
 *
 * The key is kept in the transaction of the change, so that neither is ever there without the other: whoever repeats a
 * request that was cut off gets it done, unless it was done already. One that comes while another with its key is under
 * way waits for that one's transaction. A refusal rolls the key back with all else, so that it is free again. The answer
 * is made after the transaction and kept then; if the service dies in between, it is lost, and a repetition says so
 * rather than do the same again. Answers are sealed under a key that only the caller's header yields.
 */
@Injectable()
export class Idempotency implements OnModuleInit {
  private readonly logger = new Logger(Idempotency.name);
  private readonly secret: Buffer;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly random: Random,
    pepper: Pepper,
  ) {
    this.secret = pepper.derive('idempotency keys');
  }

  onModuleInit(): void {
    this.jobs.every('idempotency-keys', 3_600_000, () => this.sweep());
  }

  /**
   * Has `work` done, or answers what it came to the first time. What it changes, it changes in the first transaction that
   * it opens.
   *
   * @throws IdempotencyKeyReusedError when the first was another request
   * @throws IdempotencyInProgressError while the first is about to be answered
   * @throws IdempotencyOutcomeUnknownError when its answer is lost
   */
  async run(request: IdempotentRequest, work: () => Promise<Answer>): Promise<{ answer: Answer; isRepeated: boolean }> {
    const run = this.begin(request);
    const known = await this.find(run);
    if (known) return { answer: this.answerIn(known, run), isRepeated: true };
    try {
      const answer = await this.database.once((tx) => this.mark(tx, run), work);
      await this.keep(run, answer);
      return { answer, isRepeated: false };
    } catch (error) {
      if (!(error instanceof MarkedByAnotherError)) throw error;
      return { answer: this.answerIn(await this.find(run), run), isRepeated: true };
    }
  }

  private begin({ caller, key, method, url, body }: IdempotentRequest): Run {
    // The header may be as guessable as "1": without the pepper nobody can try values against the table.
    const root = hmac(this.secret, key);
    return {
      id: this.random.id(),
      callerHash: hmac(this.secret, caller),
      keyHash: sha256(root),
      requestHash: hmac(deriveKey(root, 'request'), `${method} ${url}\n${canonicalJson(body)}`),
      answerKey: deriveKey(root, 'answer'),
    };
  }

  private async find({ callerHash, keyHash }: Run): Promise<Row | undefined> {
    const [row] = await this.database.repeated((reader) =>
      reader.query<Row[]>(
        `select request_hash, answer_sealed, created_at from idempotency_keys
          where caller_hash = $1 and key_hash = $2 and expires_at > $3`,
        [callerHash, keyHash, this.clock.now()],
      ),
    );
    return row;
  }

  private answerIn(row: Row | undefined, { requestHash, answerKey }: Run): Answer {
    // The other one was undone after all, or has just expired: the next attempt will get the key.
    if (!row) throw new IdempotencyInProgressError();
    if (!row.request_hash.equals(requestHash)) throw new IdempotencyKeyReusedError();
    if (row.answer_sealed) return JSON.parse(open(answerKey, row.answer_sealed, 'answer').toString()) as Answer;
    const age = this.clock.now().getTime() - row.created_at.getTime();
    throw age < LONGEST_RUN_MS ? new IdempotencyInProgressError() : new IdempotencyOutcomeUnknownError();
  }

  private async mark(tx: Tx, { id, callerHash, keyHash, requestHash }: Run): ReturnType<Mark> {
    const now = this.clock.now();
    const made = await tx.query<unknown[]>(
      `insert into idempotency_keys as held (caller_hash, key_hash, request_hash, run_id, status, created_at, expires_at)
       values ($1, $2, $3, $4, 'done', $5, $6)
       on conflict (caller_hash, key_hash) do update
         set request_hash = excluded.request_hash, run_id = excluded.run_id, status = excluded.status,
             answer_sealed = null, created_at = excluded.created_at, expires_at = excluded.expires_at
         where held.expires_at <= excluded.created_at
       returning run_id`,
      [callerHash, keyHash, requestHash, id, now, new Date(now.getTime() + LIFE_MS)],
    );
    if (made.length > 0) return 'made';
    const [held] = await tx.query<{ run_id: string | null }[]>(
      'select run_id from idempotency_keys where caller_hash = $1 and key_hash = $2',
      [callerHash, keyHash],
    );
    return held?.run_id === id ? 'ours' : 'other';
  }

  /** Keeps the answer for whoever repeats the request. What is done is done, even if that fails. */
  private async keep({ id, callerHash, keyHash, answerKey }: Run, answer: Answer): Promise<void> {
    const sealed = seal(answerKey, JSON.stringify(answer), 'answer');
    try {
      await this.database.repeated((reader) =>
        reader.query(
          'update idempotency_keys set answer_sealed = $4 where caller_hash = $1 and key_hash = $2 and run_id = $3',
          [callerHash, keyHash, id, sealed],
        ),
      );
    } catch (error) {
      this.logger.warn('An answer could not be kept for those who repeat its request.', error);
    }
  }

  private async sweep(): Promise<void> {
    await this.database.reader.query('delete from idempotency_keys where expires_at <= $1', [this.clock.now()]);
  }
}
