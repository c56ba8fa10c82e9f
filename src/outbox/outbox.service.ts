import { Injectable } from '@nestjs/common';

import { bucketOf, type CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import { Random } from '../platform/random.js';

export interface NewOutboxEvent {
  /** What happened, as noun.verb: `consent.withdrawn`. */
  type: string;
  at: Date;
  customer?: CustomerKey;
  retailerId?: string;
  /** The id of what it happened to. */
  subject: string;
  data: JsonObject;
}

export interface OutboxEvent extends NewOutboxEvent {
  id: string;
}

export interface OutboxHandler {
  name: string;
  types: readonly string[] | '*';
  handle: (event: OutboxEvent) => Promise<void>;
}

/** Events that leave with the transaction in which they happened, and reach each handler at least once. */
@Injectable()
export class OutboxService {
  private readonly registered = new Map<string, OutboxHandler>();

  constructor(private readonly random: Random) {}

  /**
   * Has `handle` called for every event of these types from now on, at least once and in no particular order: it must
   * be idempotent by the event's id. Each handler has its own deliveries, so that none empties the box for another.
   * Call it while the module is set up.
   */
  handle(name: string, types: readonly string[] | '*', handle: (event: OutboxEvent) => Promise<void>): void {
    if (this.registered.has(name)) throw new Error(`There is an outbox handler ${name} already.`);
    this.registered.set(name, { name, types, handle });
  }

  get handlers(): OutboxHandler[] {
    return [...this.registered.values()];
  }

  /** Hands over an event in the transaction of the change that it tells of. */
  enqueue(tx: Tx, event: NewOutboxEvent): Promise<void> {
    return this.enqueueAll(tx, [event]);
  }

  /** The same for many events at once, with two statements at most. */
  async enqueueAll(tx: Tx, events: readonly NewOutboxEvent[]): Promise<void> {
    const rows = events.map((event) => ({
      bucket: event.customer?.bucket ?? (event.retailerId ? bucketOf(event.retailerId) : 0),
      id: this.random.id(),
      type: event.type,
      at: event.at,
      customer_id: event.customer?.customerId ?? null,
      retailer_id: event.retailerId ?? null,
      subject: event.subject,
      data: event.data,
    }));
    await tx.query(
      `insert into outbox_events (bucket, id, type, at, customer_id, retailer_id, subject, data)
       select bucket, id, type, at, customer_id, retailer_id, subject, data
         from jsonb_to_recordset($1::jsonb) as event (
           bucket int, id uuid, type text, at timestamptz, customer_id uuid, retailer_id uuid, subject text,
           data jsonb)`,
      [JSON.stringify(rows)],
    );

    const deliveries = rows.flatMap((row) =>
      this.handlers
        .filter(({ types }) => types === '*' || types.includes(row.type))
        .map(({ name }) => ({ ...row, handler: name })),
    );
    if (deliveries.length === 0) return;
    await tx.query(
      `insert into outbox_deliveries (bucket, event_id, handler, due_at, attempts)
       select bucket, event_id, handler, due_at, 0
         from unnest($1::int[], $2::uuid[], $3::text[], $4::timestamptz[]) as due (bucket, event_id, handler, due_at)`,
      [
        deliveries.map(({ bucket }) => bucket),
        deliveries.map(({ id }) => id),
        deliveries.map(({ handler }) => handler),
        deliveries.map(({ at }) => at),
      ],
    );
  }

  /** Whether a handler has not had all events of a customer yet. */
  async isOnItsWay(reader: Reader, handler: string, { bucket, customerId }: CustomerKey): Promise<boolean> {
    const [row] = await reader.query<{ waits: boolean }[]>(
      `select exists (
         select from outbox_deliveries d join outbox_events e on e.bucket = d.bucket and e.id = d.event_id
          where d.bucket = $1 and d.handler = $2 and e.customer_id = $3) as waits`,
      [bucket, handler, customerId],
    );
    return row?.waits ?? false;
  }
}
