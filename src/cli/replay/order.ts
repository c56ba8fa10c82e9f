import { createHash } from 'node:crypto';

/** In which order things are sent, and which of them twice. */
export interface Mess {
  /** Any order at all, the same for the same seed; without one, the order of time. */
  readonly shuffle?: string | undefined;
  /** The share of them that is sent a second time, at some later time. */
  readonly duplicate?: number | undefined;
}

/**
 * The places from 0 to `count`, in the order of time or in any, a share of them twice. Always the same for the same
 * arguments, so that a run that was cut is gone on with as it began.
 */
export function orderOf(count: number, { shuffle, duplicate = 0 }: Mess): Uint32Array {
  const random = randomOf(shuffle ?? '');
  const copies = shuffled(places(count), random).subarray(0, Math.round(count * duplicate));
  const order = new Uint32Array(count + copies.length);
  order.set(places(count));
  order.set(copies, count);
  if (shuffle !== undefined) return shuffled(order, random);

  // A copy comes at some time between its first and the end.
  const due = Float64Array.from(order, (place, index) => (index < count ? place : place + random() * (count - place)));
  return places(order.length)
    .sort((a, b) => (due[a] as number) - (due[b] as number))
    .map((index) => order[index] as number);
}

function places(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, place) => place);
}

/** Fisher and Yates's shuffle as Durstenfeld does it: each order is as likely as any other. */
function shuffled(items: Uint32Array, random: () => number): Uint32Array {
  for (let left = items.length; left > 1; left--) {
    const chosen = Math.floor(random() * left);
    const last = items[left - 1] as number;
    items[left - 1] = items[chosen] as number;
    items[chosen] = last;
  }
  return items;
}

/** Numbers from 0 to 1 that look like chance and are the same for the same seed: SHA-256 in counter mode. */
function randomOf(seed: string): () => number {
  let block = Buffer.alloc(0);
  let offset = 0;
  let counter = 0;
  return () => {
    if (offset === block.length) {
      block = createHash('sha256').update(`${counter++} ${seed}`).digest();
      offset = 0;
    }
    offset += 4;
    return block.readUInt32LE(offset - 4) / 2 ** 32;
  };
}
