import { LRUCache } from 'lru-cache';

import { type ReadTiles, type Tile, type TileCoordinates, TiledHashes } from './tiles.js';
import type { HashReader, TreeNode } from './tree.js';

/** 8 MB of them. */
const TILES = 1_024;
const NODES = 4_096;

/**
 * Hashes for many proofs in one tree, leaf after leaf: neighbours share nearly all of their paths, so that each tile is
 * read once and each node hashed once. What it keeps is bounded. Good for trees up to the size that there was when it
 * was made.
 */
export class CachedHashes implements HashReader {
  private readonly tiles = new LRUCache<string, Tile>({ max: TILES });
  private readonly nodes = new LRUCache<string, Buffer>({ max: NODES });
  private readonly hashes: HashReader;

  constructor(read: ReadTiles) {
    this.hashes = new TiledHashes((coordinates) => this.read(read, coordinates));
  }

  async hashesOf(nodes: readonly TreeNode[]): Promise<Buffer[]> {
    const known = new Map(nodes.map((node) => [nameOf(node), this.nodes.get(nameOf(node))]));
    const unknown = nodes.filter((node) => !known.get(nameOf(node)));
    const found = unknown.length > 0 ? await this.hashesOfUnknown(unknown) : [];
    unknown.forEach((node, place) => {
      const hash = found[place] as Buffer;
      this.nodes.set(nameOf(node), hash);
      known.set(nameOf(node), hash);
    });
    return nodes.map((node) => known.get(nameOf(node)) as Buffer);
  }

  private async hashesOfUnknown(nodes: readonly TreeNode[]): Promise<readonly Buffer[]> {
    try {
      return await this.hashes.hashesOf(nodes);
    } catch (error) {
      // A tile that was short when it was read may be longer by now.
      this.tiles.clear();
      throw error;
    }
  }

  private async read(read: ReadTiles, coordinates: readonly TileCoordinates[]): Promise<Tile[]> {
    const known = coordinates.flatMap((tile) => this.tiles.get(nameOf(tile)) ?? []);
    const unknown = coordinates.filter((tile) => !this.tiles.has(nameOf(tile)));
    const found = unknown.length > 0 ? await read(unknown) : [];
    for (const tile of found) this.tiles.set(nameOf(tile), tile);
    return [...known, ...found];
  }
}

const nameOf = ({ level, index }: TreeNode | TileCoordinates): string => `${level}/${index}`;
