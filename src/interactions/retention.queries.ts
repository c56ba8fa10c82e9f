import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { deleteRefs, type RefKey } from './disputes.queries.js';
import { RetentionChoice } from './retention.entity.js';

export function findRetention(reader: Reader, { bucket, customerId }: CustomerKey): Promise<RetentionChoice | null> {
  return reader.findOneBy(RetentionChoice, { bucket, customerId });
}

/** Keeps a choice in the place of the version before it (0: none). False when another one has been made meanwhile. */
export async function replaceRetention(tx: Tx, choice: RetentionChoice): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `insert into interaction_retention as kept (bucket, customer_id, months, version, updated_at)
     values ($1, $2, $3, $4, $5)
     on conflict (bucket, customer_id) do update
       set months = excluded.months, version = excluded.version, updated_at = excluded.updated_at
       where kept.version = excluded.version - 1
     returning version`,
    [choice.bucket, choice.customerId, choice.months, choice.version, choice.updatedAt],
  );
  return rows.length > 0;
}

/** Customers who chose a time, after one of them where that is given. */
export async function choosingCustomers(
  reader: Reader,
  last: CustomerKey | undefined,
  limit: number,
): Promise<{ customer: CustomerKey; months: number }[]> {
  const rows = await reader.query<{ customerId: string; months: number }[]>(
    `select customer_id as "customerId", months from interaction_retention
      where months is not null and ($1::int is null or (bucket, customer_id) > ($1, $2::uuid))
      order by bucket, customer_id limit $3`,
    [last?.bucket ?? null, last?.customerId ?? null, limit],
  );
  return rows.map(({ customerId, months }) => ({ customer: customerKey(customerId), months }));
}

export async function eraseRetention(tx: Tx, { bucket, customerId }: CustomerKey): Promise<void> {
  await tx.query('delete from interaction_retention where bucket = $1 and customer_id = $2', [bucket, customerId]);
}

/** Drops whole months of events, and answers what it dropped. */
export async function dropMonths(tx: Tx, before: string): Promise<string[]> {
  const [row] = await tx.query<{ dropped: string[] }[]>(
    `select ccx_drop_month_partitions('interactions', $1::date) as dropped`,
    [before],
  );
  return row?.dropped ?? [];
}

/**
 * What hung on events of months that are gone, one statement each, of which every one deletes some at a time.
 *
 * A key has done its work when its event could no longer be reported again. One that takes part in a correction stays:
 * it decides how younger events stand, and tells nothing by itself.
 */
const LEFT_BEHIND = [
  `delete from interaction_voids where (bucket, customer_id, key_hash) in (
     select v.bucket, v.customer_id, v.key_hash from interaction_voids v
       left join interaction_keys k on k.bucket = v.bucket and k.customer_id = v.customer_id and k.key_hash = v.key_hash
      where coalesce(k.occurred_at, v.at) < $1
        and not exists (select from interaction_corrections c
                         where c.bucket = v.bucket and c.customer_id = v.customer_id
                           and v.key_hash in (c.key_hash, c.target))
      limit $2)`,
  `delete from interaction_keys where (bucket, customer_id, key_hash) in (
     select k.bucket, k.customer_id, k.key_hash from interaction_keys k
      where k.occurred_at < $1
        and not exists (select from interaction_corrections c
                         where c.bucket = k.bucket and c.customer_id = k.customer_id
                           and k.key_hash in (c.key_hash, c.target))
      limit $2)`,
  `delete from interaction_counters where (bucket, customer_id, month, retailer_id, type, touchpoint) in (
     select bucket, customer_id, month, retailer_id, type, touchpoint from interaction_counters
      where month < ($1::timestamptz at time zone 'UTC')::date limit $2)`,
] as const;

// A note knows its event by its id alone, so that it goes once there is none.
const NOTES_LEFT_BEHIND = `delete from interaction_notes where (bucket, customer_id, interaction_id) in (
  select n.bucket, n.customer_id, n.interaction_id from interaction_notes n
   where not exists (select from interactions i
                      where i.bucket = n.bucket and i.customer_id = n.customer_id and i.id = n.interaction_id)
   limit $1)`;

const SWEPT_AT_ONCE = 5_000;

/** Deletes some of what hung on events from before this time; false when there was nothing left to delete. */
export async function sweepLeftBehind(tx: Tx, before: Date): Promise<boolean> {
  await tx.query('set local role ccx_erase');
  let [, swept] = await tx.query<[unknown, number]>(NOTES_LEFT_BEHIND, [SWEPT_AT_ONCE]);
  swept += await sweepDisputes(tx, before);
  for (const statement of LEFT_BEHIND) {
    const [, count] = await tx.query<[unknown, number]>(statement, [before, SWEPT_AT_ONCE]);
    swept += count;
  }
  await tx.query('reset role');
  return swept > 0;
}

async function sweepDisputes(tx: Tx, before: Date): Promise<number> {
  const [gone] = await tx.query<[RefKey[], number]>(
    `delete from interaction_disputes where (bucket, customer_id, id) in (
       select bucket, customer_id, id from interaction_disputes where occurred_at < $1 limit $2)
     returning retailer_id as "retailerId", id`,
    [before, SWEPT_AT_ONCE],
  );
  await deleteRefs(tx, gone);
  return gone.length;
}
