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
});
