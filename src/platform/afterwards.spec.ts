import { Logger } from '@nestjs/common';

import { Afterwards } from './afterwards.js';

describe('work that is put off', () => {
  it('is done once while it is under way, and again afterwards', async () => {
    const afterwards = new Afterwards();
    let runs = 0;
    const work = async () => void runs++;
    afterwards.run('a', work);
    afterwards.run('a', work);
    await afterwards.onModuleDestroy();
    expect(runs).toBe(1);
    await new Promise(setImmediate);
    afterwards.run('a', work);
    expect(runs).toBe(2);
  });

  it('is waited for before the service ends', async () => {
    const afterwards = new Afterwards();
    let done = false;
    afterwards.run('a', async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      done = true;
    });
    await afterwards.onModuleDestroy();
    expect(done).toBe(true);
  });

  it('may fail without harm', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const afterwards = new Afterwards();
    afterwards.run('a', () => Promise.reject(new Error('the database is away')));
    await afterwards.onModuleDestroy();
    // As an error, which the log strips of what it may quote.
    expect(warned.mock.calls).toEqual([[expect.any(String), expect.any(Error)]]);
    warned.mockRestore();
  });
});
