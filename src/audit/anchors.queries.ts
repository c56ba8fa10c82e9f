import type { Reader, Tx } from '../platform/database/database.js';
import type { PublishedCheckpoint } from './checkpoint.js';

/** A place in the order in which checkpoints were published. */
export type AnchoredUntil = Pick<PublishedCheckpoint, 'size' | 'signedAt'>;

/** How far an anchor has got; before everything where it is new. */
export async function anchoredUntil(reader: Reader, target: string): Promise<AnchoredUntil> {
  const [row] = await reader.query<{ size: string; signed_at: Date }[]>(
    'select size, signed_at from audit_anchors where target = $1',
    [target],
  );
  return row ? { size: Number(row.size), signedAt: row.signed_at } : { size: -1, signedAt: new Date(0) };
}

export async function rememberAnchored(
  reader: Reader,
  target: string,
  { size, signedAt }: AnchoredUntil,
): Promise<void> {
  await reader.query(
    `insert into audit_anchors (target, size, signed_at) values ($1, $2, $3)
     on conflict (target) do update set size = excluded.size, signed_at = excluded.signed_at`,
    [target, size, signedAt],
  );
}

/** After what was published beyond this size has been taken back: what comes in its place is anchored, too. */
export async function rewindAnchors(tx: Tx, size: number): Promise<void> {
  await tx.query('update audit_anchors set size = $1 where size > $1', [size]);
}
