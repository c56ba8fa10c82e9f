import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 10_000;

/** Tries until it no longer throws: for what happens in the background. Fails with what it threw last. */
export async function eventually<T>(check: () => T | Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const start = performance.now();
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() - start > patienceMs) throw error;
      await delay(20);
    }
  }
}
