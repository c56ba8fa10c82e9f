import { Injectable } from '@nestjs/common';

import type { Actor } from '../../audit/audit.service.js';
import type { Consent, ConsentStatus } from '../../consents/consent.entity.js';
import { ConsentNotFoundError } from '../../consents/consents.errors.js';
import { ConsentsService } from '../../consents/consents.service.js';
import { attributesOf, type ConsentDetail, itemsOf } from '../../consents/detail.js';
import { dateOf, days } from '../../consents/duration.js';
import { lastExpiry, renewable } from '../../consents/renewal.js';
import type { NoticeDetail } from '../../consents/wording.js';
import { Words } from '../../consents/words.js';
import { Clock } from '../../platform/clock.js';
import { Config } from '../../platform/config/config.js';
import { type RetailerDescription, RetailersService } from '../../retailers/retailers.service.js';
import { VocabularyService } from '../../vocabulary/vocabulary.service.js';
import type { AccountPlace } from './account-place.js';
import type { Values } from './consent-parts.js';
import { StatedValues } from './stated-values.js';

const RENEWAL_DAYS = [30, 90, 180, 365];

/** A consent in the words of its customer's language, beside what they have stated. */
export interface ConsentView {
  readonly consent: Consent;
  readonly status: ConsentStatus;
  readonly retailer: RetailerDescription;
  readonly lines: readonly ConsentLine[];
  readonly values: Values;
  /** Who has ended it; null when nobody has. */
  readonly endedBy: Actor['kind'] | null;
  /** How much of its time is over, once the customer is reminded of it. */
  readonly reminder: { readonly percent: number } | null;
  /** For how many days it still holds; none when it has ended. */
  readonly daysLeft: number;
  /** What somebody can still do about it. */
  readonly can: { readonly end: boolean; readonly take: boolean };
  /** For how many days from now it can be renewed, the fewest first; none when it cannot. */
  readonly renewals: readonly number[];
}

/** A line that is given. */
export type ConsentLine = Omit<NoticeDetail, 'items'> & {
  readonly items: readonly { readonly code: string; readonly label: string; readonly sentence: string }[];
  readonly expiresAt: Date;
};

export interface ViewsPage {
  readonly views: readonly ConsentView[];
  /** The id after which older ones follow, if there are any. */
  readonly before: string | null;
}

/** What customers see of what they have given. */
@Injectable()
export class ConsentViews {
  constructor(
    private readonly consents: ConsentsService,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly values: StatedValues,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Consents in any of these states, newest first. */
  async list(
    place: AccountPlace,
    statuses: readonly ConsentStatus[],
    { before, limit }: { before?: string | undefined; limit: number },
  ): Promise<ViewsPage> {
    const { customer } = place.principal;
    const filter = { limit: limit + 1, ...(before !== undefined && { before }) };
    const found = await Promise.all(statuses.map((status) => this.consents.list(customer, { ...filter, status })));
    const newest = found.flat().toSorted((one, other) => (one.id < other.id ? 1 : -1));
    const shown = newest.slice(0, limit);
    return {
      views: await this.of(place, shown),
      before: newest.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  }

  /** @throws ConsentNotFoundError */
  async get(place: AccountPlace, id: string): Promise<ConsentView> {
    const [view] = await this.of(place, [await this.consents.get(place.principal.customer, id)]);
    if (!view) throw new ConsentNotFoundError(id);
    return view;
  }

  private async of(place: AccountPlace, consents: readonly Consent[]): Promise<ConsentView[]> {
    const retailers = await this.retailers.describe(consents.map(({ retailerId }) => retailerId));
    const views = consents.map((consent) => {
      const retailer = retailers.get(consent.retailerId);
      return retailer ? [this.viewOf(place, consent, retailer)] : [];
    });
    return Promise.all(views.flat());
  }

  private async viewOf(
    { principal, language }: AccountPlace,
    consent: Consent,
    retailer: RetailerDescription,
  ): Promise<ConsentView> {
    const now = this.clock.now();
    const status = consent.statusAt(now);
    const isOpen = status === 'active' || status === 'paused';
    const daysLeft = isOpen ? (consent.expiresAt.getTime() - now.getTime()) / days(1) : 0;
    // A special line ends before the others; what is over is shown only where everything is.
    const lines = consent.details.filter(({ expires_at: end }) => !isOpen || Date.parse(end) > now.getTime());
    const words = new Words(this.vocabularies.release(consent.vocabularyVersion), language, retailer.name);
    return {
      consent,
      status,
      retailer,
      lines: lines.map((line) => lineIn(words, line, consent.maxReadsPerDay)),
      values: await this.values.of(principal.customer, retailer, attributesOf(lines), language),
      endedBy: status === 'withdrawn' ? (await this.consents.changedBy(consent)).kind : null,
      reminder: consent.reminderAt(now),
      daysLeft,
      can: { end: isOpen, take: isOpen && consent.use === 'standing' },
      renewals: isOpen ? this.renewalsOf(consent, now) : [],
    };
  }

  /** What is given once is over soon, and what is special is asked for again instead. */
  private renewalsOf({ use, details }: Consent, now: Date): number[] {
    const lines = renewable(details, now);
    if (use === 'once' || lines.length === 0) return [];
    const present = dateOf(lastExpiry(lines));
    return RENEWAL_DAYS.filter(
      (each) => each <= this.config.CONSENT_LONGEST_DAYS && dateOf(new Date(now.getTime() + days(each))) > present,
    );
  }
}

function lineIn(words: Words, detail: ConsentDetail, maxReadsPerDay: number | null): ConsentLine {
  return {
    id: detail.id,
    type: detail.type,
    items: itemsOf(detail).map((code) => words.item({ type: detail.type, code })),
    purposes: detail.purposes.map((code) => words.code('purpose', code)),
    touchpoints: detail.touchpoints.map((code) => ({ code, label: words.code('touchpoint', code).label })),
    conditions: words.conditions(detail, maxReadsPerDay),
    expiresAt: new Date(detail.expires_at),
  };
}
