import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { Partitions } from '../platform/database/partitions.js';
import type { JsonObject } from '../platform/json.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { TimelineService } from './timeline.service.js';
import { EVER, findEvents, type TimelineEvent } from './timeline.queries.js';

const EXPORT_PAGE = 1_000;

const tables = [
  'interactions',
  'interaction_keys',
  'interaction_voids',
  'interaction_corrections',
  'interaction_notes',
] as const;

/** What this module holds of a customer: events that retailers reported, and what the customer noted beside them. */
@Injectable()
export class InteractionsData implements OnModuleInit {
  constructor(
    private readonly timeline: TimelineService,
    private readonly personalData: PersonalData,
    private readonly partitions: Partitions,
  ) {}

  onModuleInit(): void {
    this.partitions.monthly('interactions');
    this.personalData.register({
      module: 'interactions',
      tables,
      export: (reader, customer) => this.export(reader, customer),
      erase: eraseInteractions,
    });
  }

  private async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    let after: TimelineEvent | undefined;
    do {
      const found: TimelineEvent[] = await findEvents(reader, customer, EVER, { after, limit: EXPORT_PAGE });
      for (const interaction of await this.timeline.described(reader, customer, found)) {
        yield { kind: 'interaction', record: interaction as unknown as JsonObject, source: interaction.retailer.id };
      }
      after = found.length === EXPORT_PAGE ? found.at(-1) : undefined;
    } while (after);
  }
}

async function eraseInteractions(tx: Tx, { bucket, customerId }: CustomerKey): Promise<void> {
  for (const table of tables.toReversed()) {
    await tx.query(`delete from ${table} where bucket = $1 and customer_id = $2`, [bucket, customerId]);
  }
}
