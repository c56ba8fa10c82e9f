import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import { Partitions } from '../platform/database/partitions.js';
import type { CustomerPrincipal } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, pageSize } from '../platform/http/paging.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { RetailersService } from '../retailers/retailers.service.js';
import type { Disclosure } from './disclosure.js';
import { DisclosureDto, type DisclosuresQuery } from './disclosures.dto.js';
import { type DisclosureFilter, eraseDisclosures, listDisclosures } from './disclosures.queries.js';
import { keptSince } from './kept.js';
import { later, latestFirst } from './stretches.js';

const EXPORTED_AT_ONCE = 1_000;

type Listed = Omit<DisclosureFilter, 'from'> & { readonly from?: Date };

/** What was read of a customer. */
@Injectable()
export class DisclosuresService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly partitions: Partitions,
    private readonly personalData: PersonalData,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.partitions.daily('disclosures');
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
    const rows = await this.newestFirst(this.database.reader, customer, {
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
      const rows = await this.newestFirst(reader, customer, { after, limit: EXPORTED_AT_ONCE });
      for (const { retailer, consent, ...read } of await this.named(rows)) {
        const record = { ...read, retailer: { ...retailer }, consent: { ...consent } };
        yield { kind: 'disclosure', record, ...(read.refused === null && { recipient: retailer.id }) };
      }
      after = rows.length === EXPORTED_AT_ONCE ? rows.at(-1) : undefined;
    } while (after);
  }

  private async newestFirst(reader: Reader, customer: CustomerKey, asked: Listed): Promise<Disclosure[]> {
    const now = this.clock.now();
    const { from, to, after, limit } = asked;
    const found: Disclosure[] = [];
    const since = later(from ?? new Date(0), keptSince(this.config, now));
    for (const stretch of latestFirst(since, after ? justAfter(after.checkedAt) : to, now)) {
      const rest = limit - found.length;
      found.push(...(await listDisclosures(reader, customer, { ...asked, ...stretch, limit: rest })));
      if (found.length === limit) break;
    }
    return found;
  }

  private async named(disclosures: readonly Disclosure[]): Promise<DisclosureDto[]> {
    const retailers = await this.retailers.describe(disclosures.map(({ retailerId }) => retailerId));
    return disclosures.map((disclosure) =>
      DisclosureDto.of(disclosure, retailers.get(disclosure.retailerId)?.name ?? ''),
    );
  }
}

function justAfter(time: Date): Date {
  return new Date(time.getTime() + 1);
}

function keyOf({ checkedAt, id }: Disclosure): [Date, string] {
  return [checkedAt, id];
}
