import { setTimeout as delay } from 'node:timers/promises';

/** Of the time, how much work may take that nobody waits for. */
const SHARE = 0.1;
/** Work that was held up by something else need not rest for that, too. */
const LONGEST_REST_MS = 10_000;

/**
 * Has work that nobody waits for rest nine times as long as it took: whoever is answered meanwhile hardly notices it. Do
 * it in small pieces, since each of them holds the process for as long as it computes.
 */
export class Leisure {
  private since = performance.now();

  /** Waits in proportion to what has been done since it was made, or since the last rest; not once that is `ending`. */
  async rest(ending?: AbortSignal): Promise<void> {
    const worked = performance.now() - this.since;
    const pause = Math.min((worked * (1 - SHARE)) / SHARE, LONGEST_REST_MS);
    await delay(pause, undefined, { signal: ending }).catch(() => undefined);
    this.since = performance.now();
  }
}
