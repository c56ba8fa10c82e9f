import { Injectable } from '@nestjs/common';

import { bucketOf, type CustomerKey } from '../platform/customer-key.js';
import { named, type Reader, type Tx } from '../platform/database/database.js';
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
  /** The same for many at once, where that is cheaper. Should it fail, each is handled by itself. */
  handleAll?: (events: readonly OutboxEvent[]) => Promise<void>;
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
    this.register({ name, types, handle });
  }

  /** The same for a handler that takes all events together that are on their way to it. */
  handleAll(name: string, types: readonly string[] | '*', handleAll: Required<OutboxHandler>['handleAll']): void {
    this.register({ name, types, handleAll, handle: (event) => handleAll([event]) });
  }

  get handlers(): OutboxHandler[] {
    return [...this.registered.values()];
  }

  /** Hands over an event in the transaction of the change that it tells of. */
  enqueue(tx: Tx, event: NewOutboxEvent): Promise<void> {
    return this.enqueueAll(tx, [event]);
  }

  /** The same for many events at once, with two statements at most. They travel together, as what one transaction did. */
  async enqueueAll(tx: Tx, events: readonly NewOutboxEvent[]): Promise<void> {
    const rows = events.map((event) => ({ ...event, bucket: bucketOfEvent(event), id: this.random.id() }));
    await named(
      tx,
      'outbox.enqueue',
      `insert into outbox_events (bucket, id, type, at, customer_id, retailer_id, subject, data)
       select * from unnest($1::int[], $2::uuid[], $3::text[], $4::timestamptz[], $5::uuid[], $6::uuid[], $7::text[],
                            $8::jsonb[])`,
      [
        rows.map(({ bucket }) => bucket),
        rows.map(({ id }) => id),
        rows.map(({ type }) => type),
        rows.map(({ at }) => at),
        rows.map(({ customer }) => customer?.customerId ?? null),
        rows.map(({ retailerId }) => retailerId ?? null),
        rows.map(({ subject }) => subject),
        rows.map(({ data }) => JSON.stringify(data)),
      ],
    );
    const deliveries = this.handlers.flatMap(({ name, types }) =>
      byTime(rows.filter(({ type }) => types === '*' || types.includes(type))).map((together) => ({ name, together })),
    );
    if (deliveries.length === 0) return;
    await named(
      tx,
      'outbox.deliver',
      `insert into outbox_deliveries (bucket, id, handler, due_at, attempts, event_buckets, event_ids)
       select bucket, id, handler, due_at, 0, event_buckets::int[], event_ids::uuid[]
         from unnest($1::int[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[])
                as due (bucket, id, handler, due_at, event_buckets, event_ids)`,
      [
        deliveries.map(({ together: [first] }) => first.bucket),
        deliveries.map(({ together: [first] }) => first.id),
        deliveries.map(({ name }) => name),
        deliveries.map(({ together: [first] }) => first.at),
        deliveries.map(({ together }) => `{${together.map(({ bucket }) => bucket).join()}}`),
        deliveries.map(({ together }) => `{${together.map(({ id }) => id).join()}}`),
      ],
    );
  }

  /** Whether a handler has not had all events of a customer yet. */
  async isOnItsWay(reader: Reader, handler: string, { bucket, customerId }: CustomerKey): Promise<boolean> {
    const [row] = await reader.query<{ waits: boolean }[]>(
      `select exists (
         select from outbox_deliveries where handler = $2 and event_ids && array(
           select id from outbox_events where bucket = $1 and customer_id = $3)) as waits`,
      [bucket, handler, customerId],
    );
    return row?.waits ?? false;
  }

  private register(handler: OutboxHandler): void {
    if (this.registered.has(handler.name)) throw new Error(`There is an outbox handler ${handler.name} already.`);
    this.registered.set(handler.name, handler);
  }
}

function bucketOfEvent({ customer, retailerId }: NewOutboxEvent): number {
  return customer?.bucket ?? (retailerId ? bucketOf(retailerId) : 0);
}

/** In groups of the same time, which is when they are due. */
function byTime<E extends NewOutboxEvent>(events: readonly E[]): [E, ...E[]][] {
  const groups = new Map<number, [E, ...E[]]>();
  for (const event of events) {
    const group = groups.get(event.at.getTime());
    if (group) group.push(event);
    else groups.set(event.at.getTime(), [event]);
  }
  return [...groups.values()];
}
