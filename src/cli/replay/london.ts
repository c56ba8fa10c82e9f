import { spanAt } from '../../preferences/zone.js';

/** The instant at which a clock in London showed this. The hour that clocks show twice is taken as the later one. */
export function fromLondon(local: string): number {
  const wall = Date.parse(`${local}Z`);
  return wall - offsetAt(wall - offsetAt(wall));
}

function offsetAt(instant: number): number {
  return spanAt('Europe/London', instant)?.offset ?? 0;
}
