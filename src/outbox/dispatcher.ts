import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { atOnce } from '../platform/at-once.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import {
  claim,
  deleteDeliveries,
  type Delivery,
  dueDeliveries,
  eventsOf,
  putOff,
  renewClaims,
} from './deliveries.queries.js';
import { type OutboxEvent, type OutboxHandler, OutboxService } from './outbox.service.js';

const INTERVAL_MS = 250;
const SWEEP_INTERVAL_MS = 3_600_000;
const KEPT_FOR_DAYS = 30;
/** A backlog of any size is swept by statements that end in time. */
const SWEPT_AT_ONCE = 10_000;
/** How many deliveries are looked for at once. */
const BATCH = 100;
/** How many events a handler is brought at once, but for those of one delivery: each of them is in memory. */
const EVENTS_AT_ONCE = 1_000;
/** Of those that take one event after the other: each may hold a connection, and requests need some, too. */
const HANDLED_AT_ONCE = 4;
/** For how long a claimed delivery is kept from others: what a process that was killed had is free again after so long. */
const CLAIM_MS = 4_000;
/** A handler may work for longer, also when the job has gone to another process meanwhile. */
const RENEWED_EVERY_MS = 1_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Takes deliveries that are due to their handlers. One that fails is tried again later, for ever, ever more rarely. One
 * look finds what is due to any handler that is not at work already; each is then served by itself, so that one that is
 * slow, or never comes back, holds up none of the others.
 */
@Injectable()
export class Dispatcher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Dispatcher.name);
  /** Handlers at work, by name. */
  private readonly serving = new Map<string, Promise<void>>();
  private stopping = false;
  /** How often each handler has failed since this process started. */
  readonly failures = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  // Once all modules are set up, and with them all handlers registered.
  onApplicationBootstrap(): void {
    this.jobs.every('outbox', INTERVAL_MS, () => this.look());
    this.jobs.every('outbox-sweep', SWEEP_INTERVAL_MS, () => this.sweep());
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.serving.values());
  }

  /** Begins to bring what is due to every handler that is not at work, and waits for none of them. */
  async look(): Promise<void> {
    const idle = this.outbox.handlers.filter(({ name }) => !this.serving.has(name));
    const due = await this.due(idle);
    if (this.stopping) return;
    for (const handler of idle) {
      const theirs = due.filter((delivery) => delivery.handler === handler.name);
      if (theirs.length === 0) continue;
      const served = this.serve(handler, theirs)
        .catch((error: unknown) => this.logger.error(`Handler ${handler.name} will be served again later.`, error))
        .finally(() => this.serving.delete(handler.name));
      this.serving.set(handler.name, served);
    }
  }

  /** Brings one handler all that is due to it now. */
  async dispatch(handler: OutboxHandler): Promise<void> {
    await this.serve(handler, await this.due([handler]));
  }

  /** Deletes events that every handler has had and that are older than the feed reaches back. */
  async sweep(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_FOR_DAYS * 86_400_000);
    for (let deleted = SWEPT_AT_ONCE; deleted === SWEPT_AT_ONCE;) {
      [, deleted] = await this.database.reader.query<[unknown, number]>(
        `with waiting as (select unnest(event_ids) as id from outbox_deliveries)
         delete from outbox_events where (bucket, id) in (
           select e.bucket, e.id from outbox_events e
            where e.at < $1 and not exists (select from waiting w where w.id = e.id)
            limit $2)`,
        [before, SWEPT_AT_ONCE],
      );
    }
  }

  private due(handlers: readonly OutboxHandler[]): Promise<Delivery[]> {
    const names = handlers.map(({ name }) => name);
    return dueDeliveries(this.database.reader, names, this.clock.now(), BATCH);
  }

  private async serve(handler: OutboxHandler, first: readonly Delivery[]): Promise<void> {
    let due = first;
    let isMore = due.length === BATCH;
    while (due.length > 0 && !this.stopping) {
      const some = due.slice(0, howMany(due));
      const until = this.claimedUntil();
      const claimed = await claim(this.database.reader, some, this.clock.now(), until);
      if (claimed.length > 0) await this.deliver(handler, claimed).finally(this.keep(claimed, until));
      due = due.slice(some.length);
      if (due.length > 0 || !isMore) continue;
      due = await this.due([handler]);
      isMore = due.length === BATCH;
    }
  }

  private claimedUntil(): Date {
    return new Date(this.clock.now().getTime() + CLAIM_MS);
  }

  /** Keeps claimed deliveries from others, for as long as it takes until what is answered is called. */
  private keep(claimed: readonly Delivery[], until: Date): () => void {
    let held = until;
    let isOver = false;
    let timer: NodeJS.Timeout;
    const later = () => {
      timer = setTimeout(() => void renew().finally(() => isOver || later()), RENEWED_EVERY_MS).unref();
    };
    const renew = async () => {
      const longer = this.claimedUntil();
      try {
        await renewClaims(this.database.reader, claimed, held, longer);
        held = longer;
      } catch (error) {
        this.logger.warn(`What a handler is at may be brought to it once more: ${(error as Error).name}`);
      }
    };
    later();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }

  private async deliver(handler: OutboxHandler, claimed: readonly Delivery[]): Promise<void> {
    const { reader } = this.database;
    const events = await eventsOf(reader, claimed);
    if (handler.handleAll) {
      try {
        await handler.handleAll([...events.values()]);
        return await deleteDeliveries(reader, claimed);
      } catch (error) {
        this.warn(handler, error, 'several events at once');
      }
    }
    // One by one, so that what cannot be handled holds up nothing else.
    await atOnce(HANDLED_AT_ONCE, claimed, (delivery) => this.deliverOne(handler, delivery, events));
  }

  private async deliverOne(
    handler: OutboxHandler,
    delivery: Delivery,
    events: ReadonlyMap<string, OutboxEvent>,
  ): Promise<void> {
    const failed = new Set<string>();
    for (const id of delivery.event_ids) {
      const event = events.get(id);
      try {
        if (event) await handler.handle(event);
      } catch (error) {
        this.warn(handler, error, `event ${id}`);
        failed.add(id);
      }
    }
    if (failed.size === 0) return deleteDeliveries(this.database.reader, [delivery]);
    const pause = Math.min(1_000 * 2 ** (delivery.attempts - 1), LONGEST_PAUSE_MS);
    await putOff(this.database.reader, delivery, failed, new Date(this.clock.now().getTime() + pause));
  }

  private warn({ name }: OutboxHandler, error: unknown, on: string): void {
    this.failures.set(name, (this.failures.get(name) ?? 0) + 1);
    this.logger.warn(`Handler ${name} failed on ${on}: ${(error as Error).name}`);
  }
}

/** How many of these a handler is brought at once. */
function howMany(due: readonly Delivery[]): number {
  let events = 0;
  const first = due.findIndex(({ event_ids }) => (events += event_ids.length) > EVENTS_AT_ONCE);
  return first === -1 ? due.length : Math.max(first, 1);
}
