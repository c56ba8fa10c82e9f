import type { CustomerKey } from '../platform/customer-key.js';
import { named, type Reader, type Tx } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { ClockDoubt } from './occurrence.js';

/** One event to be kept, and the consent that lets it in. */
export interface NewInteraction extends KeyOfCustomer {
  id: string;
  contentHash: Buffer;
  occurredAt: Date;
  clock: ClockDoubt | null;
  consentId: string;
  consentVersion: number;
  type: string;
  touchpoint: string;
  stage: string;
  source: string;
  eventId: string;
  /** As sent. */
  time: Date;
  correlation: string | null;
  data: JsonObject;
  /** Whether something of `data` was left out. */
  withheld: boolean;
  /** For a void: the key of the event that it takes back. */
  voids: Buffer | null;
  /** For a correction: the key of the event whose place it takes. */
  corrects: Buffer | null;
}

/** By what one customer's event is known. */
export interface KeyOfCustomer {
  customer: CustomerKey;
  keyHash: Buffer;
}

/** The name of a key in memory. */
export const nameOf = ({ customer, keyHash }: KeyOfCustomer): string => customer.customerId + keyHash.toString('hex');

interface KeyRow {
  customer_id: string;
  key_hash: Buffer;
}

const nameOfRow = ({ customer_id, key_hash }: KeyRow): string => customer_id + key_hash.toString('hex');

/** As three columns: where they are, whose and which. */
const columnsOf = (keys: readonly KeyOfCustomer[]) => [
  keys.map(({ customer }) => customer.bucket),
  keys.map(({ customer }) => customer.customerId),
  keys.map(({ keyHash }) => keyHash),
];

/**
 * Claims the events' keys and answers the names of those that are new. A key that another transaction is claiming is
 * waited for, so that the second sender of an event learns what became of the first.
 */
