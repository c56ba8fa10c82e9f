import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { InvalidRequestError } from '../platform/errors.js';
import type { Retailer } from '../retailers/retailer.entity.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Consent } from './consent.entity.js';
import { type By, ConsentLifecycle } from './consent-lifecycle.service.js';
import { ConsentStateError, NotRenewableError } from './consents.errors.js';
import { keepNotice } from './consents.queries.js';
import { ConsentsService } from './consents.service.js';
import { days } from './duration.js';
import type { Language } from './phrases.js';
import { lastExpiry, renew, renewable } from './renewal.js';
import { renewalNotice } from './renewal-notice.js';
import { type Shown, shownOf } from './shown.js';
import type { Notice } from './wording.js';

/** What the customer would agree to by renewing. */
export interface RenewalOffer {
  consent: Consent;
  expiresAt: Date;
  notices: Readonly<Record<Language, Notice>>;
}

export interface Renewal {
  /** The new end; left out, as long from now on as it was to hold before. */
  expiresAt?: Date;
  shown?: Shown;
}

/** Customers let what they have given go on for longer, without being asked. */
@Injectable()
export class ConsentRenewals {
  constructor(
    private readonly consents: ConsentsService,
    private readonly lifecycle: ConsentLifecycle,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * What to show before it is renewed.
   *
   * @throws ConsentNotFoundError, ConsentStateError, NotRenewableError, RetailerSuspendedError
   * @throws InvalidRequestError when it cannot hold until then
   */
  async offer(customer: CustomerKey, id: string, { expiresAt }: Pick<Renewal, 'expiresAt'>): Promise<RenewalOffer> {
    const consent = await this.consents.get(customer, id);
    const now = this.clock.now();
    const status = consent.statusAt(now);
    if (status === 'withdrawn' || status === 'expired') throw new ConsentStateError({ id, status });
    const end = this.endOf(consent, expiresAt, now);
    const retailer = await this.activeRetailer(consent);
    return { consent, expiresAt: end, notices: this.notices(consent, retailer, end, now) };
  }

  /**
   * The same lines until later. Special lines are not renewed, nor what is over. Renewing until the present end changes
   * nothing. What the customer was told is kept like the notice of a request.
   *
   * @throws ConsentNotFoundError, ConsentStateError, NotRenewableError, NoticeOutdatedError, RetailerSuspendedError
   * @throws InvalidRequestError when it cannot hold until then
   */
  async renew(customer: CustomerKey, id: string, { expiresAt, shown = {} }: Renewal, by: By): Promise<Consent> {
    const retailer = await this.activeRetailer(await this.consents.get(customer, id));
    return this.lifecycle.changeOpen(customer, id, by, async (consent, at, tx) => {
      const end = this.endOf(consent, expiresAt, at);
      if (end <= endOf(consent, at)) return null;
      const notice = shownOf(this.notices(consent, retailer, end, at), shown);
      const hash = await keepNotice(tx, consent, notice, at);
      consent.renew({ details: renew(consent.details, end, at), noticeHash: hash }, at);
      return { change: 'renewed' };
    });
  }

  /** Until when it holds if it is renewed now. */
  private endOf(consent: Consent, wanted: Date | undefined, now: Date): Date {
    if (consent.use === 'once' || renewable(consent.details, now).length === 0) throw new NotRenewableError(consent.id);
    const present = endOf(consent, now);
    const latest = now.getTime() + days(this.config.CONSENT_LONGEST_DAYS);
    const again = now.getTime() + present.getTime() - consent.termBeganAt.getTime();
    const end = wanted ?? new Date(Math.max(Math.min(again, latest), present.getTime()));
    if (end < present) throw faulty(`must not be before the present end, ${present.toISOString()}`);
    if (end > present && end.getTime() > latest)
      throw faulty(`must not be later than ${new Date(latest).toISOString()}`);
    return end;
  }

  private notices(consent: Consent, retailer: Retailer, end: Date, now: Date): RenewalOffer['notices'] {
    const vocabulary = this.vocabularies.release(consent.vocabularyVersion);
    const renewing = { consent, retailer, vocabulary, end, now };
    return { en: renewalNotice(renewing, 'en'), de: renewalNotice(renewing, 'de') };
  }

  private async activeRetailer({ retailerId }: Consent): Promise<Retailer> {
    const retailer = await this.retailers.get(retailerId);
    if (retailer.status !== 'active') throw new RetailerSuspendedError();
    return retailer;
  }
}

/** When the lines that can be renewed end, the last of them. */
function endOf({ details }: Consent, now: Date): Date {
  return lastExpiry(renewable(details, now));
}

function faulty(detail: string): InvalidRequestError {
  return new InvalidRequestError([{ pointer: '/expires_at', detail }]);
}
