import { Injectable } from '@nestjs/common';

import { pseudonymsOf } from '../audit/audit.queries.js';
import type { Consent } from '../consents/consent.entity.js';
import { findConsent, findRef, holderOf } from '../consents/consents.queries.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import type { Engagement } from '../staff/engagement.js';
import { coversConsent } from './engagement-bounds.js';
import { AuditedConsentNotFoundError } from './oversight.errors.js';
import { consentBehind } from './pseudonyms.js';

/** A consent that an engagement reaches, and whose it is. */
export interface ConsentInView {
  readonly consent: Consent;
  readonly customer: CustomerKey;
  /** By which the log names the customer. */
  readonly pseudonym: Buffer;
}

/** What an engagement calls a consent, resolved: no id of a consent stands in the log in clear. */
@Injectable()
export class ConsentsInView {
  constructor(private readonly database: Database) {}

  /** Null when there is no such consent any more, or the engagement does not reach it. */
  async find(engagement: Engagement, ref: string): Promise<ConsentInView | null> {
    const { reader } = this.database;
    const id = consentBehind(engagement.key, ref);
    const known = id && (await findRef(reader, 'consent', id));
    if (!known) return null;
    const customer = holderOf(known);
    const consent = await findConsent(reader, customer, known.id);
    if (!consent || !coversConsent(engagement, consent)) return null;
    const pseudonym = (await pseudonymsOf(reader, [customer])).get(customer.customerId);
    return pseudonym ? { consent, customer, pseudonym } : null;
  }

  /** @throws AuditedConsentNotFoundError */
  async get(engagement: Engagement, ref: string): Promise<ConsentInView> {
    const found = await this.find(engagement, ref);
    if (!found) throw new AuditedConsentNotFoundError(ref);
    return found;
  }
}
