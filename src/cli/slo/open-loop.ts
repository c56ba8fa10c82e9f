import { setTimeout as pause } from 'node:timers/promises';

import type { Sample } from './verdict.js';

export interface Load {
  /** How many a second. */
  readonly rate: number;
  readonly count: number;
  /** Sends one, and answers what is wrong with the answer, if anything. */
  readonly send: () => Promise<string | undefined>;
}

/**
 * Sends at a steady rate, whether or not what was sent before has been answered: callers come when they come, and those
 * who wait behind a slow answer are counted with all of their waiting.
 */
export async function openLoop({ rate, count, send }: Load): Promise<Sample[]> {
  const begun = performance.now();
  const samples: Promise<Sample>[] = [];
  for (let place = 0; place < count; place++) {
    const due = begun + (place * 1_000) / rate;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    samples.push(sample(due, send));
  }
  return Promise.all(samples);
}

async function sample(due: number, send: Load['send']): Promise<Sample> {
  const lateMs = Math.max(0, performance.now() - due);
  const error = await send();
  return { ms: performance.now() - due, lateMs, ...(error !== undefined && { error }) };
}
