import type { Socket } from 'node:net';

/** How many begin again at each tick. */
const AT_ONCE = 10;

/**
 * Connections that are not read for a while, because something was refused on them. A caller that heeds `Retry-After`
 * does not notice. One that does not would else be back at once, with all its connections, and refusing them would be all
 * that the process does: so they come back one after the other, however many there are.
 */
export class Resting {
  private readonly resting: { readonly socket: Socket; readonly since: number }[] = [];
  private time = 0;

  /** @param ticks for how long a connection rests at least */
  constructor(private readonly ticks: number) {}

  add(socket: Socket): void {
    socket.pause();
    this.resting.push({ socket, since: this.time });
  }

  /** Lets time go on by one tick, and connections begin again that have rested. */
  tick(): void {
    this.time++;
    let first = this.resting[0];
    for (let begun = 0; begun < AT_ONCE && first && this.time - first.since >= this.ticks; first = this.resting[0]) {
      this.resting.shift();
      if (first.socket.destroyed) continue;
      first.socket.resume();
      begun++;
    }
  }
}
