import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import { Partitions } from '../platform/database/partitions.js';
import { decodeCursor, type Page, pageOf, pageSize } from '../platform/http/paging.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { InteractionDto, type InteractionsQuery } from './interactions.dto.js';
import {
  deleteInteractions,
  findInteractions,
  type InteractionFilter,
  type StoredInteraction,
} from './interactions.queries.js';
import { OLDEST_DAYS } from './occurrence.js';

const DAY_MS = 86_400_000;
const EXPORT_PAGE = 1_000;
// Before the first event that could have been reported, and after the last.
const EVER = { from: new Date(0), to: new Date('9999-01-01T00:00:00Z') };

/** What retailers reported, for the customer whose it is. */
@Injectable()
export class InteractionsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly personalData: PersonalData,
    private readonly partitions: Partitions,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.partitions.monthly('interactions');
    this.personalData.register({
      module: 'interactions',
      tables: ['interactions', 'interaction_keys', 'interaction_voids'],
      export: (reader, customer) => this.exportOf(reader, customer),
      erase: deleteInteractions,
    });
  }

  /** Lists the customer's interactions, newest first, over the last 400 days where no time is given. */
  async list(customer: CustomerKey, query: InteractionsQuery): Promise<Page<InteractionDto>> {
    const limit = pageSize(query);
    const cursor = decodeCursor(query.cursor, ['time', 'uuid']);
    const found = await findInteractions(this.database.reader, customer, this.filterOf(query), {
      ...(cursor && { after: { occurredAt: cursor[0], id: cursor[1] } }),
      limit: limit + 1,
    });
    const page = pageOf(found, limit, ({ occurredAt, id }) => [occurredAt, id]);
    return { ...page, items: await this.described(page.items) };
  }

  private filterOf({ from, to, retailer_id, type, touchpoint, stage }: InteractionsQuery): InteractionFilter {
    const now = this.clock.now().getTime();
    return {
      from: from ?? new Date(now - OLDEST_DAYS * DAY_MS),
      to: to ?? new Date(now + DAY_MS),
      ...(retailer_id && { retailerId: retailer_id }),
      ...(type && { types: type }),
      ...(touchpoint && { touchpoint }),
      ...(stage && { stage }),
    };
  }

  private async described(interactions: readonly StoredInteraction[]): Promise<InteractionDto[]> {
    const retailers = await this.retailers.describe(interactions.map(({ retailerId }) => retailerId));
    return interactions.map((one) => InteractionDto.of(one, retailers.get(one.retailerId)?.name ?? one.retailerId));
  }

  private async *exportOf(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    let after: { occurredAt: Date; id: string } | undefined;
    for (;;) {
      const found = await findInteractions(reader, customer, EVER, { ...(after && { after }), limit: EXPORT_PAGE });
      for (const interaction of await this.described(found)) {
        const record = { ...interaction, retailer: { ...interaction.retailer } };
        yield { kind: 'interaction', record, source: interaction.retailer.id };
      }
      after = found.at(-1);
      if (found.length < EXPORT_PAGE) return;
    }
  }
}
