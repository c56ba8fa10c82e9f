import type { Checkpoint } from './checkpoint.js';
import { tampering } from './fault.js';
import { readAhead } from './read-ahead.js';
import type { LogSource } from './source.js';
import { TILE_WIDTH, Tiles } from './tiles.js';
import { GrowingTree } from './tree.js';

/**
 * Where in the log a leaf is; null when it is nowhere. The log's own word for that would not do, so all hashes are read
 * and held against the checkpoint.
 *
 * @throws Fault when they are not those of the checkpoint
 */
export async function findLeaf(log: LogSource, { size, root }: Checkpoint, hash: Buffer): Promise<number | null> {
  const tiles = new Tiles(log, size);
  const tree = new GrowingTree();
  let found: number | null = null;
  for await (const hashes of readAhead(Math.ceil(size / TILE_WIDTH), (index) => tiles.hashes(0, index))) {
    for (const logged of hashes) {
      if (logged.equals(hash)) found = tree.size;
      tree.add(logged);
    }
  }
  if (!tree.root().equals(root)) throw tampering(`the tiles of ${log.name} are not those of its checkpoint`);
  return found;
}
