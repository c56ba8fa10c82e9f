import { malformed, unreadable } from './fault.js';
import type { LogSource } from './source.js';
import { nodeHash, perfectHeight, splitOf } from './tree.js';

/** How many hashes a full tile has (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const HASH_BYTES = 32;
/** `{"c":"<43 characters>","v":1}` */
const LEAF_BYTES = 57;
const LEAF_PREFIX_BYTES = 2;
const CACHED_TILES = 256;

const leafForm = /^\{"c":"[A-Za-z0-9_-]{43}","v":1\}$/;

/** Whether these are the bytes of a leaf: a commitment and nothing else. */
export function isLeaf(bytes: Buffer): boolean {
  return bytes.length === LEAF_BYTES && leafForm.test(bytes.toString('latin1'));
}

/** The tiles of a log at one size. */
export class Tiles {
  private readonly cache = new Map<string, Buffer[]>();

  constructor(
    private readonly source: LogSource,
    readonly size: number,
  ) {}

  /** How many hashes a tile has at this size. */
  widthOf(level: number, index: number): number {
    const count = Math.floor(this.size / TILE_WIDTH ** level);
    return Math.max(0, Math.min(TILE_WIDTH, count - index * TILE_WIDTH));
  }

  /** @throws Fault */
  async hashes(level: number, index: number): Promise<Buffer[]> {
    const width = this.widthOf(level, index);
    const path = `tile/${level}/${numbered(index)}`;
    const bytes = await this.bytes(path, width, TILE_WIDTH * HASH_BYTES);
    const has = bytes.length / HASH_BYTES;
    if (has !== width && has !== TILE_WIDTH) throw malformed(`${path} has ${bytes.length} bytes for ${width} hashes`);
    return Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
  }

  /** The leaves below a tile of level 0. @throws Fault */
  async leaves(index: number): Promise<Buffer[]> {
    const width = this.widthOf(0, index);
    const path = `tile/entries/${numbered(index)}`;
    const bytes = await this.bytes(path, width, TILE_WIDTH * (LEAF_PREFIX_BYTES + LEAF_BYTES));
    const leaves: Buffer[] = [];
    for (let at = 0; at < bytes.length && leaves.length < width;) {
      const end = at + LEAF_PREFIX_BYTES + (at + 1 < bytes.length ? bytes.readUInt16BE(at) : Infinity);
      const leaf = bytes.subarray(at + LEAF_PREFIX_BYTES, end);
      if (end > bytes.length || !isLeaf(leaf)) {
        throw malformed(`entry ${index * TILE_WIDTH + leaves.length} of the log is not of the form of a leaf`);
      }
      leaves.push(leaf);
      at = end;
    }
    if (leaves.length < width) throw malformed(`${path} has ${leaves.length} entries of ${width}`);
    return leaves;
  }

  /** Proves that the tree of this size begins with a smaller one (RFC 9162 §2.1.4.1). @throws Fault */
  async consistencyProof(from: number): Promise<Buffer[]> {
    if (from === 0 || from === this.size) return [];
    return this.subproof(from, 0, this.size, true);
  }

  private async subproof(from: number, start: number, end: number, isWhole: boolean): Promise<Buffer[]> {
    if (from === end) return isWhole ? [] : [await this.rangeHash(start, end)];
    const middle = start + splitOf(end - start);
    return from <= middle
      ? [...(await this.subproof(from, start, middle, isWhole)), await this.rangeHash(middle, end)]
      : [...(await this.subproof(from, middle, end, false)), await this.rangeHash(start, middle)];
  }

  /** The hash over the leaves from `start` on and before `end`, as the tiles have it. */
  private async rangeHash(start: number, end: number): Promise<Buffer> {
    const length = end - start;
    const height = perfectHeight(length);
    if (height !== null && start % length === 0) return this.nodeAt(height, start / length);
    const middle = start + splitOf(length);
    return nodeHash(await this.rangeHash(start, middle), await this.rangeHash(middle, end));
  }

  private async nodeAt(height: number, index: number): Promise<Buffer> {
    const level = Math.floor(height / TILE_HEIGHT);
    const count = 2 ** (height % TILE_HEIGHT);
    const first = index * count;
    const tile = await this.cached(level, Math.floor(first / TILE_WIDTH));
    return perfectRoot(tile.slice(first % TILE_WIDTH, (first % TILE_WIDTH) + count));
  }

  private async cached(level: number, index: number): Promise<Buffer[]> {
    const key = `${level}/${index}`;
    const found = this.cache.get(key) ?? (await this.hashes(level, index));
    if (this.cache.size >= CACHED_TILES) this.cache.clear();
    this.cache.set(key, found);
    return found;
  }

  /** A partial tile may have been dropped for the full one, which begins with the same hashes. */
  private async bytes(path: string, width: number, longest: number): Promise<Buffer> {
    const partial = width < TILE_WIDTH ? await this.source.read(`${path}.p/${width}`, longest) : null;
    const bytes = partial ?? (await this.source.read(path, longest));
    if (!bytes) throw unreadable(`${this.source.name} has no ${path}, which a log of size ${this.size} has`);
    return bytes;
  }
}

/** The root over hashes whose number is a power of two. */
export function perfectRoot(hashes: readonly Buffer[]): Buffer {
  let level = hashes;
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, at) =>
      nodeHash(level[at * 2] as Buffer, level[at * 2 + 1] as Buffer),
    );
  }
  return level[0] as Buffer;
}

/** 1234067 is `x001/x234/067`. */
function numbered(index: number): string {
  const groups =
    String(index)
      .padStart(Math.ceil(String(index).length / 3) * 3, '0')
      .match(/\d{3}/g) ?? [];
  return groups.map((digits, at) => (at < groups.length - 1 ? `x${digits}` : digits)).join('/');
}
