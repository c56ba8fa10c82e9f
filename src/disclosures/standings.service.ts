import { Injectable } from '@nestjs/common';

import { NoConsentError } from '../consents/consents.errors.js';
import { decodeSubject } from '../platform/crypto/pairwise.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { admitBySubject, admitByToken, type OpenConsent } from './admission.js';
import { lookUpStandings, readStanding, type Standing } from './reading.queries.js';

/** A customer about whom a retailer may act now, by an open consent. */
export interface Admitted {
  readonly subject: string;
  readonly customer: CustomerKey;
  readonly standing: Standing;
  readonly consent: OpenConsent;
}

/** Whom a retailer's call is about, and whether a consent lets it be about them. */
@Injectable()
export class StandingsService {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
  ) {}

  /**
   * The customer of a consent's token or, with the client's own token, of a subject. Nothing is recorded of it.
   *
   * @param pointer where in the request the subject stands
   * @throws NoConsentError ConsentPausedError RetailerSuspendedError UnauthenticatedError InvalidRequestError
   */
  async admitted(caller: RetailerPrincipal, subject: string | undefined, pointer: string): Promise<Admitted> {
    const { consent: token } = caller;
    assertOneSubject(caller, subject, pointer);
    if (token) {
      const standing = await readStanding(this.database, caller, token.customer, token.id);
      if (!standing?.serving) throw new RetailerSuspendedError();
      const consent = admitByToken(token.epoch, caller)(standing);
      return { subject: token.subject, customer: token.customer, standing, consent };
    }
    const customer = decodeSubject(subject ?? '', await this.retailers.pairwiseKeyOf(caller.retailerId));
    const [standing] = await lookUpStandings(this.database, caller, customer ? [customer] : []);
    if (!standing?.serving) throw new RetailerSuspendedError();
    if (!customer) throw new NoConsentError();
    return { subject: subject ?? '', customer, standing, consent: admitBySubject(standing) };
  }
}

/** A token of a consent names its customer; the client's own names nobody. */
export function assertOneSubject({ consent }: RetailerPrincipal, subject: string | undefined, pointer: string): void {
  if (consent && subject !== undefined) {
    throw new InvalidRequestError([{ pointer, detail: 'must be left out: the token names the customer' }]);
  }
  if (!consent && subject === undefined) {
    throw new InvalidRequestError([{ pointer, detail: 'is required with the client’s own token' }]);
  }
}
