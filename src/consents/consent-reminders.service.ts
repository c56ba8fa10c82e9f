import { Injectable, type OnModuleInit } from '@nestjs/common';

import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { customersToRemind, lockConsentsToRemind } from './consents.queries.js';
import { forEachInTurn } from './sweep.js';

const INTERVAL_MS = 60 * 60_000;
const CUSTOMERS_AT_ONCE = 500;

/** Reminds customers of consents that go on: one event for all of a customer's that have come due since the last run. */
@Injectable()
export class ConsentReminders implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('consents.remind', INTERVAL_MS, () => this.remindAll());
  }

  private async remindAll(): Promise<void> {
    const now = this.clock.now();
    for (;;) {
      const customers = await customersToRemind(this.database.reader, now, CUSTOMERS_AT_ONCE);
      await forEachInTurn(customers, (customer) => this.remind(customer, now));
      if (customers.length < CUSTOMERS_AT_ONCE) return;
    }
  }

  private remind(customer: CustomerKey, now: Date): Promise<void> {
    return this.database.transaction(async (tx) => {
      const due = await lockConsentsToRemind(tx, customer, now);
      const consents = due.flatMap((consent) => {
        const reminder = consent.reminderAt(now);
        if (!reminder) return [];
        const { id, retailerId, expiresAt } = consent;
        const { percent } = reminder;
        return [{ consent_id: id, retailer_id: retailerId, percent, expires_at: expiresAt.toISOString() }];
      });
      for (const consent of due) consent.reminded(now);
      await tx.save(due);
      if (consents.length === 0) return;
      const subject = customer.customerId;
      await this.outbox.enqueue(tx, { type: 'consents.reminder', at: now, customer, subject, data: { consents } });
    });
  }
}