export async function claimKeys(tx: Tx, events: readonly Omit<NewInteraction, 'id'>[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const rows = await named<KeyRow>(
    tx,
    'interactions.claim-keys',
    `insert into interaction_keys (bucket, customer_id, key_hash, occurred_at, content_hash)
     select bucket, customer_id, key_hash, occurred_at, content_hash
       from unnest($1::int[], $2::uuid[], $3::bytea[], $4::timestamptz[], $5::bytea[])
              as event (bucket, customer_id, key_hash, occurred_at, content_hash)
      order by bucket, customer_id, key_hash
     on conflict (bucket, customer_id, key_hash) do nothing
     returning customer_id, key_hash`,
    [...columnsOf(events), events.map(({ occurredAt }) => occurredAt), events.map(({ contentHash }) => contentHash)],
  );
  return new Set(rows.map(nameOfRow));
}

/** The content under which known keys are kept, by their names. */
export async function contentOfKeys(reader: Reader, keys: readonly KeyOfCustomer[]): Promise<Map<string, Buffer>> {
  if (keys.length === 0) return new Map();
  const rows = await reader.query<(KeyRow & { content_hash: Buffer })[]>(
    `select customer_id, key_hash, content_hash
       from unnest($1::int[], $2::uuid[], $3::bytea[]) as event (bucket, customer_id, key_hash)
       join interaction_keys using (bucket, customer_id, key_hash)`,
    columnsOf(keys),
  );
  return new Map(rows.map((row) => [nameOfRow(row), row.content_hash]));
}

/** Keeps new events of any number of customers, in one statement. Their keys have been claimed. */
export async function insertInteractions(
  tx: Tx,
  { retailerId, clientId }: { retailerId: string; clientId: string },
  events: readonly NewInteraction[],
  receivedAt: Date,
): Promise<void> {
  await named(
    tx,
    'interactions.insert',
    `insert into interactions
       (bucket, customer_id, occurred_at, id, key_hash, retailer_id, client_id, consent_id, consent_version, type,
        touchpoint, stage, source, event_id, correlation, data, received_at, corrects, clock, withheld)
     select bucket, customer_id, occurred_at, id, key_hash, $1, $2, consent_id, consent_version, type,
            touchpoint, stage, source, event_id, correlation, data, $3, corrects, clock, withheld
       from unnest($4::int[], $5::uuid[], $6::bytea[], $7::timestamptz[], $8::uuid[], $9::uuid[], $10::int[],
                   $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::jsonb[],
                   $18::bytea[], $19::text[], $20::boolean[])
              as event (bucket, customer_id, key_hash, occurred_at, id, consent_id, consent_version,
                        type, touchpoint, stage, source, event_id, correlation, data,
                        corrects, clock, withheld)`,
    [
      retailerId,
      clientId,
      receivedAt,
      ...columnsOf(events),
      events.map(({ occurredAt }) => occurredAt),
      events.map(({ id }) => id),
      events.map(({ consentId }) => consentId),
      events.map(({ consentVersion }) => consentVersion),
      events.map(({ type }) => type),
      events.map(({ touchpoint }) => touchpoint),
      events.map(({ stage }) => stage),
      events.map(({ source }) => source),
      events.map(({ eventId }) => eventId),
      events.map(({ correlation }) => correlation),
      events.map(({ data }) => JSON.stringify(data)),
      events.map(({ corrects }) => corrects),
      events.map(({ clock }) => clock),
      events.map(({ withheld }) => withheld),
    ],
  );
}

/** Takes back events, which may not have arrived yet. */
export async function insertVoids(
  tx: Tx,
  voids: readonly { customer: CustomerKey; target: Buffer; by: Buffer }[],
  at: Date,
): Promise<void> {
  if (voids.length === 0) return;
  await tx.query(
    `insert into interaction_voids (bucket, customer_id, key_hash, voided_by, at)
     select bucket, customer_id, target, by_key, $5
       from unnest($1::int[], $2::uuid[], $3::bytea[], $4::bytea[]) as void (bucket, customer_id, target, by_key)
      order by bucket, customer_id, target
     on conflict (bucket, customer_id, key_hash) do nothing`,
    [...columnsOf(voids.map(({ customer, target }) => ({ customer, keyHash: target }))), voids.map(({ by }) => by), at],
  );
}

/** Remembers which events take the place of which, those that have not arrived yet among them. */
export async function insertCorrections(tx: Tx, corrections: readonly NewInteraction[]): Promise<void> {
  if (corrections.length === 0) return;
  await tx.query(
    `insert into interaction_corrections (bucket, customer_id, key_hash, target, time, event_id, source)
     select * from unnest($1::int[], $2::uuid[], $3::bytea[], $4::bytea[], $5::timestamptz[], $6::text[], $7::text[])`,
    [
      ...columnsOf(corrections),
      corrections.map(({ corrects }) => corrects),
      corrections.map(({ time }) => time),
      corrections.map(({ eventId }) => eventId),
      corrections.map(({ source }) => source),
    ],
  );
}

/** When the events happened that change with these: they themselves, and what corrects them, directly or not. */
export async function touchedBy(
  tx: Tx,
  keys: readonly KeyOfCustomer[],
): Promise<{ customerId: string; occurredAt: Date }[]> {
  if (keys.length === 0) return [];
  return tx.query(
    `with recursive touched (bucket, customer_id, key_hash) as (
       select * from unnest($1::int[], $2::uuid[], $3::bytea[])
       union
       select c.bucket, c.customer_id, c.key_hash from touched t
         join interaction_corrections c
           on c.bucket = t.bucket and c.customer_id = t.customer_id and c.target = t.key_hash)
     select customer_id as "customerId", occurred_at as "occurredAt"
       from touched join interaction_keys using (bucket, customer_id, key_hash)`,
    columnsOf(keys),
  );
}

/**
 * Which kept events take, directly or through others, the place of one that was deleted: known by its key, and not
 * there. Asked of corrections that have just been kept.
 */
export async function correctionsOfDeleted(
  tx: Tx,
  corrections: readonly KeyOfCustomer[],
): Promise<(CustomerKey & { ids: string[] })[]> {
  if (corrections.length === 0) return [];
  return tx.query(
    `with recursive unwanted (bucket, customer_id, key_hash) as (
       select c.bucket, c.customer_id, c.key_hash
         from unnest($1::int[], $2::uuid[], $3::bytea[]) as kept (bucket, customer_id, key_hash)
         join interaction_corrections c using (bucket, customer_id, key_hash)
         join interaction_keys k on k.bucket = c.bucket and k.customer_id = c.customer_id and k.key_hash = c.target
        where not exists (select from interactions i
                           where i.bucket = k.bucket and i.customer_id = k.customer_id
                             and i.occurred_at = k.occurred_at and i.key_hash = k.key_hash)
       union
       select c.bucket, c.customer_id, c.key_hash from unwanted u
         join interaction_corrections c
           on c.bucket = u.bucket and c.customer_id = u.customer_id and c.target = u.key_hash)
     select bucket, customer_id as "customerId", array_agg(id) as ids
       from unwanted join interaction_keys using (bucket, customer_id, key_hash)
                     join interactions using (bucket, customer_id, occurred_at, key_hash)
      group by bucket, customer_id
      order by bucket, customer_id`,
    columnsOf(corrections),
  );
}
