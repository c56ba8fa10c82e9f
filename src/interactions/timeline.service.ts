import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import type { ActingFor, CustomerPrincipal } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, pageSize } from '../platform/http/paging.js';
import { RetailersService } from '../retailers/retailers.service.js';
import type { DisputeDto } from './disputes.dto.js';
import { DisputesService } from './disputes.service.js';
import { InteractionDto } from './interaction.dto.js';
import { NotesService } from './notes.service.js';
import { OLDEST_DAYS } from './occurrence.js';
import { NO_SPECIAL, withheld } from './special-products.js';
import { type InteractionsQuery, toFilter } from './timeline.dto.js';
import { InteractionNotFoundError } from './timeline.errors.js';
import { EVER, findEvents, type TimelineEvent } from './timeline.queries.js';

const DAY_MS = 86_400_000;

/** What retailers reported, for the customer whose it is, or who acts for them. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly notes: NotesService,
    private readonly disputes: DisputesService,
    private readonly clock: Clock,
  ) {}

  /** Lists the customer's interactions, newest first, over the last 400 days where no time is given. */
  async list({ customer, delegation }: CustomerPrincipal, query: InteractionsQuery): Promise<Page<InteractionDto>> {
    const now = this.clock.now().getTime();
    const times = { from: new Date(now - OLDEST_DAYS * DAY_MS), to: new Date(now + DAY_MS) };
    // Who acts for the customer sees no notes: to them there are none.
    const filter = { ...toFilter(query, times), ...(delegation && query.note && { ids: [] }) };
    const limit = pageSize(query);
    const cursor = decodeCursor(query.cursor, ['time', 'uuid']);
    const { reader } = this.database;
    const found = await findEvents(reader, customer, filter, {
      after: cursor && { occurredAt: cursor[0], id: cursor[1] },
      limit: limit + 1,
    });
    const page = pageOf(found, limit, ({ occurredAt, id }) => [occurredAt, id]);
    return { ...page, items: await this.described(reader, customer, page.items, delegation) };
  }

  /** @throws InteractionNotFoundError */
  async get({ customer, delegation }: CustomerPrincipal, id: string): Promise<InteractionDto> {
    const event = await this.event(customer, id);
    const [described] = await this.described(this.database.reader, customer, [event], delegation);
    return described as InteractionDto;
  }

  /** One event as it is kept. @throws InteractionNotFoundError */
  async event(customer: CustomerKey, id: string): Promise<TimelineEvent> {
    const [event] = await findEvents(this.database.reader, customer, { ...EVER, ids: [id] }, { limit: 1 });
    if (!event) throw new InteractionNotFoundError(id);
    return event;
  }

  /** Events as the customer sees them, or as much of it as is shown to who acts for them. */
  async described(
    reader: Reader,
    customer: CustomerKey,
    events: readonly TimelineEvent[],
    delegation?: ActingFor,
  ): Promise<InteractionDto[]> {
    const shown = delegation ? events.map(toDelegate) : events;
    const retailers = await this.retailers.describe(shown.map(({ retailerId }) => retailerId));
    const notes = await this.notes.opened(reader, customer, shown);
    const disputes = await this.disputes.of(
      reader,
      customer,
      shown.map(({ id }) => id),
    );
    const disputeOf = ({ id }: TimelineEvent): DisputeDto | null => {
      const dispute = disputes.get(id);
      return dispute ? { ...dispute, ...(delegation && { text: null }) } : null;
    };
    return shown.map((event) =>
      InteractionDto.of(event, {
        retailerName: retailers.get(event.retailerId)?.name ?? event.retailerId,
        note: notes.get(event.id) ?? null,
        dispute: disputeOf(event),
      }),
    );
  }
}

/** What of an event is shown to who acts for the customer: nothing that is special, and nothing that they wrote. */
function toDelegate(event: TimelineEvent): TimelineEvent {
  const { data, withheld: leftOut } = withheld(event, NO_SPECIAL);
  return { ...event, data, withheld: event.withheld || leftOut.length > 0, note: null };
}
