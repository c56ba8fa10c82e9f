import { Injectable } from '@nestjs/common';

import { bucketOf, type CustomerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
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
  async enqueue(tx: Tx, event: NewOutboxEvent): Promise<void> {
    const id = this.random.id();
    const bucket = event.customer?.bucket ?? (event.retailerId ? bucketOf(event.retailerId) : 0);
    await tx.query(
      `insert into outbox_events (bucket, id, type, at, customer_id, retailer_id, subject, data)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [bucket, id, event.type, event.at, event.customer?.customerId, event.retailerId, event.subject, event.data],
    );
    const takers = this.handlers.filter(({ types }) => types === '*' || types.includes(event.type));
    if (takers.length === 0) return;
    await tx.query(
      `insert into outbox_deliveries (bucket, event_id, handler, due_at, attempts)
       select $1, $2, unnest($3::text[]), $4, 0`,
      [bucket, id, takers.map(({ name }) => name), event.at],
    );
  }
}
