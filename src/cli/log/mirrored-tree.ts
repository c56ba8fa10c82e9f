import type { LogResource } from '../../audit/log-paths.js';
import { edgeTilesOf, extended, hashesIn, HASH_BYTES, type Tile, TILE_WIDTH, TiledHashes } from '../../audit/tiles.js';
import { rootAt } from '../../audit/tree.js';

/** The tree of a mirror while it grows: only its right edge is kept. */
export class MirroredTree {
  /** @param edge Its partial tiles, one of each level at most. */
  constructor(
    private count: number,
    private edge: readonly Tile[],
  ) {}

  get size(): number {
    return this.count;
  }

  /** Adds leaves, and answers the tiles that have become full. */
  add(leafHashes: readonly Buffer[]): Tile[] {
    const changed = extended(this.count, this.edge, leafHashes);
    this.count += leafHashes.length;
    const present = [...changed, ...this.edge.filter(({ level }) => !changed.some((tile) => tile.level === level))];
    this.edge = edgeTilesOf(this.count).flatMap(
      ({ tile }) => present.find(({ level, index }) => level === tile.level && index === tile.index) ?? [],
    );
    return changed.filter(({ hashes }) => hashes.length === TILE_WIDTH * HASH_BYTES);
  }

  /** The tiles at its right edge. */
  partial(): readonly Tile[] {
    return this.edge;
  }

  root(): Promise<Buffer> {
    return rootAt(this.count, new TiledHashes(() => this.edge));
  }
}

/** A tile as the thing that a log serves. */
export function resourceOf({ level, index, hashes }: Tile): LogResource {
  return { level, index, width: hashesIn(hashes).length };
}
