import { Injectable } from '@nestjs/common';

import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { ClockDoubt } from './occurrence.js';
import { STANDS } from './standing.js';

/** What stands, for those who conclude something from it. */
export interface StandingEvent {
  id: string;
  retailerId: string;
  type: string;
  touchpoint: string;
  stage: string;
  occurredAt: Date;
  /** Why the time of day should not be relied on; null where it can be. */
  clock: ClockDoubt | null;
  correlation: string | null;
  data: JsonObject;
}

const PAGE = 1_000;

const COLUMNS = `i.id, i.retailer_id as "retailerId", i.type, i.touchpoint, i.stage, i.occurred_at as "occurredAt",
  i.clock, i.correlation, i.data, i.key_hash as "keyHash"`;

// A void says something about another event, and nothing of its own.
const COUNTS = `i.bucket = $1 and i.customer_id = $2 and i.type <> 'event.voided' and ${STANDS}`;

interface Row extends StandingEvent {
  keyHash: Buffer;
}

/** The events of a customer that count, by time and then in an order that does not depend on when they arrived. */
@Injectable()
export class StandingInteractions {
  /** Those of some UTC days (`2026-11-22`). */
  async on(reader: Reader, { bucket, customerId }: CustomerKey, days: readonly string[]): Promise<StandingEvent[]> {
    const [first, ...more] = [...days].sort();
    if (first === undefined) return [];
    // The bounds say in which months to look.
    const rows = await reader.query<Row[]>(
      `select ${COLUMNS} from interactions i
        where ${COUNTS} and i.occurred_at >= $3 and i.occurred_at < $4::timestamptz + interval '24 hours'
          and (i.occurred_at at time zone 'UTC')::date = any($5::date[])
        order by i.occurred_at, i.key_hash`,
      [bucket, customerId, startOf(first), startOf(more.at(-1) ?? first), days],
    );
    return rows.map(toEvent);
  }

  /** The UTC days on which there are any. */
  async days(reader: Reader, { bucket, customerId }: CustomerKey): Promise<string[]> {
    const rows = await reader.query<{ day: string }[]>(
      `select distinct (i.occurred_at at time zone 'UTC')::date::text as day from interactions i
        where ${COUNTS} order by day`,
      [bucket, customerId],
    );
    return rows.map(({ day }) => day);
  }

  /** Those from one instant on and before another, in pages. */
  async *between(
    reader: Reader,
    { bucket, customerId }: CustomerKey,
    { from, to }: { from: Date; to: Date },
  ): AsyncGenerator<StandingEvent[]> {
    let last: Row | undefined;
    do {
      const rows: Row[] = await reader.query(
        `select ${COLUMNS} from interactions i
          where ${COUNTS} and i.occurred_at >= $3 and i.occurred_at < $4
            and (i.occurred_at, i.key_hash) > ($3, $5::bytea)
          order by i.occurred_at, i.key_hash
          limit ${PAGE}`,
        [bucket, customerId, last?.occurredAt ?? from, to, last?.keyHash ?? Buffer.alloc(0)],
      );
      if (rows.length > 0) yield rows.map(toEvent);
      last = rows.length === PAGE ? rows.at(-1) : undefined;
    } while (last);
  }
}

function toEvent({
  id,
  retailerId,
  type,
  touchpoint,
  stage,
  occurredAt,
  clock,
  correlation,
  data,
}: Row): StandingEvent {
  return { id, retailerId, type, touchpoint, stage, occurredAt, clock, correlation, data };
}

function startOf(day: string): string {
  return `${day}T00:00:00Z`;
}
