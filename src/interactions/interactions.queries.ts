import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';

/** One event to be kept, and the consent that lets it in. */
export interface NewInteraction {
  id: string;
  keyHash: Buffer;
  contentHash: Buffer;
  occurredAt: Date;
  consentId: string;
  consentVersion: number;
  type: string;
  touchpoint: string;
  stage: string;
  source: string;
  eventId: string;
  correlation: string | null;
  data: JsonObject;
  /** For a void: the key of the event that it takes back. */
  voids?: Buffer;
}

export interface Reporter {
  retailerId: string;
  clientId: string;
}

/**
 * Claims the events' keys and answers which of them are new. A key that another transaction is claiming is waited for,
 * so that the second sender of an event learns what became of the first. Sorted, so that two batches cannot wait for
 * each other.
 */
export async function claimKeys(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  events: readonly NewInteraction[],
): Promise<Set<string>> {
  const sorted = [...events].sort((a, b) => Buffer.compare(a.keyHash, b.keyHash));
  const rows = await tx.query<{ key_hash: Buffer }[]>(
    `insert into interaction_keys (bucket, customer_id, key_hash, occurred_at, content_hash)
     select $1, $2, key_hash, occurred_at, content_hash
       from unnest($3::bytea[], $4::timestamptz[], $5::bytea[]) as event (key_hash, occurred_at, content_hash)
     on conflict (bucket, customer_id, key_hash) do nothing
     returning key_hash`,
    [
      bucket,
      customerId,
      sorted.map(({ keyHash }) => keyHash),
      sorted.map(({ occurredAt }) => occurredAt),
      sorted.map(({ contentHash }) => contentHash),
    ],
  );
  return new Set(rows.map(({ key_hash }) => key_hash.toString('hex')));
}

/** The content under which known keys are kept, by the key in hexadecimal. */
export async function contentOfKeys(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  keyHashes: readonly Buffer[],
): Promise<Map<string, Buffer>> {
  if (keyHashes.length === 0) return new Map();
  const rows = await reader.query<{ key_hash: Buffer; content_hash: Buffer }[]>(
    `select key_hash, content_hash from interaction_keys
      where bucket = $1 and customer_id = $2 and key_hash = any($3)`,
    [bucket, customerId, keyHashes],
  );
  return new Map(rows.map(({ key_hash, content_hash }) => [key_hash.toString('hex'), content_hash]));
}

/** Keeps new events, in one statement. Their keys have been claimed. */
export async function insertInteractions(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  { retailerId, clientId }: Reporter,
  events: readonly NewInteraction[],
  receivedAt: Date,
): Promise<void> {
  await tx.query(
    `insert into interactions
       (bucket, customer_id, occurred_at, id, key_hash, retailer_id, client_id, consent_id, consent_version, type,
        touchpoint, stage, source, event_id, correlation, data, received_at)
     select $1, $2, occurred_at, id, decode(key_hash, 'hex'), $3, $4, consent_id, consent_version, type,
            touchpoint, stage, source, event_id, correlation, data, $5
       from jsonb_to_recordset($6::jsonb) as event (
         occurred_at timestamptz, id uuid, key_hash text, consent_id uuid, consent_version int, type text,
         touchpoint text, stage text, source text, event_id text, correlation text, data jsonb)`,
    [
      bucket,
      customerId,
      retailerId,
      clientId,
      receivedAt,
      JSON.stringify(
        events.map((event) => ({
          occurred_at: event.occurredAt,
          id: event.id,
          key_hash: event.keyHash.toString('hex'),
          consent_id: event.consentId,
          consent_version: event.consentVersion,
          type: event.type,
          touchpoint: event.touchpoint,
          stage: event.stage,
          source: event.source,
          event_id: event.eventId,
          correlation: event.correlation,
          data: event.data,
        })),
      ),
    ],
  );
}

/** Notes which events are taken back, whether they are known yet or not. */
export async function insertVoids(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  voids: readonly { target: Buffer; by: Buffer }[],
  at: Date,
): Promise<void> {
  if (voids.length === 0) return;
  const sorted = [...voids].sort((a, b) => Buffer.compare(a.target, b.target));
  await tx.query(
    `insert into interaction_voids (bucket, customer_id, key_hash, voided_by, at)
     select $1, $2, target, by_key, $5 from unnest($3::bytea[], $4::bytea[]) as void (target, by_key)
     on conflict (bucket, customer_id, key_hash) do nothing`,
    [bucket, customerId, sorted.map(({ target }) => target), sorted.map(({ by }) => by), at],
  );
}

/** One event as it is kept. */
export interface StoredInteraction {
  id: string;
  occurredAt: Date;
  retailerId: string;
  consentId: string;
  consentVersion: number;
  type: string;
  touchpoint: string;
  stage: string;
  source: string;
  eventId: string;
  correlation: string | null;
  data: JsonObject;
  receivedAt: Date;
  /** Whether the retailer has taken it back. */
  voided: boolean;
}

export interface InteractionFilter {
  /** Inclusive, and always given: the events are kept by month. */
  from: Date;
  /** Exclusive. */
  to: Date;
  retailerId?: string;
  types?: readonly string[];
  touchpoint?: string;
  stage?: string;
}

/** Events newest first, after a place in that order where one is given. */
export async function findInteractions(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  filter: InteractionFilter,
  { after, limit }: { after?: { occurredAt: Date; id: string }; limit: number },
): Promise<StoredInteraction[]> {
  return reader.query<StoredInteraction[]>(
    `select i.id, i.occurred_at as "occurredAt", i.retailer_id as "retailerId", i.consent_id as "consentId",
            i.consent_version as "consentVersion", i.type, i.touchpoint, i.stage, i.source, i.event_id as "eventId",
            i.correlation, i.data, i.received_at as "receivedAt", v.key_hash is not null as voided
       from interactions i
       left join interaction_voids v
         on v.bucket = i.bucket and v.customer_id = i.customer_id and v.key_hash = i.key_hash
      where i.bucket = $1 and i.customer_id = $2 and i.occurred_at >= $3 and i.occurred_at < $4
        and ($5::uuid is null or i.retailer_id = $5)
        and ($6::text[] is null or i.type = any($6))
        and ($7::text is null or i.touchpoint = $7)
        and ($8::text is null or i.stage = $8)
        and ($9::timestamptz is null or (i.occurred_at, i.id) < ($9, $10::uuid))
      order by i.occurred_at desc, i.id desc
      limit $11`,
    [
      bucket,
      customerId,
      filter.from,
      filter.to,
      filter.retailerId ?? null,
      filter.types ?? null,
      filter.touchpoint ?? null,
      filter.stage ?? null,
      after?.occurredAt ?? null,
      after?.id ?? null,
      limit,
    ],
  );
}

/** Deletes what was reported under one consent and answers how much that was. The keys stay, so that none comes back. */
export async function deleteReportedUnder(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  consentId: string,
): Promise<number> {
  await tx.query('set local role ccx_erase');
  const [, count] = await tx.query<[unknown, number]>(
    `delete from interactions where bucket = $1 and customer_id = $2 and consent_id = $3`,
    [bucket, customerId, consentId],
  );
  await tx.query('reset role');
  return count;
}

/** Deletes all that retailers reported of a customer. */
export async function deleteInteractions(tx: Tx, { bucket, customerId }: CustomerKey): Promise<void> {
  for (const table of ['interaction_voids', 'interactions', 'interaction_keys']) {
    await tx.query(`delete from ${table} where bucket = $1 and customer_id = $2`, [bucket, customerId]);
  }
}
