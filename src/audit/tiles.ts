import { type HashReader, rootOf, type TreeNode } from './tree.js';

/** How many levels of the tree one tile spans (C2SP tlog-tiles). */
const TILE_HEIGHT = 8;
/** How many hashes a full tile has. */
export const TILE_WIDTH = 2 ** TILE_HEIGHT;
export const HASH_BYTES = 32;

/** A tile of level 0 holds leaf hashes, one of the next level the roots of 256 full tiles of the level below. */
export interface TileCoordinates {
  readonly level: number;
  readonly index: number;
}

export interface Tile extends TileCoordinates {
  /** From 1 to 256 hashes. A tile that is not full yet grows at its end and changes nowhere else. */
  readonly hashes: Buffer;
}

/** Reads tiles by their coordinates, those that there are, in any order. */
export type ReadTiles = (coordinates: readonly TileCoordinates[]) => Promise<readonly Tile[]> | readonly Tile[];

/** Hashes of the tree out of its tiles: each tile is read once, and all of them at once. */
export class TiledHashes implements HashReader {
  constructor(private readonly read: ReadTiles) {}

  async hashesOf(nodes: readonly TreeNode[]): Promise<Buffer[]> {
    const tiles = new Map((await this.read(tilesFor(nodes))).map((tile) => [nameOf(tile), tile.hashes]));
    return nodes.map((node) => hashIn(node, tiles.get(nameOf(tileOf(node)))));
  }
}

/** The tiles that the roots of these subtrees are told from, each once. */
function tilesFor(nodes: readonly TreeNode[]): TileCoordinates[] {
  return [...new Map(nodes.map((node) => [nameOf(tileOf(node)), tileOf(node)])).values()];
}

/** The tiles at the right edge of a tree, which are what more leaves are added to. Full ones are not among them. */
export function edgeTilesOf(size: number): { tile: TileCoordinates; width: number }[] {
  const edge: { tile: TileCoordinates; width: number }[] = [];
  for (let level = 0, count = size; level === 0 || count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    edge.push({ tile: { level, index: Math.floor(count / TILE_WIDTH) }, width: count % TILE_WIDTH });
  }
  return edge;
}

/**
 * Adds leaves to a tree, and answers the tiles that are new or have grown.
 *
 * @param edge The tiles of {@link edgeTilesOf}, those that have hashes.
 */
export function extended(size: number, edge: readonly Tile[], leafHashes: readonly Buffer[]): Tile[] {
  const tiles: Tile[] = [];
  let added = leafHashes;
  let count = size;
  for (let level = 0; added.length > 0; level++) {
    const first = Math.floor(count / TILE_WIDTH);
    const before = edge.find((tile) => tile.level === level)?.hashes ?? Buffer.alloc(0);
    const hashes = Buffer.concat([before, ...added]);
    const full: Buffer[] = [];
    for (let start = 0; start < hashes.length; start += TILE_WIDTH * HASH_BYTES) {
      const tile = hashes.subarray(start, start + TILE_WIDTH * HASH_BYTES);
      tiles.push({ level, index: first + tiles.filter((other) => other.level === level).length, hashes: tile });
      if (tile.length === TILE_WIDTH * HASH_BYTES) full.push(rootOf(hashesIn(tile)));
    }
    added = full;
    count = first;
  }
  return tiles;
}

export function hashesIn(tile: Buffer): Buffer[] {
  return Array.from({ length: tile.length / HASH_BYTES }, (_, place) =>
    tile.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES),
  );
}

/** Where the root of a subtree comes from: so many hashes of a tile. */
function tileOf({ level, index }: TreeNode): TileCoordinates & { first: number; count: number } {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const count = 2 ** (level - tileLevel * TILE_HEIGHT);
  const first = index * count;
  return { level: tileLevel, index: Math.floor(first / TILE_WIDTH), first: first % TILE_WIDTH, count };
}

/** A tile is missing, or has fewer hashes than the tree has. */
export class TileMissingError extends Error {
  override readonly name = 'TileMissingError';
}

function hashIn(node: TreeNode, tile: Buffer | undefined): Buffer {
  const { level, index, first, count } = tileOf(node);
  if (!tile || tile.length < (first + count) * HASH_BYTES) {
    throw new TileMissingError(`Tile ${level}/${index} of the log has fewer than ${first + count} hashes.`);
  }
  return rootOf(hashesIn(tile.subarray(first * HASH_BYTES, (first + count) * HASH_BYTES)));
}

const nameOf = ({ level, index }: TileCoordinates): string => `${level}/${index}`;
