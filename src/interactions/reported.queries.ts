import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { ClockDoubt } from './occurrence.js';
import { type Standing, STANDING } from './standing.js';

/** An event as its retailer may read it back. */
export interface ReadBack {
  /** Ours: for the order of the list alone. */
  id: string;
  eventId: string;
  source: string;
  type: string;
  touchpoint: string;
  stage: string;
  occurredAt: Date;
  receivedAt: Date;
  clock: ClockDoubt | null;
  correlation: string | null;
  data: JsonObject;
  standing: Standing;
}

/** A line of a consent, as far as it says what may be read back. */
export interface ReadableLine {
  consent_id: string;
  event_types: readonly string[];
  touchpoints: readonly string[];
}

export interface ReadBackFilter {
  /** Inclusive. */
  from: Date;
  /** Exclusive. */
  to: Date;
  types?: readonly string[] | undefined;
  after?: { occurredAt: Date; id: string } | undefined;
  limit: number;
}

/** What one retailer reported of a customer under these lines, newest first. */
export function readBack(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  retailerId: string,
  lines: readonly ReadableLine[],
  { from, to, types, after, limit }: ReadBackFilter,
): Promise<ReadBack[]> {
  // The consents are looked at again, by the statement that reads: a withdrawal acts on whatever begins after it.
  return reader.query<ReadBack[]>(
    `select i.id, i.event_id as "eventId", i.source, i.type, i.touchpoint, i.stage, i.occurred_at as "occurredAt",
            i.received_at as "receivedAt", i.clock, i.correlation, i.data, ${STANDING} as standing
       from interactions i
       join consents c on c.bucket = i.bucket and c.customer_id = i.customer_id and c.id = i.consent_id
                      and c.status = 'active'
      where i.bucket = $1 and i.customer_id = $2 and i.retailer_id = $3 and i.occurred_at >= $4 and i.occurred_at < $5
        and exists (
          select from jsonb_to_recordset($6::jsonb) as line (consent_id uuid, event_types text[], touchpoints text[])
           where line.consent_id = c.id and i.touchpoint = any(line.touchpoints)
             and (i.type = any(line.event_types) or i.type = 'event.voided'))
        and ($7::text[] is null or i.type = any($7))
        and ($8::timestamptz is null or (i.occurred_at, i.id) < ($8, $9::uuid))
      order by i.occurred_at desc, i.id desc
      limit $10`,
    [
      bucket,
      customerId,
      retailerId,
      from,
      to,
      JSON.stringify(lines),
      types ?? null,
      after?.occurredAt ?? null,
      after?.id ?? null,
      limit,
    ],
  );
}
