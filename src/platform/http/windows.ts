import { LRUCache } from 'lru-cache';

import type { Limit } from './rate-limit.js';

/** Whoever called longest ago is forgotten beyond so many. */
const REMEMBERED = 100_000;

/** What somebody has used of a limit in the window that is open. */
export interface Use {
  readonly spent: number;
  readonly endsAt: number;
}

/** Counts uses per key in windows of a fixed length; a key's window begins with its first use. Times are milliseconds. */
export class Windows {
  private readonly uses = new LRUCache<string, { spent: number; endsAt: number }>({ max: REMEMBERED });

  constructor(private readonly limit: Limit) {}

  spend(key: string, uses: number, now: number): Use {
    const open = this.open(key, now);
    if (open) {
      open.spent += uses;
      return open;
    }
    const use = { spent: uses, endsAt: now + this.limit.seconds * 1000 };
    this.uses.set(key, use);
    return use;
  }

  /** Seconds until the window ends in which the key has spent all; 0 as long as something is left. */
  secondsUntilFree(key: string, now: number): number {
    const open = this.open(key, now);
    return open && open.spent >= this.limit.points ? secondsUntil(open.endsAt, now) : 0;
  }

  private open(key: string, now: number): { spent: number; endsAt: number } | undefined {
    const use = this.uses.get(key);
    return use && use.endsAt > now ? use : undefined;
  }
}

export function secondsUntil(time: number, now: number): number {
  return Math.max(1, Math.ceil((time - now) / 1000));
}
