import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import { Partitions } from '../platform/database/partitions.js';
import type { CustomerPrincipal } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, pageSize } from '../platform/http/paging.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { RetailersService } from '../retailers/retailers.service.js';
import type { Disclosure } from './disclosure.js';
import { DisclosureDto, type DisclosuresQuery } from './disclosures.dto.js';
import { eraseDisclosures, listDisclosures } from './disclosures.queries.js';

const EXPORTED_AT_ONCE = 1_000;

/** What was read of a customer. */
@Injectable()
export class DisclosuresService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly partitions: Partitions,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    this.partitions.monthly('disclosures');
    this.personalData.register({
      module: 'disclosures',
      tables: ['disclosures'],
      export: (reader, customer) => this.export(reader, customer),
      erase: eraseDisclosures,
    });
  }

  /**
   * One page of who read what, and who was refused, the latest first. Whoever acts for the customer is not told of special
   * attributes that their delegation does not name, nor of reads that were about nothing else.
   */
  async list({ customer, delegation }: CustomerPrincipal, query: DisclosuresQuery): Promise<Page<DisclosureDto>> {
    const [checkedAt, id] = decodeCursor(query.cursor, ['time', 'uuid']) ?? [];
    const limit = pageSize(query);
    const { reader } = this.database;
    const rows = await listDisclosures(reader, customer, {
      retailerId: query.retailer_id,
      attribute: query.attribute,
      from: query.from,
      to: query.to,
      hidden: delegation?.hidden,
      after: checkedAt && id ? { checkedAt, id } : undefined,
      limit: limit + 1,
    });
    const page = pageOf(rows, limit, keyOf);
    return { ...page, items: await this.named(page.items) };
  }

  private async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    let after: Disclosure | undefined;
    do {
      const rows = await listDisclosures(reader, customer, { after, limit: EXPORTED_AT_ONCE });
      for (const { retailer, consent, ...read } of await this.named(rows)) {
        const record = { ...read, retailer: { ...retailer }, consent: { ...consent } };
        yield { kind: 'disclosure', record, ...(read.refused === null && { recipient: retailer.id }) };
      }
      after = rows.length === EXPORTED_AT_ONCE ? rows.at(-1) : undefined;
    } while (after);
  }

  private async named(disclosures: readonly Disclosure[]): Promise<DisclosureDto[]> {
    const retailers = await this.retailers.describe(disclosures.map(({ retailerId }) => retailerId));
    return disclosures.map((disclosure) =>
      DisclosureDto.of(disclosure, retailers.get(disclosure.retailerId)?.name ?? ''),
    );
  }
}

function keyOf({ checkedAt, id }: Disclosure): [Date, string] {
  return [checkedAt, id];
}
