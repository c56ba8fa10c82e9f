import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { type DisputeAnswer, DisputeRef, Dispute, type DisputeReason } from './dispute.entity.js';
import type { DisputeStatus } from './dispute.js';
import { STANDING } from './standing.js';

/** A dispute with what there is to say of its event. */
export interface DisputedEvent {
  id: string;
  customerId: string;
  interactionId: string;
  occurredAt: Date;
  retailerId: string;
  clientId: string;
  type: string;
  source: string;
  eventId: string;
  reason: DisputeReason;
  textSealed: Buffer | null;
  shareText: boolean;
  disputedAt: Date;
  retractedAt: Date | null;
  answer: DisputeAnswer | null;
  noteCode: string | null;
  answeredAt: Date | null;
  status: DisputeStatus;
  /** The event that corrects the disputed one, once it is known: by our id, and as its client calls it. */
  correction: { id: string; source: string; eventId: string } | null;
}

// A retailer that simply voids or corrects the event has answered by that, whatever it said before.
const STATUS = `case when d.retracted_at is not null then 'retracted'
  else case ${STANDING} when 'voided' then 'withdrawn' when 'corrected' then 'corrected'
                        else coalesce(d.answer, 'open') end end`;

// The one that the answer names, else the one that took the event's place; and never one that corrects something else.
const CORRECTION = `
  select json_build_object('id', c.id, 'source', c.source, 'eventId', c.event_id)
    from interaction_keys k
    join interactions c on c.bucket = k.bucket and c.customer_id = k.customer_id
                       and c.occurred_at = k.occurred_at and c.key_hash = k.key_hash
   where k.bucket = d.bucket and k.customer_id = d.customer_id and c.corrects = d.key_hash
     and k.key_hash = coalesce(d.correction_key, (
       select key_hash from interaction_corrections
        where bucket = d.bucket and customer_id = d.customer_id and target = d.key_hash
        order by time desc, event_id desc, source desc limit 1))`;

const COLUMNS = `d.id, d.customer_id as "customerId", d.interaction_id as "interactionId",
  d.occurred_at as "occurredAt", d.retailer_id as "retailerId", i.client_id as "clientId", i.type, i.source, i.event_id as "eventId", d.reason,
  d.text_sealed as "textSealed", d.share_text as "shareText", d.disputed_at as "disputedAt",
  d.retracted_at as "retractedAt", d.answer, d.note_code as "noteCode", d.answered_at as "answeredAt",
  ${STATUS} as status, (${CORRECTION}) as correction`;

// A dispute goes with its event, so that there is one to each.
const WITH_EVENT = `join interactions i on i.bucket = d.bucket and i.customer_id = d.customer_id
  and i.occurred_at = d.occurred_at and i.id = d.interaction_id`;

/** A customer's disputes, newest first, before one of them where that is given. */
export function disputesOfCustomer(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { before, limit }: { before?: string | undefined; limit: number },
): Promise<DisputedEvent[]> {
  return reader.query<DisputedEvent[]>(
    `select ${COLUMNS} from interaction_disputes d ${WITH_EVENT}
      where d.bucket = $1 and d.customer_id = $2 and ($3::uuid is null or d.id < $3)
      order by d.id desc limit $4`,
    [bucket, customerId, before ?? null, limit],
  );
}

/** The latest dispute of each of these events that has one. */
export function latestDisputes(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  interactionIds: readonly string[],
): Promise<DisputedEvent[]> {
  return reader.query<DisputedEvent[]>(
    `select ${COLUMNS}
       from (select distinct on (interaction_id) * from interaction_disputes
              where bucket = $1 and customer_id = $2 and interaction_id = any($3)
              order by interaction_id, id desc) d
       ${WITH_EVENT}`,
    [bucket, customerId, interactionIds],
  );
}

export interface RetailersDisputes {
  id?: string;
  statuses?: readonly DisputeStatus[] | undefined;
  before?: string | undefined;
  limit: number;
}

/** The disputes that a retailer has with all its customers, newest first. */
export function disputesOfRetailer(
  reader: Reader,
  retailerId: string,
  { id, statuses, before, limit }: RetailersDisputes,
): Promise<DisputedEvent[]> {
  return reader.query<DisputedEvent[]>(
    `select * from (
       select ${COLUMNS}
         from (select bucket, customer_id, id from dispute_refs
                where retailer_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id < $3)) r
         join interaction_disputes d on d.bucket = r.bucket and d.customer_id = r.customer_id and d.id = r.id
         ${WITH_EVENT}) as dispute
      where $4::text[] is null or status = any($4)
      order by id desc limit $5`,
    [retailerId, id ?? null, before ?? null, statuses ?? null, limit],
  );
}

/** Whose the dispute is, and of which event; null when the retailer has none of this id. */
export async function findRef(
  reader: Reader,
  retailerId: string,
  id: string,
): Promise<{ customerId: string; interactionId: string } | null> {
  const ref = await reader.findOneBy(DisputeRef, { retailerId, id });
  if (!ref) return null;
  const { bucket, customerId } = ref;
  const dispute = await reader.findOneBy(Dispute, { bucket, customerId, id });
  return dispute && { customerId, interactionId: dispute.interactionId };
}

/** The latest dispute of an event, held until commit. Hold the event first. */
export function lockLatest(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  interactionId: string,
): Promise<Dispute | null> {
  return tx.findOne(Dispute, {
    where: { bucket, customerId, interactionId },
    order: { id: 'desc' },
    lock: { mode: 'pessimistic_write' },
  });
}

/** A dispute, held until commit. Hold its event first. */
export function lockDispute(tx: Tx, { bucket, customerId }: CustomerKey, id: string): Promise<Dispute | null> {
  return tx.findOne(Dispute, { where: { bucket, customerId, id }, lock: { mode: 'pessimistic_write' } });
}

export async function insertDispute(tx: Tx, dispute: Dispute): Promise<void> {
  await tx.insert(Dispute, dispute);
  const { retailerId, id, bucket, customerId } = dispute;
  await tx.insert(DisputeRef, { retailerId, id, bucket, customerId });
}

/** By which a dispute is found by its retailer. */
export interface RefKey {
  readonly retailerId: string;
  readonly id: string;
}

export async function deleteRefs(tx: Tx, refs: readonly RefKey[]): Promise<void> {
  await tx.query(
    `delete from dispute_refs r using unnest($1::uuid[], $2::uuid[]) as gone (retailer_id, id)
      where r.retailer_id = gone.retailer_id and r.id = gone.id`,
    [refs.map(({ retailerId }) => retailerId), refs.map(({ id }) => id)],
  );
}

/** What an event that may be known already corrects; undefined while it is not known. */
export async function correctedBy(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  keyHash: Buffer,
): Promise<Buffer | null | undefined> {
  const [known] = await reader.query<{ corrects: Buffer | null }[]>(
    `select c.target as corrects from interaction_keys k
       left join interaction_corrections c
         on c.bucket = k.bucket and c.customer_id = k.customer_id and c.key_hash = k.key_hash
      where k.bucket = $1 and k.customer_id = $2 and k.key_hash = $3`,
    [bucket, customerId, keyHash],
  );
  return known?.corrects;
}

export async function eraseDisputes(tx: Tx, { bucket, customerId }: CustomerKey): Promise<void> {
  for (const table of ['dispute_refs', 'interaction_disputes']) {
    await tx.query(`delete from ${table} where bucket = $1 and customer_id = $2`, [bucket, customerId]);
  }
}
