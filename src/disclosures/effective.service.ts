import { Injectable } from '@nestjs/common';

import type { Consent } from '../consents/consent.entity.js';
import { attributesOf, type ConsentDetail } from '../consents/detail.js';
import { isConsentVisible } from '../consents/delegate-view.js';
import { ConsentsService } from '../consents/consents.service.js';
import { Clock } from '../platform/clock.js';
import { underNamesOf } from '../consents/renamed.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { type ActingFor, within } from '../platform/http/access.js';
import { HistoryService } from '../preferences/history.service.js';
import type { Place } from '../preferences/preference.js';
import { PreferenceDocuments } from '../preferences/preference-documents.js';
import { documentsWithin, prepareDocument, type PreparedDocument } from '../preferences/prepared.js';
import { type Effective, resolve } from '../preferences/resolve.js';
import type { Verdict } from '../preferences/verdict.js';
import { underTodaysNames } from '../retailers/menu.js';
import type { Retailer } from '../retailers/retailer.entity.js';
import { RetailersService } from '../retailers/retailers.service.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { type Asked, earliest, nextExpiry, type NotSharedReason, type Permission, whyNotShared } from './view.js';

/** For whom, where and when a customer looks at their own preferences. What is left out may be anything. */
export interface PreviewQuestion extends Asked {
  readonly retailerId?: string;
  readonly place: Place | null;
  readonly occasion: string | null;
  readonly at?: Date;
  /** Looked at as if nothing had been stated since. */
  readonly asOf?: Date;
}

export interface Preview {
  readonly at: Date;
  readonly validUntil: Date | null;
  readonly vocabulary: string;
  readonly effective: readonly Effective[];
  readonly explain: readonly Verdict[];
  /** What a retailer gets of it; null when none was named. */
  readonly sharing: SharedWith | null;
}

export interface SharedWith {
  readonly retailer: Retailer;
  readonly consent: Consent | null;
  readonly attributes: readonly { readonly attribute: string; readonly because: NotSharedReason[] }[];
}

/** The customer sees what holds, why, and what a retailer gets of it. */
@Injectable()
export class EffectiveService {
  constructor(
    private readonly database: Database,
    private readonly documents: PreferenceDocuments,
    private readonly history: HistoryService,
    private readonly vocabularies: VocabularyService,
    private readonly retailers: RetailersService,
    private readonly consents: ConsentsService,
    private readonly clock: Clock,
  ) {}

  /**
   * @param delegation By what right somebody looks at it for the customer: beyond that nothing shows.
   * @throws RetailerNotFoundError
   */
  async preview(customer: CustomerKey, question: PreviewQuestion, delegation?: ActingFor): Promise<Preview> {
    const vocabulary = question.asOf ? this.vocabularies.at(question.asOf) : this.vocabularies.current();
    const at = question.at ?? question.asOf ?? this.clock.now();
    const retailer = question.retailerId === undefined ? null : await this.retailers.get(question.retailerId);
    const documents = documentsWithin(await this.documentsOf(customer, question.asOf), delegation);
    const resolution = resolve(documents, vocabulary, {
      retailer: retailer?.id ?? null,
      sectors: retailer?.sectors ?? [],
      touchpoint: question.touchpoint ?? null,
      stage: question.stage ?? null,
      place: question.place,
      occasion: question.occasion,
      at,
    });
    const sharing = retailer && (await this.sharedWith(retailer, customer, question, vocabulary, at));
    const lines = sharing?.consent?.details.filter((line) => !delegation || tells(line, delegation)) ?? [];
    return {
      at,
      validUntil: earliest(resolution.valid_until, nextExpiry(lines, at)),
      vocabulary: vocabulary.version,
      effective: resolution.effective,
      explain: resolution.explain,
      sharing: sharing && {
        ...sharing,
        consent: sharing.consent && isConsentVisible(sharing.consent, delegation) ? sharing.consent : null,
        attributes: within(delegation, sharing.attributes, (one) => one.attribute),
      },
    };
  }

  private async documentsOf(customer: CustomerKey, asOf: Date | undefined): Promise<PreparedDocument[]> {
    if (!asOf) return this.documents.of(this.database.reader, customer);
    return [prepareDocument('', 0, await this.history.asOf(customer, asOf))];
  }

  private async sharedWith(
    retailer: Retailer,
    customer: CustomerKey,
    asked: Asked,
    vocabulary: Vocabulary,
    at: Date,
  ): Promise<SharedWith> {
    const consent = await this.consents.standingWith(this.database.reader, customer, retailer.id);
    const permission: Permission = {
      details: underNamesOf(consent?.details ?? [], vocabulary),
      touchpoints: await this.retailers.servedTouchpoints(retailer.id),
      menu: underTodaysNames(retailer.menuAttributes, vocabulary),
      withheld: [
        ...(consent?.status === 'paused' ? (['paused'] as const) : []),
        ...(retailer.status === 'active' ? [] : (['retailer_suspended'] as const)),
      ],
    };
    const attributes = vocabulary
      .seenBy(retailer.id)
      .attributes()
      .map((attribute) => ({ attribute: attribute.path, because: whyNotShared(attribute, permission, asked, at) }));
    return { retailer, consent, attributes };
  }
}

/** Whether a line of a consent is about something that the delegation reaches. */
function tells(line: ConsentDetail, delegation: ActingFor): boolean {
  return attributesOf([line]).some(delegation.covers);
}
