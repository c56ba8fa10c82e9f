import type { Reader, Tx } from '../platform/database/database.js';
import type { StoredEntry } from './commitments.js';

/** Buckets are taken in groups, so that one pass touches few shards when the tables are distributed. */
const GROUPS = 16;
const BUCKETS_PER_GROUP = 65_536 / GROUPS;

export interface PendingEntry extends StoredEntry {
  readonly bucket: number;
}

/** The groups of buckets in which entries wait. */
export async function groupsWaiting(reader: Reader): Promise<number[]> {
  const rows = await reader.query<{ number: number }[]>(
    `select number from generate_series(0, $1 - 1) as number
      where exists (select from audit_pending where bucket between number * $2 and (number + 1) * $2 - 1)
      order by random()`,
    [GROUPS, BUCKETS_PER_GROUP],
  );
  return rows.map(({ number }) => number);
}

/** Entries that wait in a group. Whoever holds the log's state is the only one who changes them. */
export async function findPending(tx: Tx, group: number, limit: number): Promise<PendingEntry[]> {
  const first = group * BUCKETS_PER_GROUP;
  return tx.query<PendingEntry[]>(
    `select bucket, id, leaf_hash, commitment from audit_pending
      where bucket between $1 and $2 order by bucket, id limit $3`,
    [first, first + BUCKETS_PER_GROUP - 1, limit],
  );
}

const CONTENTS = 'id, type, at, leaf_hash, sealed, pseudonym, retailer_id, purposes, attributes, consent_version';

/** Moves entries, whose contents never leave the database, and numbers them in this order. */
export async function movePending(tx: Tx, entries: readonly PendingEntry[], firstIndex: number): Promise<void> {
  const keys = [entries.map(({ bucket }) => bucket), entries.map(({ id }) => id)];
  await tx.query(
    `insert into audit_log (idx, commitment, ${CONTENTS})
     select $3::bigint + due.place - 1, p.commitment, p.${CONTENTS.replaceAll(', ', ', p.')}
       from unnest($1::int[], $2::uuid[]) with ordinality as due (bucket, id, place)
       join audit_pending p on p.bucket = due.bucket and p.id = due.id`,
    [...keys, firstIndex],
  );
  const [, moved] = await tx.query<[unknown, number]>(
    `delete from audit_pending p using unnest($1::int[], $2::uuid[]) as due (bucket, id)
      where p.bucket = due.bucket and p.id = due.id`,
    keys,
  );
  if (moved !== entries.length) throw new Error('Entries went away while they were numbered.');
}

/** Numbered entries from one place on. */
export async function loggedFrom(
  reader: Reader,
  index: number,
  limit: number,
): Promise<(StoredEntry & { idx: string })[]> {
  return reader.query('select idx, id, leaf_hash, commitment from audit_log where idx >= $1 order by idx limit $2', [
    index,
    limit,
  ]);
}

interface SealedRow {
  id: string;
  leaf_hash: Buffer;
  sealed: Buffer;
  pseudonym: Buffer | null;
}

export async function sealedPending(tx: Tx, entries: readonly PendingEntry[]): Promise<SealedRow[]> {
  return tx.query<SealedRow[]>(
    `select id, leaf_hash, sealed, pseudonym from audit_pending
       join unnest($1::int[], $2::uuid[]) as wanted (bucket, id) using (bucket, id)`,
    [entries.map(({ bucket }) => bucket), entries.map(({ id }) => id)],
  );
}

export async function sealedLogged(tx: Tx, from: number, to: number): Promise<SealedRow[]> {
  return tx.query<SealedRow[]>(
    'select id, leaf_hash, sealed, pseudonym from audit_log where idx >= $1 and idx < $2 and commitment is null',
    [from, to],
  );
}

export async function addPendingCommitments(
  tx: Tx,
  entries: readonly PendingEntry[],
  commitments: readonly Buffer[],
): Promise<void> {
  await tx.query(
    `update audit_pending p set commitment = found.commitment
       from unnest($1::int[], $2::uuid[], $3::bytea[]) as found (bucket, id, commitment)
      where p.bucket = found.bucket and p.id = found.id`,
    [entries.map(({ bucket }) => bucket), entries.map(({ id }) => id), commitments],
  );
}

/** The database takes each commitment once, and only one that the hash of its leaf agrees with. */
export async function addLoggedCommitments(
  tx: Tx,
  indexes: readonly number[],
  commitments: readonly Buffer[],
): Promise<void> {
  const [row] = await tx.query<{ added: string }[]>('select ccx_add_commitments($1::bigint[], $2::bytea[]) as added', [
    indexes,
    commitments,
  ]);
  if (Number(row?.added) !== indexes.length) throw new Error('An entry did not take its commitment.');
}
