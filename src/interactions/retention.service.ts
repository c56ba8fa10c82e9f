import { Injectable, type OnModuleInit } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import { PreconditionFailedError } from '../platform/errors.js';
import { requireIfMatch, strongEtag } from '../platform/http/etag.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { durationOf, firstMonthKept, monthsBefore } from './retention.js';
import type { NewRetentionDto, RetentionDto } from './retention.dto.js';
import { RetentionChoice } from './retention.entity.js';
import { eraseRetention, findRetention, replaceRetention } from './retention.queries.js';

/** A choice, and by what a caller says which one they know. */
export interface Retention {
  readonly retention: RetentionDto;
  readonly etag: string;
}

/** For how long a customer lets be kept what retailers report of them. */
@Injectable()
export class RetentionService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      module: 'retention',
      tables: ['interaction_retention'],
      export: (reader, customer) => this.export(reader, customer),
      erase: eraseRetention,
    });
  }

  async get(customer: CustomerKey): Promise<Retention> {
    return this.described(await findRetention(this.database.reader, customer));
  }

  /**
   * Chooses anew. What is older by that is deleted within the hour, and does not come back by choosing longer.
   *
   * @throws PreconditionRequiredError PreconditionFailedError InvalidRequestError
   */
  async choose(customer: CustomerKey, ifMatch: string | undefined, asked: NewRetentionDto): Promise<Retention> {
    const months = asked.toMonths(this.config.INTERACTIONS_KEPT_MONTHS);
    const chosen = await this.database.transaction(async (tx) => {
      const before = await findRetention(tx, customer);
      requireIfMatch(ifMatch, etagOf(before));
      const at = this.clock.now();
      const version = (before?.version ?? 0) + 1;
      const choice = Object.assign(new RetentionChoice(), { ...customer, months, version, updatedAt: at });
      if (!(await replaceRetention(tx, choice))) throw new PreconditionFailedError();
      const told = { type: 'interactions.retention_changed', at, customer };
      const data = { interactions: months && durationOf(months) };
      await this.audit.append(tx, { ...told, actor: { kind: 'customer' }, data });
      await this.outbox.enqueue(tx, { ...told, subject: customer.customerId, data });
      return choice;
    });
    return this.described(chosen);
  }

  private described(choice: RetentionChoice | null): Retention {
    const { INTERACTIONS_KEPT_MONTHS: longest } = this.config;
    const now = this.clock.now();
    const dropped = `${firstMonthKept(now, longest)}T00:00:00.000Z`;
    const months = choice?.months ?? null;
    const deleted = months === null ? dropped : monthsBefore(now, months).toISOString();
    return {
      retention: {
        interactions: months === null ? null : durationOf(months),
        longest: durationOf(longest),
        deleted_before: deleted > dropped ? deleted : dropped,
      },
      etag: etagOf(choice),
    };
  }

  private async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    const choice = await findRetention(reader, customer);
    if (!choice) return;
    const record = {
      interactions: choice.months === null ? null : durationOf(choice.months),
      updated_at: choice.updatedAt.toISOString(),
    };
    yield { kind: 'retention', record, provided: true };
  }
}

function etagOf(choice: RetentionChoice | null): string {
  return strongEtag('retention', choice?.version ?? 0, choice?.months);
}
