import { tampering } from './fault.js';
import { readAhead } from './read-ahead.js';
import { perfectRoot, TILE_WIDTH, type Tiles } from './tiles.js';
import { GrowingTree, leafHash } from './tree.js';

/**
 * Reads every entry and every tile of a log once and compares them with one another. Nothing is kept but the right edge
 * of the tree, so that the memory it takes does not depend on how long the log is.
 *
 * @param sizes of which earlier trees the roots are asked for
 * @returns the roots of these trees and of the whole one, by size
 * @throws Fault at the first that does not hold
 */
export async function rootsOf(
  tiles: Tiles,
  sizes: readonly number[],
  onProgress: (entries: number) => void,
): Promise<Map<number, Buffer>> {
  const asked = new Set([...sizes, tiles.size]);
  const tree = new GrowingTree();
  const levels = new StoredLevels(tiles);
  const roots = new Map<number, Buffer>();
  const note = () => asked.has(tree.size) && roots.set(tree.size, tree.root());
  note();
  const bottom = (index: number) => Promise.all([tiles.leaves(index), tiles.hashes(0, index)]);
  for await (const [leaves, stored] of readAhead(Math.ceil(tiles.size / TILE_WIDTH), bottom)) {
    const hashes = leaves.map(leafHash);
    for (const [at, hash] of hashes.entries()) {
      if (!hash.equals(stored[at] as Buffer)) {
        throw tampering(`entry ${tree.size} is not the one that its tile has the hash of`);
      }
      tree.add(hash);
      note();
    }
    if (hashes.length === TILE_WIDTH) await levels.add(1, perfectRoot(hashes));
    onProgress(hashes.length);
  }
  await levels.finish();
  return roots;
}

/** The tiles above level 0, compared with what follows from those below them as soon as one is whole. */
class StoredLevels {
  private readonly levels: { tile: number; hashes: Buffer[] }[] = [];

  constructor(private readonly tiles: Tiles) {}

  async add(level: number, hash: Buffer): Promise<void> {
    const state = (this.levels[level] ??= { tile: 0, hashes: [] });
    state.hashes.push(hash);
    if (state.hashes.length < TILE_WIDTH) return;
    await this.compare(level);
    const root = perfectRoot(state.hashes);
    this.levels[level] = { tile: state.tile + 1, hashes: [] };
    await this.add(level + 1, root);
  }

  /** Compares the tiles that the log has not filled yet. */
  async finish(): Promise<void> {
    for (const [level, state] of this.levels.entries()) {
      if (state && state.hashes.length > 0) await this.compare(level);
    }
  }

  private async compare(level: number): Promise<void> {
    const { tile, hashes } = this.levels[level] as { tile: number; hashes: Buffer[] };
    const stored = await this.tiles.hashes(level, tile);
    if (!Buffer.concat(stored).equals(Buffer.concat(hashes)))
      throw tampering(`tile ${tile} of level ${level} is not the one that follows from those below it`);
  }
}
