import type { Reader, Tx } from '../platform/database/database.js';
import { HASH_BYTES, type Tile, type TileCoordinates, TiledHashes } from './tiles.js';

/** The tree over the log as it is committed, which may be ahead of what has been published. */
export interface LogState {
  /** The number that the next entry gets. */
  size: number;
  /** How many entries the tree has. Less than `size` only while a log of before there was a tree is taken in. */
  integrated: number;
  root: Buffer;
}

export async function readLogState(reader: Reader): Promise<LogState> {
  const [row] = await reader.query<StateRow[]>('select size, integrated, root from audit_state where id = 1');
  return toState(row as StateRow);
}

/** The state, for whoever changes it, or nothing while somebody else does. */
export async function lockLogState(tx: Tx): Promise<LogState | undefined> {
  const [row] = await tx.query<StateRow[]>(
    'select size, integrated, root from audit_state where id = 1 for update skip locked',
  );
  return row && toState(row);
}

/** The state, for whoever puts it right, once everybody else is done with it. */
export async function waitForLogState(tx: Tx): Promise<LogState> {
  const [row] = await tx.query<StateRow[]>('select size, integrated, root from audit_state where id = 1 for update');
  return toState(row as StateRow);
}

/** Throws the tree away, which is made again from the entries that there are. */
export async function forgetTree(tx: Tx): Promise<void> {
  await tx.query('delete from audit_tiles');
  await tx.query(
    `update audit_state set size = (select coalesce(max(idx) + 1, 0) from audit_log), integrated = 0, root = sha256('')
      where id = 1`,
  );
}

/** Raises the state from what was read, which is the second fence: it fails where somebody else has raised it. */
export async function raiseLogState(tx: Tx, from: LogState, to: LogState): Promise<void> {
  const [, raised] = await tx.query<[unknown, number]>(
    `update audit_state set size = $1, integrated = $2, root = $3
      where id = 1 and size = $4 and integrated = $5 and root = $6`,
    [to.size, to.integrated, to.root, from.size, from.integrated, from.root],
  );
  if (raised !== 1) throw new Error('The log has grown meanwhile; nothing was added.');
}

/** Those of these tiles that there are, with one statement. */
export async function readTiles(reader: Reader, tiles: readonly TileCoordinates[]): Promise<Tile[]> {
  if (tiles.length === 0) return [];
  const rows = await reader.query<{ level: number; idx: string; hashes: Buffer }[]>(
    `select level, idx, hashes from unnest($1::int[], $2::bigint[]) as wanted (level, idx)
       join audit_tiles using (level, idx)`,
    [tiles.map(({ level }) => level), tiles.map(({ index }) => index)],
  );
  return rows.map(({ level, idx, hashes }) => ({ level, index: Number(idx), hashes }));
}

/** The hashes of the stored tree, each proof with one statement. */
export function storedHashes(reader: Reader): TiledHashes {
  return new TiledHashes((tiles) => readTiles(reader, tiles));
}

/** Stores tiles that are new or have grown. A hash that was stored before is never changed: it fails then. */
export async function writeTiles(tx: Tx, tiles: readonly Tile[]): Promise<void> {
  const [{ written } = { written: 0 }] = await tx.query<{ written: number }[]>(
    `with written as (
       insert into audit_tiles as stored (level, idx, hashes)
       select * from unnest($1::int[], $2::bigint[], $3::bytea[])
       on conflict (level, idx) do update set hashes = excluded.hashes
         where substring(excluded.hashes from 1 for length(stored.hashes)) = stored.hashes
       returning 1)
     select count(*)::int as written from written`,
    [tiles.map(({ level }) => level), tiles.map(({ index }) => index), tiles.map(({ hashes }) => hashes)],
  );
  if (written !== tiles.length) throw new Error('A tile of the log has hashes that the tree does not have.');
}

/** The hashes of a tile as it was when it had so many. */
export function firstOf({ hashes }: Tile, width: number): Buffer {
  return hashes.subarray(0, width * HASH_BYTES);
}

interface StateRow {
  size: string;
  integrated: string;
  root: Buffer;
}

const toState = ({ size, integrated, root }: StateRow): LogState => ({
  size: Number(size),
  integrated: Number(integrated),
  root,
});
