import { Injectable, type OnModuleInit } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { type OutboxEvent, OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { DeletionService } from './deletion.service.js';
import { firstMonthKept, monthsBefore } from './retention.js';
import { choosingCustomers, dropMonths, sweepLeftBehind } from './retention.queries.js';

const HOUR_MS = 3_600_000;
const CUSTOMERS_AT_ONCE = 500;
const DELETED_AT_ONCE = 500;

/**
 * Deletes events that have become too old. What a customer chose is deleted event by event, and recorded in their log;
 * at the legal maximum whole months are dropped for everybody, with one entry in the log of the broker.
 */
@Injectable()
export class RetentionSweep implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly deletion: DeletionService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('interactions-retention', HOUR_MS, async () => {
      await this.dropMonths();
      await this.deleteChosen();
    });
    this.outbox.handle('interactions.expiry', ['interactions.expired'], (event) => this.afterExpiry(event));
  }

  private async dropMonths(): Promise<void> {
    const now = this.clock.now();
    const before = firstMonthKept(now, this.config.INTERACTIONS_KEPT_MONTHS);
    await this.database.transaction(async (tx) => {
      const dropped = await dropMonths(tx, before);
      if (dropped.length === 0) return;
      const told = { type: 'interactions.expired', at: now, data: { before } };
      await this.audit.append(tx, { ...told, actor: { kind: 'system' } });
      await this.outbox.enqueue(tx, { ...told, subject: before });
    });
  }

  private async deleteChosen(): Promise<void> {
    let last: CustomerKey | undefined;
    do {
      const choices = await choosingCustomers(this.database.reader, last, CUSTOMERS_AT_ONCE);
      for (const { customer, months } of choices) await this.deleteBefore(customer, months);
      last = choices.length === CUSTOMERS_AT_ONCE ? choices.at(-1)?.customer : undefined;
    } while (last);
  }

  private async deleteBefore(customer: CustomerKey, months: number): Promise<void> {
    const events = { to: monthsBefore(this.clock.now(), months), limit: DELETED_AT_ONCE };
    for (let deleted = DELETED_AT_ONCE; deleted === DELETED_AT_ONCE;) {
      deleted = await this.database.transaction(
        async (tx) => (await this.deletion.deleteRecorded(tx, customer, events, 'customer')).length,
      );
    }
  }

  private async afterExpiry({ data }: OutboxEvent): Promise<void> {
    const before = new Date(`${data.before as string}T00:00:00Z`);
    while (await this.database.transaction((tx) => sweepLeftBehind(tx, before))) continue;
  }
}
