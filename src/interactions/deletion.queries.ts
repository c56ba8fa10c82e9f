import type { CustomerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import { deleteRefs, type RefKey } from './disputes.queries.js';

/** Which of a customer's events are deleted; all that is named has to hold. */
export interface DeletedEvents {
  ids?: readonly string[];
  consentId?: string;
  /** Inclusive. */
  from?: Date;
  /** Exclusive. */
  to?: Date;
  /** How many at most, the oldest first. */
  limit?: number;
}

export interface DeletedEvent {
  id: string;
  retailerId: string;
  occurredAt: Date;
}

/** An event that is held: it cannot be deleted until the transaction is over. */
export interface HeldEvent extends DeletedEvent {
  keyHash: Buffer;
  type: string;
}

/** Holds an event for whoever hangs something on it, and answers it; null when it is not there, or no longer. */
export async function lockEvent(tx: Tx, { bucket, customerId }: CustomerKey, id: string): Promise<HeldEvent | null> {
  // What may delete events may hold them against it; the service's own role may do neither.
  await tx.query('set local role ccx_erase');
  const [event] = await tx.query<HeldEvent[]>(
    `select id, retailer_id as "retailerId", occurred_at as "occurredAt", key_hash as "keyHash", type
       from interactions where bucket = $1 and customer_id = $2 and id = $3 for update`,
    [bucket, customerId, id],
  );
  await tx.query('reset role');
  return event ?? null;
}

/**
 * Deletes events with all that hangs on them, and answers which. Their keys stay, so that none comes back, and so do
 * voids and corrections: an event that was taken back does not stand again because the void is gone.
 */
export async function deleteEvents(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  { ids, consentId, from, to, limit }: DeletedEvents,
): Promise<DeletedEvent[]> {
  await tx.query('set local role ccx_erase');
  // Held first, in one order: whoever disputes one of them meanwhile is waited for, and two deletions do not deadlock.
  const [deleted] = await tx.query<[(DeletedEvent & { keyHash: Buffer })[], number]>(
    `with held as materialized (
       select occurred_at, id from interactions
        where bucket = $1 and customer_id = $2
          and ($3::uuid[] is null or id = any($3))
          and ($4::uuid is null or consent_id = $4)
          and ($5::timestamptz is null or occurred_at >= $5)
          and ($6::timestamptz is null or occurred_at < $6)
        order by occurred_at, id
        limit $7
          for update)
     delete from interactions i using held
      where i.bucket = $1 and i.customer_id = $2 and i.occurred_at = held.occurred_at and i.id = held.id
     returning i.id, i.retailer_id as "retailerId", i.occurred_at as "occurredAt", i.key_hash as "keyHash"`,
    [bucket, customerId, ids ?? null, consentId ?? null, from ?? null, to ?? null, limit ?? null],
  );
  const keys = deleted.map(({ keyHash }) => keyHash);
  await deleteDisputes(tx, { bucket, customerId }, keys);
  await tx.query(`delete from interaction_notes where bucket = $1 and customer_id = $2 and interaction_id = any($3)`, [
    bucket,
    customerId,
    deleted.map(({ id }) => id),
  ]);
  await tx.query('reset role');
  return deleted.map(({ id, retailerId, occurredAt }) => ({ id, retailerId, occurredAt }));
}

async function deleteDisputes(tx: Tx, { bucket, customerId }: CustomerKey, keys: readonly Buffer[]): Promise<void> {
  if (keys.length === 0) return;
  const [gone] = await tx.query<[RefKey[], number]>(
    `delete from interaction_disputes
      where bucket = $1 and customer_id = $2 and key_hash = any($3) returning retailer_id as "retailerId", id`,
    [bucket, customerId, keys],
  );
  await deleteRefs(tx, gone);
}
