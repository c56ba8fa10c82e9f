import type { Tx } from '../platform/database/database.js';
import { leafBytes } from './leaf.js';
import { LogFaultError } from './log-alarms.js';
import { type LogState, readTiles, writeTiles } from './log-tiles.queries.js';
import { edgeTilesOf, extended, HASH_BYTES, type Tile, TiledHashes } from './tiles.js';
import { leafHashOf, rootAt } from './tree.js';

/** What the tree is extended by. */
export interface IntegratedEntry {
  readonly id: string;
  readonly leafHash: Buffer;
  readonly commitment: Buffer;
}

/**
 * Adds entries to the right edge of the tree, which has to be the one that the state tells of: what somebody changed
 * behind our back is not built upon.
 *
 * @throws LogFaultError
 */
export async function integrate(
  tx: Tx,
  state: LogState,
  entries: readonly IntegratedEntry[],
): Promise<Pick<LogState, 'integrated' | 'root'>> {
  for (const { id, leafHash, commitment } of entries) {
    if (leafHashOf(leafBytes(commitment)).equals(leafHash)) continue;
    throw new LogFaultError('log-broken', `Entry ${id} does not have the hash of its leaf. Nothing more is numbered.`);
  }
  const edge = await soundEdge(tx, state);
  const grown = extended(
    state.integrated,
    edge,
    entries.map(({ leafHash }) => leafHash),
  );
  await writeTiles(tx, grown);
  const integrated = state.integrated + entries.length;
  return { integrated, root: await rootAt(integrated, new TiledHashes(() => [...edge, ...grown])) };
}

/** The tiles at the right edge, hashed again and compared with the root. @throws LogFaultError when they differ */
export async function soundEdge(tx: Tx, { integrated, root }: LogState): Promise<Tile[]> {
  const wanted = edgeTilesOf(integrated);
  const stored = await readTiles(
    tx,
    wanted.map(({ tile }) => tile),
  );
  for (const { tile, width } of wanted) {
    const hashes = stored.find(({ level, index }) => level === tile.level && index === tile.index)?.hashes.length ?? 0;
    if (hashes === width * HASH_BYTES) continue;
    const found = `tile ${tile.level}/${tile.index} has ${hashes / HASH_BYTES} hashes and not ${width}`;
    throw new LogFaultError('log-broken', `The tree has ${integrated} entries by its state, but ${found}.`);
  }
  const edge = stored.filter(({ hashes }) => hashes.length > 0);
  if (!(await rootAt(integrated, new TiledHashes(() => edge))).equals(root)) {
    throw new LogFaultError('log-broken', `The right edge of the tree of ${integrated} entries leads to another root.`);
  }
  return edge;
}
