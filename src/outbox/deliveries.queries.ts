import { customerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { OutboxEvent } from './outbox.service.js';

/** What one transaction handed to one handler, and the handler has not had yet. */
export interface Delivery {
  readonly bucket: number;
  /** The id of the first of its events. */
  readonly id: string;
  readonly handler: string;
  /** How often it has been taken to the handler. */
  readonly attempts: number;
  readonly event_buckets: readonly number[];
  readonly event_ids: readonly string[];
}

const COLUMNS = 'd.bucket, d.id, d.handler, d.attempts, d.event_buckets, d.event_ids';

const keysOf = (deliveries: readonly Delivery[]) => [
  deliveries.map(({ bucket }) => bucket),
  deliveries.map(({ id }) => id),
  deliveries.map(({ handler }) => handler),
];
const KEYS = `unnest($1::int[], $2::uuid[], $3::text[]) as key (bucket, id, handler)`;
const OF_KEY = 'd.bucket = key.bucket and d.id = key.id and d.handler = key.handler';

/**
 * Deliveries that are due to each of these handlers, the oldest first, so many of each. A look into the index for each
 * handler, so that the backlog of one hides no other and costs no more.
 */
export function dueDeliveries(
  reader: Reader,
  handlers: readonly string[],
  now: Date,
  limit: number,
): Promise<Delivery[]> {
  return reader.query<Delivery[]>(
    `select ${COLUMNS}
       from unnest($1::text[]) as wanted (handler)
      cross join lateral (
        select * from outbox_deliveries
         where handler = wanted.handler and due_at <= $2 order by due_at limit $3) as d`,
    [handlers, now, limit],
  );
}

/** Keeps deliveries from others until a time, and answers those that nobody else has claimed meanwhile. */
export async function claim(reader: Reader, due: readonly Delivery[], now: Date, until: Date): Promise<Delivery[]> {
  const [claimed] = await reader.query<[Delivery[], number]>(
    `update outbox_deliveries d set due_at = $5, attempts = d.attempts + 1
       from ${KEYS}
      where ${OF_KEY} and d.due_at <= $4
     returning ${COLUMNS}`,
    [...keysOf(due), now, until],
  );
  return claimed;
}

/** Keeps claimed deliveries from others for longer: those that are neither done, put off nor claimed by somebody else. */
export async function renewClaims(
  reader: Reader,
  claimed: readonly Delivery[],
  held: Date,
  until: Date,
): Promise<void> {
  await reader.query(`update outbox_deliveries d set due_at = $5 from ${KEYS} where ${OF_KEY} and d.due_at = $4`, [
    ...keysOf(claimed),
    held,
    until,
  ]);
}

export async function deleteDeliveries(reader: Reader, done: readonly Delivery[]): Promise<void> {
  if (done.length === 0) return;
  await reader.query(`delete from outbox_deliveries d using ${KEYS} where ${OF_KEY}`, keysOf(done));
}

/** Leaves of a delivery what failed, for later. */
export async function putOff(
  reader: Reader,
  { bucket, id, handler, event_ids, event_buckets }: Delivery,
  failed: ReadonlySet<string>,
  until: Date,
): Promise<void> {
  await reader.query(
    `update outbox_deliveries set due_at = $4, event_buckets = $5, event_ids = $6
      where bucket = $1 and id = $2 and handler = $3`,
    [
      bucket,
      id,
      handler,
      until,
      event_buckets.filter((_, place) => failed.has(event_ids[place] as string)),
      event_ids.filter((event) => failed.has(event)),
    ],
  );
}

interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly at: Date;
  readonly customer_id: string | null;
  readonly retailer_id: string | null;
  readonly subject: string;
  readonly data: JsonObject;
}

/** The events that deliveries name, by their ids. Those of a customer who has been erased are not there any more. */
export async function eventsOf(reader: Reader, deliveries: readonly Delivery[]): Promise<Map<string, OutboxEvent>> {
  const rows = await reader.query<EventRow[]>(
    `select e.id, e.type, e.at, e.customer_id, e.retailer_id, e.subject, e.data
       from unnest($1::int[], $2::uuid[]) as named (bucket, id)
       join outbox_events e using (bucket, id)`,
    [deliveries.flatMap(({ event_buckets }) => event_buckets), deliveries.flatMap(({ event_ids }) => event_ids)],
  );
  return new Map(rows.map((row) => [row.id, toEvent(row)]));
}

function toEvent({ id, type, at, customer_id, retailer_id, subject, data }: EventRow): OutboxEvent {
  return {
    id,
    type,
    at,
    subject,
    data,
    ...(customer_id && { customer: customerKey(customer_id) }),
    ...(retailer_id && { retailerId: retailer_id }),
  };
}
