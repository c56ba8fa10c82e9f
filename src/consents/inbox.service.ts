import { Injectable } from '@nestjs/common';

import { CustomersService } from '../customers/customers.service.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import { actorOf, type RetailerPrincipal } from '../platform/http/access.js';
import { Random } from '../platform/random.js';
import { RetailersService } from '../retailers/retailers.service.js';
import type { Consent, ConsentUse } from './consent.entity.js';
import type { ConsentRequest } from './consent-request.entity.js';
import { ConsentRequestsService } from './consent-requests.service.js';
import { ConsentRequestNotFoundError } from './consents.errors.js';
import { assertOnePart } from './details.js';
import { findConsent, findRef, hasConsented, holderOf } from './consents.queries.js';

/** Whom a retailer wants to ask. */
export interface Addressee {
  email?: string;
  subject?: string;
}

export interface Ask {
  customer: Addressee;
  authorization_details: unknown[];
  use?: ConsentUse;
  lifetime_days?: number;
  max_reads_per_day?: number;
  message?: string;
  language?: string;
}

/** A request and, once something was given, what and by whom. */
export interface InboxRequest {
  request: ConsentRequest;
  given: { consent: Consent; subject: string } | null;
}

/** Requests that a retailer puts into a customer's list, without the customer being there. */
@Injectable()
export class InboxService {
  constructor(
    private readonly database: Database,
    private readonly customers: CustomersService,
    private readonly retailers: RetailersService,
    private readonly requests: ConsentRequestsService,
    private readonly random: Random,
  ) {}

  /**
   * Asks a customer. Who is not one is asked all the same, in a list that nobody will ever read: the answer, and all
   * that follows from it, is the same for both, unless the customer gives something, by hand or by a standing rule.
   *
   * @throws InvalidAuthorizationDetailsError, SpecialAttributesError
   */
  async ask(retailer: RetailerPrincipal, ask: Ask): Promise<InboxRequest> {
    const { retailerId, clientId } = retailer;
    const client = await this.retailers.clientOf(retailerId, clientId);
    const details = this.requests.read(ask.authorization_details, client);
    assertOnePart(details);
    const customer = (await this.find(retailerId, ask.customer)) ?? this.nobody();
    const request = await this.database.transaction((tx) =>
      this.requests.open(
        tx,
        {
          customer,
          retailerId,
          clientId,
          origin: 'inbox',
          details,
          use: ask.use,
          lifetimeDays: ask.lifetime_days,
          maxReadsPerDay: ask.max_reads_per_day,
          message: ask.message,
          language: ask.language,
        },
        actorOf(retailer),
      ),
    );
    return this.withGiven(request);
  }

  /** How a request of this retailer stands. @throws ConsentRequestNotFoundError */
  async get({ retailerId }: RetailerPrincipal, id: string): Promise<InboxRequest> {
    const { reader } = this.database;
    const ref = await findRef(reader, 'request', id);
    const request = ref?.retailerId === retailerId ? await this.requests.find(reader, holderOf(ref), id) : null;
    if (!request) throw new ConsentRequestNotFoundError(id);
    return this.withGiven(request);
  }

  private async withGiven(request: ConsentRequest): Promise<InboxRequest> {
    const { consentId, retailerId } = request;
    const consent = consentId && (await findConsent(this.database.reader, request, consentId));
    if (!consent) return { request, given: null };
    const subject = await this.retailers.subjectFor(retailerId, customerKey(consent.customerId));
    return { request, given: { consent, subject } };
  }

  private async find(retailerId: string, { email, subject }: Addressee): Promise<CustomerKey | null> {
    if (email !== undefined && subject === undefined) return this.customers.findByEmail(this.database.reader, email);
    if (subject === undefined || email !== undefined) {
      throw new InvalidRequestError([{ pointer: '/customer', detail: 'must have either email or subject' }]);
    }
    // A subject that could be anybody's is looked up like one that could not: the time it takes tells nothing.
    const customer = (await this.retailers.customerOf(retailerId, subject)) ?? this.nobody();
    return (await hasConsented(this.database.reader, customer, retailerId)) ? customer : null;
  }

  private nobody(): CustomerKey {
    return customerKey(this.random.id());
  }
}
