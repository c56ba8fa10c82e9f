import { Injectable, type OnModuleInit } from '@nestjs/common';

import { type OutboxEvent, OutboxService } from '../outbox/outbox.service.js';
import { atOnce } from '../platform/at-once.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { Derived } from '../platform/derived.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { eraseMarks, markedCustomers, markMonths, takeMarks } from './counter-marks.queries.js';
import {
  countDifferences,
  type CountedMonth,
  countedMonths,
  type Counter,
  eraseCounters,
  findCounters,
  lockCounting,
  recount,
} from './counters.queries.js';
import { changesOfStanding } from './days.js';

export const COUNTERS = 'interactions.counters';

/** Somebody of whom something is reported all the time is counted once in so long. */
const INTERVAL_MS = 1_000;
const CUSTOMERS = 500;
/** How many are counted in one transaction, and held by it until then. */
const TOGETHER = 25;
const AT_ONCE = 2;

/**
 * How much retailers report of a customer, counted by month. Whatever changes it marks the months of its retailer that
 * it touches, and what is marked is counted anew from the events: once for all that came meanwhile. That can be done
 * twice, or in any order, and comes to the same.
 */
@Injectable()
export class CountersService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly outbox: OutboxService,
    private readonly jobs: Jobs,
    private readonly derived: Derived,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    this.outbox.handleAll(COUNTERS, changesOfStanding, (events) => this.mark(events));
    this.jobs.every(COUNTERS, INTERVAL_MS, () => this.countMarked());
    this.derived.register({
      name: 'counters',
      rebuild: (customer) => this.rebuild(customer),
      check: (customer) => this.check(customer),
    });
    this.personalData.register({
      module: 'counters',
      tables: ['interaction_counters', 'interaction_counter_marks'],
      export: (reader, customer) => this.export(reader, customer),
      erase: async (tx, customer) => {
        await eraseMarks(tx, customer);
        await eraseCounters(tx, customer);
      },
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

  private async mark(events: readonly OutboxEvent[]): Promise<void> {
    const marks = events.flatMap(({ customer, retailerId, data }) =>
      customer && retailerId
        ? [...new Set((data.days as string[]).map(monthOf))].map((month) => ({ customer, retailerId, month }))
        : [],
    );
    await markMonths(this.database.reader, marks);
  }

  private async countMarked(): Promise<void> {
    for (let marked = CUSTOMERS; marked === CUSTOMERS;) {
      const customers = await markedCustomers(this.database.reader, CUSTOMERS);
      const groups = Array.from({ length: Math.ceil(customers.length / TOGETHER) }, (_, place) =>
        customers.slice(place * TOGETHER, (place + 1) * TOGETHER),
      );
      await atOnce(AT_ONCE, groups, (group) => this.count(group, takeMarks));
      marked = customers.length;
    }
  }

  private rebuild(customer: CustomerKey): Promise<void> {
    return this.count([customer], async (tx) => {
      await takeMarks(tx, [customer]);
      return (await countedMonths(tx, customer)).map((month) => ({ customer, month, retailerId: null }));
    });
  }

  private async count(
    customers: readonly CustomerKey[],
    due: (tx: Tx, customers: readonly CustomerKey[]) => Promise<readonly CountedMonth[]>,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const there = await lockCounting(tx, customers);
      if (there.length > 0) await recount(tx, await due(tx, there));
    });
  }

  private check(customer: CustomerKey): Promise<number> {
    return this.database.transaction(async (tx) => {
      await lockCounting(tx, [customer]);
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
