import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { customerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { JsonObject } from '../platform/json.js';
import { type OutboxEvent, type OutboxHandler, OutboxService } from './outbox.service.js';

const INTERVAL_MS = 250;
const SWEEP_INTERVAL_MS = 3_600_000;
const KEPT_FOR_DAYS = 30;
/** A backlog of any size is swept by statements that end in time. */
const SWEPT_AT_ONCE = 10_000;
const BATCH = 100;
/** For how long a claimed delivery is kept from others; a process that dies with it loses it after that. */
const CLAIM_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;

interface Claimed {
  bucket: number;
  attempts: number;
  id: string;
  type: string;
  at: Date;
  customer_id: string | null;
  retailer_id: string | null;
  subject: string;
  data: JsonObject;
}

/**
 * Takes deliveries that are due to their handlers. One that fails is tried again later, for ever, ever more rarely. Each
 * handler is served by a job of its own, so that one that is slow, or never comes back, holds up none of the others.
 */
@Injectable()
export class Dispatcher implements OnApplicationBootstrap {
  private readonly logger = new Logger(Dispatcher.name);

  constructor(
    private readonly database: Database,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  // Once all modules are set up, and with them all handlers registered.
  onApplicationBootstrap(): void {
    for (const handler of this.outbox.handlers) {
      this.jobs.every(`outbox-${handler.name}`, INTERVAL_MS, () => this.dispatch(handler));
    }
    this.jobs.every('outbox-sweep', SWEEP_INTERVAL_MS, () => this.sweep());
  }

  /** Delivers to one handler all that is due now. */
  async dispatch(handler: OutboxHandler): Promise<void> {
    for (;;) {
      const claimed = await this.claim(handler);
      await Promise.all(claimed.map((delivery) => this.deliver(handler, delivery)));
      if (claimed.length < BATCH) return;
    }
  }

  /** Deletes events that every handler has had and that are older than the feed reaches back. */
  async sweep(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_FOR_DAYS * 86_400_000);
    for (let deleted = SWEPT_AT_ONCE; deleted === SWEPT_AT_ONCE;) {
      [, deleted] = await this.database.reader.query<[unknown, number]>(
        `delete from outbox_events where (bucket, id) in (
           select e.bucket, e.id from outbox_events e
            where e.at < $1 and not exists (
              select from outbox_deliveries d where d.bucket = e.bucket and d.event_id = e.id)
            limit $2)`,
        [before, SWEPT_AT_ONCE],
      );
    }
  }

  private async claim({ name }: OutboxHandler): Promise<Claimed[]> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const due = await tx.query<Claimed[]>(
        `select d.bucket, d.attempts, e.id, e.type, e.at, e.customer_id, e.retailer_id, e.subject, e.data
           from outbox_deliveries d join outbox_events e on e.bucket = d.bucket and e.id = d.event_id
          where d.handler = $1 and d.due_at <= $2
          order by d.due_at limit $3
          for update of d skip locked`,
        [name, now, BATCH],
      );
      if (due.length === 0) return due;
      await tx.query(
        `update outbox_deliveries d set due_at = $2, attempts = d.attempts + 1
           from unnest($3::int[], $4::uuid[]) as claimed (bucket, event_id)
          where d.bucket = claimed.bucket and d.event_id = claimed.event_id and d.handler = $1`,
        [name, new Date(now.getTime() + CLAIM_MS), due.map(({ bucket }) => bucket), due.map(({ id }) => id)],
      );
      return due;
    });
  }

  private async deliver({ name, handle }: OutboxHandler, delivery: Claimed): Promise<void> {
    const key = [delivery.bucket, delivery.id, name];
    try {
      await handle(toEvent(delivery));
      await this.database.reader.query(
        `delete from outbox_deliveries where bucket = $1 and event_id = $2 and handler = $3`,
        key,
      );
    } catch (error) {
      this.logger.warn(`Handler ${name} failed on event ${delivery.id}: ${(error as Error).name}`);
      const wait = Math.min(1_000 * 2 ** delivery.attempts, LONGEST_PAUSE_MS);
      await this.database.reader.query(
        `update outbox_deliveries set due_at = $4 where bucket = $1 and event_id = $2 and handler = $3`,
        [...key, new Date(this.clock.now().getTime() + wait)],
      );
    }
  }
}

function toEvent({ id, type, at, customer_id, retailer_id, subject, data }: Claimed): OutboxEvent {
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
