import { LessThanOrEqual, MoreThan } from 'typeorm';

import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { Snapshot } from './snapshot.entity.js';

/** An entry as it is kept. */
export interface SealedEntry {
  readonly customer: CustomerKey;
  readonly consent: { readonly id: string; readonly version: number };
  readonly idx: number;
  readonly sealed: Buffer;
}

/** One entry of a part, and the wrapped key that opens it. */
export interface StandingEntry extends SealedEntry {
  readonly profileKey: Buffer;
}

type Asked = Pick<Snapshot, 'retailerId' | 'purpose' | 'touchpoint'>;

// Whoever has a line that may let something be had offline. What it is, and whether it is, the reading decides.
const CANDIDATES = `
  from consents c
 where c.retailer_id = $1 and c.use = 'standing' and c.status = 'active'
   and c.details @> jsonb_build_array(jsonb_build_object(
         'type', 'ccx_preferences', 'delivery', jsonb_build_array('offline'),
         'purposes', jsonb_build_array($2::text), 'touchpoints', jsonb_build_array($3::text)))`;

export async function countCandidates(reader: Reader, { retailerId, purpose, touchpoint }: Asked): Promise<number> {
  const [row] = await reader.query<{ count: number }[]>(`select count(*)::int as count ${CANDIDATES}`, [
    retailerId,
    purpose,
    touchpoint,
  ]);
  return row!.count;
}

/** The customers who may be in the snapshot, in the order of their keys, from after this one on. */
export async function nextCandidates(
  reader: Reader,
  { retailerId, purpose, touchpoint }: Asked,
  after: CustomerKey | null,
  limit: number,
): Promise<CustomerKey[]> {
  const rows = await reader.query<{ customer_id: string }[]>(
    `select c.customer_id ${CANDIDATES}
        and ($4::int is null or (c.bucket, c.customer_id) > ($4, $5::uuid))
      order by c.bucket, c.customer_id limit $6`,
    [retailerId, purpose, touchpoint, after?.bucket ?? null, after?.customerId ?? null, limit],
  );
  return rows.map(({ customer_id }) => customerKey(customer_id));
}

export async function insertEntries(
  tx: Tx,
  snapshotId: string,
  part: number,
  entries: readonly SealedEntry[],
): Promise<void> {
  await tx.query(
    `insert into snapshot_entries (bucket, customer_id, snapshot_id, part, idx, consent_id, consent_version, sealed)
     select bucket, customer_id, $1, $2, idx, consent_id, consent_version, sealed
       from unnest($3::int[], $4::uuid[], $5::int[], $6::uuid[], $7::int[], $8::bytea[])
         as entries (bucket, customer_id, idx, consent_id, consent_version, sealed)`,
    [
      snapshotId,
      part,
      entries.map(({ customer }) => customer.bucket),
      entries.map(({ customer }) => customer.customerId),
      entries.map(({ idx }) => idx),
      entries.map(({ consent }) => consent.id),
      entries.map(({ consent }) => consent.version),
      entries.map(({ sealed }) => sealed),
    ],
  );
}

// An entry stands for as long as the consent is exactly what it was made from: whatever was changed since, if only that
// something was taken back, needs no second rule to be noticed, and costs at most a day without the offline copy. Nor
// does it outlast the client that asked for it: whoever gets no answers any more has none in a copy.
const STANDING = `
  from snapshot_entries e
  join snapshots s on s.id = e.snapshot_id
  join clients cl on cl.id = s.client_id
  join consents c on c.bucket = e.bucket and c.customer_id = e.customer_id and c.id = e.consent_id
  join retailers r on r.id = c.retailer_id
 where e.snapshot_id = $1 and cl.status = 'active' and r.status = 'active' and c.status = 'active' and c.expires_at > $2
   and c.version = e.consent_version`;

/** The bits of the entries that stand at this moment. */
export async function standingBits(reader: Reader, snapshotId: string, now: Date): Promise<number[]> {
  const [row] = await reader.query<{ bits: number[] }[]>(
    `select coalesce(array_agg(e.idx), '{}') as bits ${STANDING}`,
    [snapshotId, now],
  );
  return row!.bits;
}

/** The entries of one part that stand at this moment, in the order of their bits. */
export async function standingEntries(
  reader: Reader,
  snapshotId: string,
  part: number,
  now: Date,
): Promise<StandingEntry[]> {
  const rows = await reader.query<EntryRow[]>(
    `select e.customer_id, e.consent_id, e.consent_version, e.idx, e.sealed,
            (select k.profile_key from subject_keys k where k.bucket = e.bucket and k.customer_id = e.customer_id)
       ${STANDING} and e.part = $3
      order by e.idx`,
    [snapshotId, now, part],
  );
  return rows.map((row) => ({
    customer: customerKey(row.customer_id),
    consent: { id: row.consent_id, version: row.consent_version },
    idx: row.idx,
    sealed: row.sealed,
    profileKey: row.profile_key,
  }));
}

interface EntryRow {
  customer_id: string;
  consent_id: string;
  consent_version: number;
  idx: number;
  sealed: Buffer;
  profile_key: Buffer;
}

/** A snapshot that has not expired. */
export function findSnapshot(reader: Reader, id: string, now: Date): Promise<Snapshot | null> {
  return reader.findOneBy(Snapshot, { id, expiresAt: MoreThan(now) });
}

/** A retailer's snapshots that have not expired, newest first. */
export function listSnapshots(
  reader: Reader,
  { retailerId, before, limit, now }: { retailerId: string; before?: string; limit: number; now: Date },
): Promise<Snapshot[]> {
  const query = reader
    .createQueryBuilder(Snapshot, 's')
    .where({ retailerId, expiresAt: MoreThan(now) })
    .orderBy('s.id', 'DESC')
    .take(limit);
  if (before !== undefined) query.andWhere('s.id < :before', { before });
  return query.getMany();
}

/** Deletes some entries of snapshots that have expired, and the snapshots that have none left; answers how many entries. */
export async function deleteExpired(tx: Tx, now: Date, limit: number): Promise<number> {
  const [, deleted] = await tx.query<[unknown, number]>(
    `delete from snapshot_entries where (bucket, customer_id, snapshot_id) in (
       select e.bucket, e.customer_id, e.snapshot_id
         from snapshots s join snapshot_entries e on e.snapshot_id = s.id
        where s.expires_at <= $1 limit $2)`,
    [now, limit],
  );
  if (deleted < limit) await tx.delete(Snapshot, { expiresAt: LessThanOrEqual(now) });
  return deleted;
}

/** Deletes what snapshots hold of a customer. */
export async function eraseSnapshotEntries(tx: Tx, { bucket, customerId }: CustomerKey): Promise<void> {
  await tx.query('delete from snapshot_entries where bucket = $1 and customer_id = $2', [bucket, customerId]);
}
