import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import argon2 from 'argon2';

import { UnavailableError } from '../errors.js';
import { mayBePassword } from './password-rules.js';

/** What one hash costs. */
export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** The second choice of the OWASP Password Storage Cheat Sheet: 19 MiB and two passes, some 20 ms of one core. */
export const PASSWORD_COST: PasswordCost = { memoryKib: 19_456, passes: 2 };

/** By what the cost is provided: tests of other things need not wait for the real one. */
export const PASSWORD_COST_TOKEN = Symbol('what a password hash costs');

/** Half of libuv's threads: files, names and signatures take the same ones. */
const AT_ONCE = 2;

/** Those that wait beyond this would wait for seconds, and whoever floods the service wants just that. */
const LONGEST_QUEUE = 100;

/** Hashes and verifies passwords with argon2id (RFC 9106), a few at a time: each takes a thread and 19 MiB. */
@Injectable()
export class Passwords implements OnModuleInit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private dummy = '';

  constructor(@Inject(PASSWORD_COST_TOKEN) private readonly cost: PasswordCost) {}

  async onModuleInit(): Promise<void> {
    this.dummy = await this.hash('nobody has this password');
  }

  /** @throws UnavailableError when too many are waiting already */
  hash(password: string): Promise<string> {
    return this.inTurn(() => argon2.hash(normalised(password), this.options));
  }

  /**
   * Whether this is the password. Without a hash it never is, and finding out takes as long: nobody learns from the
   * time of an answer whether there is such an account.
   *
   * @throws UnavailableError when too many are waiting already
   */
  async verify(hash: string | null, password: string): Promise<boolean> {
    if (!mayBePassword(password)) return false;
    const matches = await this.inTurn(() => argon2.verify(hash ?? this.dummy, normalised(password)));
    return matches && hash !== null;
  }

  /** Whether the hash was made at another cost than today's. */
  isOutdated(hash: string): boolean {
    return argon2.needsRehash(hash, this.options);
  }

  private get options() {
    return { memoryCost: this.cost.memoryKib, timeCost: this.cost.passes, parallelism: 1 };
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < AT_ONCE) this.running++;
    else await this.turn();
    try {
      return await work();
    } finally {
      // The next in line takes over this place, so that nobody new slips in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= LONGEST_QUEUE) throw new UnavailableError('Too many are signing in at this moment.');
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

// NIST SP 800-63B §3.1.1.2: the same characters must be the same password, however a keyboard composes them.
function normalised(password: string): string {
  return password.normalize('NFKC');
}
