import { setTimeout as delay } from 'node:timers/promises';

import { Leisure } from './leisure.js';

describe('work at leisure', () => {
  it('rests nine times as long as it has worked', async () => {
    const leisure = new Leisure();
    for (const _ of [1, 2]) {
      const start = performance.now();
      await delay(10);
      const worked = performance.now() - start;
      await leisure.rest();
      expect(performance.now() - start).toBeGreaterThan(worked * 9);
    }
  });

  it('does not rest once all is to end', async () => {
    const ending = new AbortController();
    const leisure = new Leisure();
    await delay(1_000);
    const resting = leisure.rest(ending.signal);
    ending.abort();
    await expect(Promise.race([resting.then(() => 'over'), delay(5_000, 'resting')])).resolves.toBe('over');
    await expect(leisure.rest(ending.signal)).resolves.toBeUndefined();
  });
});
