import type { Socket } from 'node:net';

import { Resting } from './resting.js';

function sockets(count: number) {
  const log: string[] = [];
  const all = Array.from({ length: count }, (_, n) => ({
    destroyed: false,
    pause: () => log.push(`${n} rests`),
    resume: () => log.push(`${n} begins`),
  }));
  return { log, all: all as unknown as (Socket & { destroyed: boolean })[] };
}

describe('connections on which something was refused', () => {
  it('rest for so long', () => {
    const { log, all } = sockets(1);
    const resting = new Resting(2);
    resting.add(all[0]!);
    resting.tick();
    expect(log).toEqual(['0 rests']);
    resting.tick();
    resting.tick();
    expect(log).toEqual(['0 rests', '0 begins']);
  });

  it('do not all begin again at the same time, and those that were closed not at all', () => {
    const { log, all } = sockets(50);
    const resting = new Resting(1);
    for (const socket of all) resting.add(socket);
    for (const socket of all.slice(0, 20)) socket.destroyed = true;
    log.length = 0;
    resting.tick();
    expect(log).toEqual(Array.from({ length: 10 }, (_, n) => `${n + 20} begins`));
    resting.tick();
    expect(log).toHaveLength(20);
  });
});
