import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { ClockDoubt } from './occurrence.js';
import { type Standing, STANDING } from './standing.js';

/** Which of a customer's events are asked for; all that is named has to hold. */
export interface TimelineFilter {
  ids?: readonly string[];
  /** Inclusive, and always given: the events are kept by month. */
  from: Date;
  /** Exclusive. */
  to: Date;
  retailerIds?: readonly string[];
  types?: readonly string[];
  touchpoints?: readonly string[];
  stages?: readonly string[];
  correlation?: string;
  standing?: Standing;
  /** Only those beside which the customer has noted something. */
  noted?: boolean;
}

/** One event as it is kept, and how it stands. */
export interface TimelineEvent {
  id: string;
  occurredAt: Date;
  receivedAt: Date;
  retailerId: string;
  clientId: string;
  consentId: string;
  consentVersion: number;
  type: string;
  touchpoint: string;
  stage: string;
  source: string;
  eventId: string;
  correlation: string | null;
  data: JsonObject;
  /** Why its time should be taken with care; null where there is no reason to. */
  clock: ClockDoubt | null;
  /** Whether something of it was not kept. */
  withheld: boolean;
  standing: Standing;
  /** The event whose place it takes, as long as that is kept. */
  corrects: string | null;
  /** The event that took its place, as long as that is kept. */
  correctedBy: string | null;
  note: { sealed: Buffer; updatedAt: Date } | null;
}

/** Before the first event that could have been reported, and after the last. */
export const EVER = { from: new Date(0), to: new Date('9999-01-01T00:00:00Z') };

const COLUMNS = `i.id, i.occurred_at as "occurredAt", i.received_at as "receivedAt", i.retailer_id as "retailerId",
  i.client_id as "clientId", i.consent_id as "consentId", i.consent_version as "consentVersion", i.type, i.touchpoint,
  i.stage, i.source, i.event_id as "eventId", i.correlation, i.data, i.clock, i.withheld, i.standing`;

/** What $1 to $12 say, in the order of `valuesOf`. */
const MATCHES = `i.bucket = $1 and i.customer_id = $2 and i.occurred_at >= $3 and i.occurred_at < $4
  and ($5::uuid[] is null or i.id = any($5))
  and ($6::uuid[] is null or i.retailer_id = any($6))
  and ($7::text[] is null or i.type = any($7))
  and ($8::text[] is null or i.touchpoint = any($8))
  and ($9::text[] is null or i.stage = any($9))
  and ($10::text is null or i.correlation = $10)
  and ($11::text is null or ${STANDING} = $11)
  and (not $12 or exists (select from interaction_notes
                           where bucket = i.bucket and customer_id = i.customer_id and interaction_id = i.id))`;

function valuesOf({ bucket, customerId }: CustomerKey, filter: TimelineFilter): unknown[] {
  return [
    bucket,
    customerId,
    filter.from,
    filter.to,
    filter.ids ?? null,
    filter.retailerIds ?? null,
    filter.types ?? null,
    filter.touchpoints ?? null,
    filter.stages ?? null,
    filter.correlation ?? null,
    filter.standing ?? null,
    filter.noted ?? false,
  ];
}

/** Where an event is found by its key: the months are searched by the time that is kept with the key. */
const byKey = (key: string) => `
  select other.id from interaction_keys k
    join interactions other on other.bucket = k.bucket and other.customer_id = k.customer_id
                           and other.occurred_at = k.occurred_at and other.key_hash = k.key_hash
   where k.bucket = i.bucket and k.customer_id = i.customer_id and k.key_hash = ${key}`;

// Of several corrections the greatest counts, as STANDING has it.
const SUCCESSOR = `
  select c.key_hash from interaction_corrections c
   where c.bucket = i.bucket and c.customer_id = i.customer_id and c.target = i.key_hash
   order by c.time desc, c.event_id desc, c.source desc limit 1`;

interface Row extends Omit<TimelineEvent, 'note'> {
  noteSealed: Buffer | null;
  noteUpdatedAt: Date;
}

/** Events newest first, after a place in that order where one is given. */
export async function findEvents(
  reader: Reader,
  customer: CustomerKey,
  filter: TimelineFilter,
  { after, limit }: { after?: { occurredAt: Date; id: string } | undefined; limit: number },
): Promise<TimelineEvent[]> {
  const rows = await reader.query<Row[]>(
    `with found as materialized (
       select i.*, ${STANDING} as standing from interactions i
        where ${MATCHES} and ($13::timestamptz is null or (i.occurred_at, i.id) < ($13, $14::uuid))
        order by i.occurred_at desc, i.id desc
        limit $15)
     select ${COLUMNS},
            (${byKey('i.corrects')}) as corrects, (${byKey(`(${SUCCESSOR})`)}) as "correctedBy",
            n.text_sealed as "noteSealed", n.updated_at as "noteUpdatedAt"
       from found i
       left join interaction_notes n
         on n.bucket = i.bucket and n.customer_id = i.customer_id and n.interaction_id = i.id
      order by i.occurred_at desc, i.id desc`,
    [...valuesOf(customer, filter), after?.occurredAt ?? null, after?.id ?? null, limit],
  );
  return rows.map(({ noteSealed, noteUpdatedAt, ...event }) => ({
    ...event,
    note: noteSealed && { sealed: noteSealed, updatedAt: noteUpdatedAt },
  }));
}

/** How many events of each retailer match. */
export async function countEvents(
  reader: Reader,
  customer: CustomerKey,
  filter: TimelineFilter,
): Promise<Map<string, number>> {
  const rows = await reader.query<{ retailerId: string; count: number }[]>(
    `select i.retailer_id as "retailerId", count(*)::int as count from interactions i where ${MATCHES} group by 1`,
    valuesOf(customer, filter),
  );
  return new Map(rows.map(({ retailerId, count }) => [retailerId, count]));
}

/** The ids of all events that match. */
export async function idsOfEvents(reader: Reader, customer: CustomerKey, filter: TimelineFilter): Promise<string[]> {
  const rows = await reader.query<{ id: string }[]>(
    `select i.id from interactions i where ${MATCHES}`,
    valuesOf(customer, filter),
  );
  return rows.map(({ id }) => id);
}
