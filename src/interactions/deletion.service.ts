import { Injectable, type OnModuleInit } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { type OutboxEvent, OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { daysOf } from './days.js';
import { type DeletedEvent, type DeletedEvents, deleteEvents } from './deletion.queries.js';
import type { InteractionDeletionDto, InteractionsDeletedDto } from './deletions.dto.js';
import { correctionsOfDeleted, type KeyOfCustomer } from './interactions.queries.js';
import { InteractionNotFoundError } from './timeline.errors.js';
import { countEvents, idsOfEvents, type TimelineFilter } from './timeline.queries.js';

/** Whose decision it was: the customer's, for themselves or by how long they keep things, or the law's. */
export type Deleter = 'customer' | 'system';

/**
 * Deletes events: one by one, many at once, and those of a consent that was withdrawn so. That there was such an event
 * stays known by its key, so that it does not come back when it is sent again; its retailer is told it is a duplicate.
 * Nor does it come back as what a later correction says of it.
 */
@Injectable()
export class DeletionService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.outbox.handle('interactions.deletion', ['consent.withdrawn'], (event) => this.afterWithdrawal(event));
  }

  /** @throws InteractionNotFoundError */
  delete(customer: CustomerKey, id: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const deleted = await this.deleteRecorded(tx, customer, { ids: [id] }, 'customer');
      if (deleted.length === 0) throw new InteractionNotFoundError(id);
    });
  }

  /** Deletes what is named, or says what that would be. What is not there, or no longer, is passed over. */
  async deleteMany(customer: CustomerKey, asked: InteractionDeletionDto): Promise<InteractionsDeletedDto> {
    const filter = asked.toFilter();
    const dryRun = asked.dry_run ?? false;
    const counts = dryRun
      ? await countEvents(this.database.reader, customer, filter)
      : await this.database.transaction((tx) => this.deleteFound(tx, customer, filter));
    return this.described(counts, dryRun);
  }

  /** Deletes events, and records it in the same transaction: an audit entry and an outbox event for each retailer. */
  async deleteRecorded(
    tx: Tx,
    customer: CustomerKey,
    events: DeletedEvents,
    by: Deleter,
    consent?: { id: string; version: number },
  ): Promise<DeletedEvent[]> {
    const deleted = await deleteEvents(tx, customer, events);
    const at = this.clock.now();
    for (const [retailerId, theirs] of byRetailer(deleted)) {
      const told = { type: 'interactions.deleted', at, customer, retailerId };
      const count = theirs.length;
      await this.audit.append(tx, { ...told, actor: { kind: by }, ...(consent && { consent }), data: { count } });
      const days = daysOf(theirs.map(({ occurredAt }) => occurredAt));
      const subject = consent?.id ?? theirs[0].id;
      await this.outbox.enqueue(tx, { ...told, subject, data: { count, days } });
    }
    return deleted;
  }

  /**
   * Deletes those of these corrections, just kept, that take the place of a deleted event, directly or through others,
   * in whatever order these came. Their sender learns as little of it as of any deletion.
   */
  async deleteCorrectionsOfDeleted(tx: Tx, corrections: readonly KeyOfCustomer[]): Promise<void> {
    for (const { ids, ...customer } of await correctionsOfDeleted(tx, corrections)) {
      await this.deleteRecorded(tx, customer, { ids }, 'customer');
    }
  }

  // Found first, since how an event stands is nothing that the role which deletes may look into. What is reported
  // meanwhile was not found, and what is deleted meanwhile is not there any more.
  private async deleteFound(tx: Tx, customer: CustomerKey, filter: TimelineFilter): Promise<Map<string, number>> {
    const ids = filter.ids ?? (await idsOfEvents(tx, customer, filter));
    const deleted = await this.deleteRecorded(tx, customer, { ids }, 'customer');
    return new Map([...byRetailer(deleted)].map(([retailerId, theirs]) => [retailerId, theirs.length]));
  }

  private async described(counts: ReadonlyMap<string, number>, dryRun: boolean): Promise<InteractionsDeletedDto> {
    const retailers = await this.retailers.describe([...counts.keys()]);
    const by_retailer = [...counts]
      .map(([id, count]) => ({ retailer: { id, name: retailers.get(id)?.name ?? id }, count }))
      .toSorted((a, b) => b.count - a.count || (a.retailer.id < b.retailer.id ? -1 : 1));
    return { dry_run: dryRun, count: by_retailer.reduce((sum, { count }) => sum + count, 0), by_retailer };
  }

  // No event can follow the deletion: a report waits for the withdrawal, and is refused after it.
  private async afterWithdrawal({ customer, subject, data }: OutboxEvent): Promise<void> {
    if (!customer || data.reported_data !== 'delete') return;
    const consent = { id: subject, version: Number(data.version) };
    await this.database.transaction((tx) =>
      this.deleteRecorded(tx, customer, { consentId: subject }, 'customer', consent),
    );
  }
}

function byRetailer(events: readonly DeletedEvent[]): Map<string, [DeletedEvent, ...DeletedEvent[]]> {
  const groups = new Map<string, [DeletedEvent, ...DeletedEvent[]]>();
  for (const event of events) {
    const group = groups.get(event.retailerId);
    if (group) group.push(event);
    else groups.set(event.retailerId, [event]);
  }
  return groups;
}
