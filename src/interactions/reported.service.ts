import { Injectable } from '@nestjs/common';

import type { Consent } from '../consents/consent.entity.js';
import { ConsentPausedError, NoConsentError } from '../consents/consents.errors.js';
import { ConsentsService } from '../consents/consents.service.js';
import { withinToken } from '../consents/intersection.js';
import { Clock } from '../platform/clock.js';
import { type CustomerKey, sameCustomer } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, pageSize } from '../platform/http/paging.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { ReportedInteractionDto, type ReportedQuery } from './reported.dto.js';
import { type ReadableLine, readBack } from './reported.queries.js';
import { periodOf } from './reported-period.js';
import { NO_SPECIAL, withheld } from './special-products.js';

/** More than anybody has with one retailer at a time. */
const MOST_CONSENTS = 200;

/**
 * Lets a retailer read back what it reported itself: of one customer, under a consent that is open now and still names
 * such events. What its customer has deleted is not there, and nothing tells that it ever was.
 */
@Injectable()
export class ReportedService {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly consents: ConsentsService,
    private readonly clock: Clock,
  ) {}

  /** @throws NoConsentError ConsentPausedError UnauthenticatedError InvalidRequestError InvalidCursorError */
  async list(caller: RetailerPrincipal, query: ReportedQuery): Promise<Page<ReportedInteractionDto>> {
    const period = periodOf(query, this.clock.now());
    const cursor = decodeCursor(query.cursor, ['time', 'uuid']);
    const limit = pageSize(query);
    const customer = await this.customerOf(caller, query.subject);
    const found = await readBack(
      this.database.reader,
      customer,
      caller.retailerId,
      await this.linesOf(caller, customer),
      {
        ...period,
        types: query.type,
        after: cursor && { occurredAt: cursor[0], id: cursor[1] },
        limit: limit + 1,
      },
    );
    const page = pageOf(found, limit, ({ occurredAt, id }) => [occurredAt, id]);
    const shown = page.items.map((event) => ({ ...event, data: withheld(event, NO_SPECIAL).data }));
    return { ...page, items: shown.map((event) => ReportedInteractionDto.of(event)) };
  }

  private async customerOf(caller: RetailerPrincipal, subject: string | undefined): Promise<CustomerKey> {
    await this.consents.assertTokenHolds(caller);
    const token = caller.consent?.customer;
    if (subject === undefined) {
      if (token) return token;
      throw new InvalidRequestError([{ pointer: 'query/subject', detail: 'is required with the client’s own token' }]);
    }
    const customer = await this.retailers.customerOf(caller.retailerId, subject);
    if (!customer || (token && !sameCustomer(customer, token))) throw new NoConsentError();
    return customer;
  }

  /** What the consents let be read back now, as far as this token may use them. */
  private async linesOf(caller: RetailerPrincipal, customer: CustomerKey): Promise<ReadableLine[]> {
    const { retailerId, consent: token } = caller;
    const all = await this.consents.list(customer, { retailerId, limit: MOST_CONSENTS });
    const now = this.clock.now();
    const open = all.filter(({ id }) => !token || id === token.id).filter((consent) => isOpen(consent, now));
    if (open.length === 0) throw new NoConsentError();
    const active = open.filter((consent) => consent.statusAt(now) === 'active');
    if (active.length === 0) throw new ConsentPausedError();
    return active.flatMap(({ id, details }) =>
      withinToken(details, caller).flatMap((line) =>
        line.type === 'ccx_interactions' && Date.parse(line.expires_at) > now.getTime()
          ? [{ consent_id: id, event_types: line.event_types, touchpoints: line.touchpoints }]
          : [],
      ),
    );
  }
}

function isOpen(consent: Consent, now: Date): boolean {
  const status = consent.statusAt(now);
  return status === 'active' || status === 'paused';
}
