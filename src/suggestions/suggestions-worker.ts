import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { changesOfStanding } from '../interactions/days.js';
import { type OutboxEvent, OutboxService } from '../outbox/outbox.service.js';
import { atOnce } from '../platform/at-once.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { rulesOf } from './candidates.js';
import { deleteDaysBefore, markStale, staleDays } from './days.queries.js';
import { EvidenceDays } from './evidence-days.service.js';
import { PresentationService } from './presentation.service.js';
import {
  dueCustomers,
  enabledAmong,
  lockSettings,
  lookAtAll,
  lookAtThoseBefore,
  putOff,
} from './suggestions.queries.js';

export const SUGGESTIONS = 'suggestions';

const INTERVAL_MS = 250;
const CUSTOMERS_AT_ONCE = 4;
const BATCH = 100;
/** A transaction that looks at more days holds up whoever wants to answer a suggestion. */
const DAYS_AT_ONCE = 100;
const PUT_OFF_MS = 60_000;

/**
 * Keeps suggestions up with what happens. Events only note which days have changed: so a day is looked at once however
 * many events it has, and in what order they came makes no difference.
 */
@Injectable()
export class SuggestionsWorker implements OnModuleInit {
  private readonly logger = new Logger(SuggestionsWorker.name);
  private release?: string;

  constructor(
    private readonly database: Database,
    private readonly outbox: OutboxService,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly vocabularies: VocabularyService,
    private readonly days: EvidenceDays,
    private readonly presentation: PresentationService,
  ) {}

  onModuleInit(): void {
    this.outbox.handleAll(SUGGESTIONS, [...changesOfStanding, 'preferences.changed'], (events) => this.noteAll(events));
    this.outbox.handle('suggestions.expiry', ['interactions.expired'], (event) => this.forget(event));
    this.jobs.every(SUGGESTIONS, INTERVAL_MS, () => this.work());
  }

  /** Looks at the events of everybody who is due. */
  async work(): Promise<void> {
    await this.noticeRelease();
    for (;;) {
      const customers = await dueCustomers(this.database.reader, this.clock.now(), BATCH);
      await atOnce(CUSTOMERS_AT_ONCE, customers, (customer) => this.tryLooking(customer));
      if (customers.length < BATCH) return;
    }
  }

  /** Looks at all days of a customer that have changed, if they have suggestions, and at what follows from all days. */
  async lookAtAllOf(customer: CustomerKey): Promise<void> {
    while (await this.look(customer)) continue;
  }

  /** Looks at some of the days, and answers whether there are more. */
  private look(customer: CustomerKey): Promise<boolean> {
    return this.database.transaction((tx) => this.lookWithin(tx, customer));
  }

  private async lookWithin(tx: Tx, customer: CustomerKey): Promise<boolean> {
    const settings = await lockSettings(tx, customer);
    if (!settings?.isEnabled()) return false;
    const vocabulary = this.vocabularies.current();
    if (settings.vocabularyVersion !== vocabulary.version) {
      await this.days.markAll(tx, customer);
      settings.vocabularyVersion = vocabulary.version;
    }
    const stale = await staleDays(tx, customer, DAYS_AT_ONCE);
    await this.days.look(tx, customer, stale, rulesOf(vocabulary));
    const isMore = stale.length === DAYS_AT_ONCE;
    settings.dueAt = isMore ? this.clock.now() : await this.presentation.present(tx, customer, settings);
    await tx.save(settings);
    return isMore;
  }

  // Most customers have no suggestions: one statement finds those who do.
  private async noteAll(events: readonly OutboxEvent[]): Promise<void> {
    const customers = events.flatMap(({ customer }) => customer ?? []);
    for (const customer of await enabledAmong(this.database.reader, customers)) {
      const theirs = events.filter((event) => event.customer?.customerId === customer.customerId);
      await this.note(customer, new Set(theirs.flatMap(({ data }) => (data.days as string[] | undefined) ?? [])));
    }
  }

  private async note(customer: CustomerKey, days: ReadonlySet<string>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const settings = await lockSettings(tx, customer);
      if (!settings?.isEnabled()) return;
      if (days.size > 0) await markStale(tx, customer, [...days].sort());
      settings.lookAgain(this.clock.now());
      await tx.save(settings);
    });
  }

  /** What is older than anything may be kept has been dropped for everybody, without a word about anybody. */
  private async forget({ data }: OutboxEvent): Promise<void> {
    await this.database.transaction(async (tx) => {
      await deleteDaysBefore(tx, data.before as string);
      await lookAtAll(tx, this.clock.now());
    });
  }

  private async tryLooking(customer: CustomerKey): Promise<void> {
    try {
      await this.lookAtAllOf(customer);
    } catch (error) {
      this.logger.error('The events of a customer could not be looked at and will be later.', error);
      await putOff(this.database.reader, customer, new Date(this.clock.now().getTime() + PUT_OFF_MS));
    }
  }

  /** What may be inferred depends on the release in force. */
  private async noticeRelease(): Promise<void> {
    const { version } = this.vocabularies.current();
    if (version === this.release) return;
    await lookAtThoseBefore(this.database.reader, version, this.clock.now());
    this.release = version;
  }
}
