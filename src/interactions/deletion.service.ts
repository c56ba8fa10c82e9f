import { Injectable, type OnModuleInit } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { type OutboxEvent, OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { deleteReportedUnder } from './interactions.queries.js';

/** Deletes what was reported under a consent whose customer chose so when they withdrew it. */
@Injectable()
export class DeletionService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.outbox.handle('interactions.deletion', ['consent.withdrawn'], (event) => this.afterWithdrawal(event));
  }

  // No event can follow the deletion: a report waits for the withdrawal, and is refused after it.
  private async afterWithdrawal({ customer, retailerId, subject, data }: OutboxEvent): Promise<void> {
    if (!customer || data.reported_data !== 'delete') return;
    await this.database.transaction(async (tx) => {
      const count = await deleteReportedUnder(tx, customer, subject);
      if (count === 0) return;
      const told = { type: 'interactions.deleted', at: this.clock.now(), customer, retailerId };
      const consent = { id: subject, version: Number(data.version) };
      await this.audit.append(tx, { ...told, actor: { kind: 'customer' }, consent, data: { count } });
      await this.outbox.enqueue(tx, { ...told, subject, data: { count } });
    });
  }
}
