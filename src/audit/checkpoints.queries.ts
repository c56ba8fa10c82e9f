import type { Reader, Tx } from '../platform/database/database.js';
import type { PublishedCheckpoint } from './checkpoint.js';

/** The last checkpoint that was published. Nothing of the log beyond it may be shown. */
export async function lastCheckpoint(reader: Reader): Promise<PublishedCheckpoint | null> {
  const [row] = await reader.query<CheckpointRow[]>(
    `select size, root, note, signed_at from audit_checkpoints where abandoned_at is null
      order by size desc, signed_at desc limit 1`,
  );
  return row ? toCheckpoint(row) : null;
}

/** The newest checkpoint of exactly this size. */
export async function checkpointOfSize(reader: Reader, size: number): Promise<PublishedCheckpoint | null> {
  const [row] = await reader.query<CheckpointRow[]>(
    `select size, root, note, signed_at from audit_checkpoints where size = $1 and abandoned_at is null
      order by signed_at desc limit 1`,
    [size],
  );
  return row ? toCheckpoint(row) : null;
}

/** What has been published after this one, the older ones first. */
export async function checkpointsAfter(
  reader: Reader,
  { size, signedAt }: Pick<PublishedCheckpoint, 'size' | 'signedAt'>,
  limit: number,
): Promise<PublishedCheckpoint[]> {
  const rows = await reader.query<CheckpointRow[]>(
    `select size, root, note, signed_at from audit_checkpoints
      where (size, signed_at) > ($1, $2) and abandoned_at is null order by size, signed_at limit $3`,
    [size, signedAt, limit],
  );
  return rows.map(toCheckpoint);
}

/** The checkpoints that were the first to cover these entries, each once, by their sizes. */
export async function firstCovering(reader: Reader, indexes: readonly number[]): Promise<PublishedCheckpoint[]> {
  const rows = await reader.query<CheckpointRow[]>(
    `select distinct on (first.size) first.* from unnest($1::bigint[]) as entry (idx)
      cross join lateral (
        select size, root, note, signed_at from audit_checkpoints
         where size > entry.idx and abandoned_at is null order by size, signed_at limit 1) first
      order by first.size`,
    [indexes],
  );
  return rows.map(toCheckpoint);
}

/** Whether a signed note has been published; cosignatures may have been added to it. */
export async function isPublished(reader: Reader, size: number, note: string): Promise<boolean> {
  const rows = await reader.query<unknown[]>(
    'select from audit_checkpoints where size = $1 and starts_with(note, $2) limit 1',
    [size, note],
  );
  return rows.length > 0;
}

export async function insertCheckpoint(tx: Tx, { size, root, note, signedAt }: PublishedCheckpoint): Promise<void> {
  await tx.query(
    `insert into audit_checkpoints (size, root, note, signed_at) values ($1, $2, $3, $4) on conflict do nothing`,
    [size, root, note, signedAt],
  );
}

/** Takes back every checkpoint of more entries than this, and answers how many. */
export async function abandonCheckpoints(tx: Tx, sizes: { above: number }, at: Date): Promise<number> {
  const [, abandoned] = await tx.query<[unknown, number]>(
    'update audit_checkpoints set abandoned_at = $2 where size > $1 and abandoned_at is null',
    [sizes.above, at],
  );
  return abandoned;
}

interface CheckpointRow {
  size: string;
  root: Buffer;
  note: string;
  signed_at: Date;
}

function toCheckpoint({ size, root, note, signed_at }: CheckpointRow): PublishedCheckpoint {
  return { origin: note.slice(0, note.indexOf('\n')), size: Number(size), root, note, signedAt: signed_at };
}
