import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { customerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { JsonObject } from '../platform/json.js';
import { type OutboxEvent, OutboxService } from './outbox.service.js';

const INTERVAL_MS = 250;
const SWEEP_INTERVAL_MS = 3_600_000;
const KEPT_FOR_DAYS = 30;
const BATCH = 100;
/** For how long a claimed delivery is kept from others; a process that dies with it loses it after that. */
const CLAIM_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;

interface Claimed {
  bucket: number;
  handler: string;
  attempts: number;
  id: string;
  type: string;
  at: Date;
  customer_id: string | null;
  retailer_id: string | null;
  subject: string;
  data: JsonObject;
}

/** Takes deliveries that are due to their handlers. One that fails is tried again later, for ever, ever more rarely. */
@Injectable()
export class Dispatcher implements OnModuleInit {
  private readonly logger = new Logger(Dispatcher.name);

  constructor(
    private readonly database: Database,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('outbox-dispatcher', INTERVAL_MS, () => this.dispatch());
    this.jobs.every('outbox-sweep', SWEEP_INTERVAL_MS, () => this.sweep());
  }

  /** Delivers all that is due now. */
  async dispatch(): Promise<void> {
    for (;;) {
      const claimed = await this.claim();
      await Promise.all(claimed.map((delivery) => this.deliver(delivery)));
      if (claimed.length < BATCH) return;
    }
  }

  /** Deletes events that every handler has had and that are older than the feed reaches back. */
  async sweep(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_FOR_DAYS * 86_400_000);
    await this.database.reader.query(
      `delete from outbox_events e where e.at < $1 and not exists (
         select from outbox_deliveries d where d.bucket = e.bucket and d.event_id = e.id)`,
      [before],
    );
  }

  private async claim(): Promise<Claimed[]> {
    const known = this.outbox.handlers.map(({ name }) => name);
    if (known.length === 0) return [];
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const due = await tx.query<Claimed[]>(
        `select d.bucket, d.handler, d.attempts, e.id, e.type, e.at, e.customer_id, e.retailer_id, e.subject, e.data
           from outbox_deliveries d join outbox_events e on e.bucket = d.bucket and e.id = d.event_id
          where d.due_at <= $1 and d.handler = any($2)
          order by d.due_at limit $3
          for update of d skip locked`,
        [now, known, BATCH],
      );
      await tx.query(
        `update outbox_deliveries d set due_at = $1, attempts = d.attempts + 1
           from unnest($2::int[], $3::uuid[], $4::text[]) as claimed (bucket, event_id, handler)
          where d.bucket = claimed.bucket and d.event_id = claimed.event_id and d.handler = claimed.handler`,
        [
          new Date(now.getTime() + CLAIM_MS),
          due.map(({ bucket }) => bucket),
          due.map(({ id }) => id),
          due.map(({ handler }) => handler),
        ],
      );
      return due;
    });
  }

  private async deliver(delivery: Claimed): Promise<void> {
    const key = [delivery.bucket, delivery.id, delivery.handler];
    try {
      await this.outbox.handler(delivery.handler)?.handle(toEvent(delivery));
      await this.database.reader.query(
        `delete from outbox_deliveries where bucket = $1 and event_id = $2 and handler = $3`,
        key,
      );
    } catch (error) {
      this.logger.warn(`Handler ${delivery.handler} failed on event ${delivery.id}: ${(error as Error).name}`);
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
