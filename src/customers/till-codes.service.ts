import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Pepper } from '../platform/crypto/pepper.js';
import { hmac } from '../platform/crypto/seal.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { UnauthenticatedError } from '../platform/errors.js';
import { type CountedUse, RateLimits } from '../platform/http/rate-limits.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Random } from '../platform/random.js';
import { lockCustomer } from './customers.queries.js';
import { makeTillCode, TILL_CODE_LIFE_MS, tillCodeIn } from './till-code.js';

/** A code as it is shown, this once. */
export interface IssuedTillCode {
  readonly code: string;
  readonly expiresAt: Date;
}

/** The customer who shows a code, and what was counted for asking. */
export interface RedeemedTillCode {
  /** Null when the code is unknown, too old or has been used, which is the same to whoever asks. */
  readonly customer: CustomerKey | null;
  readonly uses: readonly CountedUse[];
}

const SWEEP_INTERVAL_MS = 60_000;

/** Customers show a code at a till instead of telling who they are. It is good once, for a minute. */
@Injectable()
export class TillCodes implements OnModuleInit {
  private readonly key: Buffer;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly limits: RateLimits,
    private readonly jobs: Jobs,
    pepper: Pepper,
  ) {
    // So few digits could be tried out by whoever has the table, if the hash needed no secret.
    this.key = pepper.derive('till codes');
  }

  onModuleInit(): void {
    this.jobs.every('till-codes', SWEEP_INTERVAL_MS, () => this.sweep());
  }

  /** Makes a code. One that the customer was shown before is good for nothing from now on. */
  issue(customer: CustomerKey): Promise<IssuedTillCode> {
    return this.database.transaction(async (tx) => {
      // Of two that are made at the same moment, one replaces the other.
      if (!(await lockCustomer(tx, customer))) throw new UnauthenticatedError();
      const { bucket, customerId } = customer;
      await tx.query('delete from till_codes where bucket = $1 and customer_id = $2', [bucket, customerId]);
      const expiresAt = new Date(this.clock.now().getTime() + TILL_CODE_LIFE_MS);
      return { code: await this.insert(tx, customer, expiresAt), expiresAt };
    });
  }

  /**
   * Finds who shows a code, which is used up by this. It counts as a guess of the client, and of its retailer, until
   * `wasNoGuess` is told otherwise.
   *
   * @throws RateLimitedError when there were too many guesses
   */
  async redeem(
    text: string,
    { retailerId, clientId }: { retailerId: string; clientId: string },
  ): Promise<RedeemedTillCode> {
    const uses = [
      await this.limits.consume('till-code', clientId),
      await this.limits.consume('till-code-anywhere', retailerId),
    ];
    const code = tillCodeIn(text);
    return { customer: code === null ? null : await this.take(code), uses };
  }

  /**
   * Takes back what was counted. Only whoever may know of the customer is told that much: to everybody else the code of
   * somebody is to cost the same as that of nobody.
   */
  wasNoGuess({ uses }: RedeemedTillCode): Promise<void> {
    return this.limits.giveBack(uses);
  }

  private async insert(tx: Tx, { bucket, customerId }: CustomerKey, expiresAt: Date): Promise<string> {
    const code = makeTillCode(this.random.bytes(8));
    const inserted = await tx.query<unknown[]>(
      `insert into till_codes (code_hash, bucket, customer_id, expires_at) values ($1, $2, $3, $4)
       on conflict do nothing returning 1`,
      [this.hash(code), bucket, customerId, expiresAt],
    );
    // Somebody else has it: there are fewer codes than ids.
    return inserted.length > 0 ? code : this.insert(tx, { bucket, customerId }, expiresAt);
  }

  /** Of two who ask at the same moment, one deletes the row. */
  private async take(code: string): Promise<CustomerKey | null> {
    const [rows] = await this.database.reader.query<[{ customer_id: string }[], number]>(
      'delete from till_codes where code_hash = $1 and expires_at > $2 returning customer_id',
      [this.hash(code), this.clock.now()],
    );
    return rows[0] ? customerKey(rows[0].customer_id) : null;
  }

  private hash(code: string): Buffer {
    return hmac(this.key, code);
  }

  private async sweep(): Promise<void> {
    await this.database.reader.query('delete from till_codes where expires_at <= $1', [this.clock.now()]);
  }
}
