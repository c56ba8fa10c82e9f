import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { Pepper } from '../crypto/pepper.js';
import { hmac } from '../crypto/seal.js';
import { Database } from '../database/database.js';
import { RateLimitedError } from '../errors.js';
import { Jobs } from '../jobs/jobs.js';
import type { Limit } from './rate-limit.js';

/** What is counted exactly, over all processes: whatever somebody could gain by guessing or flooding. */
export const countedLimits = {
  registration: { points: 20, seconds: 3600 },
  'sign-in': { points: 10, seconds: 900 },
  'sign-in-anywhere': { points: 100, seconds: 900 },
  'sign-in-address': { points: 100, seconds: 900 },
  'passkey-options': { points: 200, seconds: 900 },
  'staff-sign-in': { points: 10, seconds: 900 },
  'staff-sign-in-anywhere': { points: 100, seconds: 900 },
  'staff-code': { points: 10, seconds: 900 },
  recovery: { points: 5, seconds: 3600 },
  'recovery-anywhere': { points: 50, seconds: 3600 },
  code: { points: 10, seconds: 900 },
  'delegation-invitation': { points: 10, seconds: 900 },
  // A shop has one address for all its customers, and of these codes there are 25 thousand million.
  'device-code': { points: 60, seconds: 900 },
  // Codes that tell nothing: some were too old, and are no guesses. Of one client, so that one that goes wrong leaves the
  // others at work, and of all clients of a retailer, since it may have any number of them (`customers/till-code.ts`).
  'till-code': { points: 600, seconds: 900 },
  'till-code-anywhere': { points: 3_000, seconds: 900 },
} as const satisfies Record<string, Limit>;

export type CountedLimit = keyof typeof countedLimits;

const LONGEST_SECONDS = Math.max(...Object.values(countedLimits).map(({ seconds }) => seconds));

/** One use that has been counted. */
export interface CountedUse {
  readonly keyHash: Buffer;
  readonly windowStart: Date;
}

/** Limits counted in the database, in fixed windows. */
@Injectable()
export class RateLimits implements OnModuleInit {
  private readonly key: Buffer;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly jobs: Jobs,
    pepper: Pepper,
  ) {
    this.key = pepper.derive('rate limits');
  }

  onModuleInit(): void {
    this.jobs.every('rate-limits', 3_600_000, () => this.sweep());
  }

  /**
   * Counts one use of `name` by `key`: a login name, or an address as `addressKey` gives it.
   * @throws RateLimitedError once the window's uses are spent
   */
  async consume(name: CountedLimit, key: string): Promise<CountedUse> {
    const { points, seconds } = countedLimits[name];
    const window = seconds * 1000;
    const now = this.clock.now().getTime();
    const start = now - (now % window);
    const use = { keyHash: hmac(this.key, `${name}:${key}`), windowStart: new Date(start) };
    if (!this.config.RATE_LIMITS) return use;
    const [row] = await this.database.named<{ count: number }>(
      'rate-limit-consume',
      `insert into rate_limits as counted (key_hash, window_start, count) values ($1, $2, 1)
       on conflict (key_hash, window_start) do update set count = counted.count + 1
       returning count`,
      [use.keyHash, use.windowStart],
    );
    if (row && row.count > points) throw new RateLimitedError(Math.ceil((start + window - now) / 1000));
    return use;
  }

  /**
   * Takes uses back that turned out to be no guesses. They are counted until then, so that of guesses at the same moment
   * no more are let through than of guesses one after the other.
   */
  async giveBack(uses: readonly CountedUse[]): Promise<void> {
    if (!this.config.RATE_LIMITS) return;
    // One statement each: nobody holds a row while waiting for another.
    for (const { keyHash, windowStart } of uses) {
      await this.database.named(
        'rate-limit-give-back',
        'update rate_limits set count = count - 1 where key_hash = $1 and window_start = $2',
        [keyHash, windowStart],
      );
    }
  }

  /**
   * Counts an attempt to get in under a login name: for the address whence it comes, for the name from that address, and
   * for the name from anywhere. The last is wide, or whoever fails in somebody's name would keep them out. Whoever gets
   * in is given the uses back: only failures count.
   * @throws RateLimitedError
   */
  async consumeAttempt(
    name: 'sign-in' | 'staff-sign-in' | 'recovery',
    login: string,
    address: string,
  ): Promise<CountedUse[]> {
    return [
      await this.consume('sign-in-address', address),
      await this.consume(name, `${address} ${login}`),
      await this.consume(`${name}-anywhere`, login),
    ];
  }

  private async sweep(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - LONGEST_SECONDS * 1000);
    await this.database.reader.query('delete from rate_limits where window_start < $1', [before]);
  }
}
