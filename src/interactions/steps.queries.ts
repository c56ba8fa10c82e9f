import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import { chainTypes } from './attribution.js';
import type { Step } from './journey.js';
import { STANDS } from './standing.js';

/** An event as a step of a journey. */
export interface JourneyStep extends Step {
  readonly type: string;
  readonly touchpoint: string;
  readonly stage: string;
}

/** An event as a link of a chain. */
export interface ChainStep extends JourneyStep {
  readonly data: JsonObject;
}

/** A place in the order of events, the newest of which come first. */
export interface Place {
  readonly occurredAt: Date;
  readonly id: string;
}

const COLUMNS = `i.id, i.retailer_id as "retailerId", i.type, i.touchpoint, i.stage, i.occurred_at as "occurredAt",
  i.correlation, i.clock`;

/** What stands of a customer, newest first, from after a place on and not before a time. A void is no step of its own. */
export function findSteps(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { from, after, limit }: { from: Date; after: Place; limit: number },
): Promise<JourneyStep[]> {
  return reader.query(
    `select ${COLUMNS} from interactions i
      where i.bucket = $1 and i.customer_id = $2 and i.occurred_at >= $3 and (i.occurred_at, i.id) < ($4, $5::uuid)
        and i.type <> 'event.voided' and ${STANDS}
      order by i.occurred_at desc, i.id desc
      limit $6`,
    [bucket, customerId, from, after.occurredAt, after.id, limit],
  );
}

/** What stands at a retailer of the kinds that chains are made of, so many of them on either side of a time. */
export async function findChainSteps(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  retailerId: string,
  at: Date,
  { reach, limit }: { reach: number; limit: number },
): Promise<ChainStep[]> {
  const side = (condition: string, order: string) =>
    reader.query<ChainStep[]>(
      `select ${COLUMNS}, i.data from interactions i
        where i.bucket = $1 and i.customer_id = $2 and i.retailer_id = $3 and i.type = any($4) and ${condition}
          and ${STANDS}
        order by i.occurred_at ${order}, i.id ${order}
        limit $7`,
      [bucket, customerId, retailerId, chainTypes, at, reach, limit],
    );
  const before = await side(
    `i.occurred_at <= $5 and i.occurred_at >= $5::timestamptz - $6 * interval '1 millisecond'`,
    'desc',
  );
  const after = await side(
    `i.occurred_at > $5 and i.occurred_at <= $5::timestamptz + $6 * interval '1 millisecond'`,
    'asc',
  );
  return [...before, ...after];
}
