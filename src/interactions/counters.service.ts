import { Injectable, type OnModuleInit } from '@nestjs/common';

import { type OutboxEvent, OutboxService } from '../outbox/outbox.service.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import { Derived } from '../platform/derived.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import {
  countDifferences,
  countedMonths,
  type Counter,
  eraseCounters,
  findCounters,
  lockCounting,
  recount,
} from './counters.queries.js';
import { changesOfStanding } from './days.js';

/**
 * How much retailers report of a customer, counted by month. Whatever changes it, the months of its retailer that it
 * touches are counted anew from the events: that can be done twice, or in any order, and comes to the same.
 */
@Injectable()
export class CountersService implements OnModuleInit {
  /** By customer and retailer: the months that are about to be counted. */
  private readonly due = new Map<string, { months: Set<string>; counted: Promise<void> }>();

  constructor(
    private readonly database: Database,
    private readonly outbox: OutboxService,
    private readonly derived: Derived,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    this.outbox.handle('interactions.counters', changesOfStanding, (event) => this.afterChange(event));
    this.derived.register({
      name: 'counters',
      rebuild: (customer) => this.rebuild(customer),
      check: (customer) => this.check(customer),
    });
    this.personalData.register({
      module: 'counters',
      tables: ['interaction_counters'],
      export: (reader, customer) => this.export(reader, customer),
      erase: eraseCounters,
    });
  }

  /**
   * What is counted, the latest month first; of the months from one on and before another, named by their first days.
   * What was reported a moment ago may not be counted yet.
   */
  of(
    reader: Reader,
    customer: CustomerKey,
    months: { from?: string | undefined; to?: string | undefined } = {},
  ): Promise<Counter[]> {
    return findCounters(reader, customer, months);
  }

  private async afterChange({ customer, retailerId, data }: OutboxEvent): Promise<void> {
    if (!customer) return;
    const { months, counted } =
      this.due.get(`${customer.customerId} ${retailerId}`) ?? this.countSoon(customer, retailerId);
    for (const day of data.days as string[]) months.add(monthOf(day));
    await counted;
  }

  /** Counts once for all changes that are delivered together: each alone would hold a connection to wait for the others. */
  private countSoon(customer: CustomerKey, retailerId?: string) {
    const key = `${customer.customerId} ${retailerId}`;
    const months = new Set<string>();
    const counted = Promise.resolve().then(() => {
      this.due.delete(key);
      return this.count(customer, () => [...months], retailerId);
    });
    this.due.set(key, { months, counted });
    return { months, counted };
  }

  private rebuild(customer: CustomerKey): Promise<void> {
    return this.count(customer, (reader) => countedMonths(reader, customer));
  }

  private async count(
    customer: CustomerKey,
    months: (reader: Reader) => readonly string[] | Promise<readonly string[]>,
    retailerId: string | null = null,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (await lockCounting(tx, customer)) await recount(tx, customer, await months(tx), retailerId);
    });
  }

  private check(customer: CustomerKey): Promise<number> {
    return this.database.transaction(async (tx) => {
      await lockCounting(tx, customer);
      return countDifferences(tx, customer);
    });
  }

  private async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    for (const { retailerId, ...counter } of await findCounters(reader, customer, {})) {
      yield { kind: 'interaction_count', record: { ...counter, retailer_id: retailerId } };
    }
  }
}

/** The first day of a day's month. */
function monthOf(day: string): string {
  return `${day.slice(0, 7)}-01`;
}
