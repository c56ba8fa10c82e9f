import { Injectable } from '@nestjs/common';

import type { Consent } from '../consents/consent.entity.js';
import { ConsentsService } from '../consents/consents.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import type { Place } from '../preferences/preference.js';
import { PreferenceDocuments } from '../preferences/preference-documents.js';
import { type Effective, resolve } from '../preferences/resolve.js';
import type { Verdict } from '../preferences/verdict.js';
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
    private readonly vocabularies: VocabularyService,
    private readonly retailers: RetailersService,
    private readonly consents: ConsentsService,
    private readonly clock: Clock,
  ) {}

  /** @throws RetailerNotFoundError */
  async preview(customer: CustomerKey, question: PreviewQuestion): Promise<Preview> {
    const vocabulary = this.vocabularies.current();
    const at = question.at ?? this.clock.now();
    const retailer = question.retailerId === undefined ? null : await this.retailers.get(question.retailerId);
    const resolution = resolve(await this.documents.of(this.database.reader, customer), vocabulary, {
      retailer: retailer?.id ?? null,
      sectors: retailer?.sectors ?? [],
      touchpoint: question.touchpoint ?? null,
      stage: question.stage ?? null,
      place: question.place,
      occasion: question.occasion,
      at,
    });
    const sharing = retailer && (await this.sharedWith(retailer, customer, question, vocabulary, at));
    return {
      at,
      validUntil: earliest(resolution.valid_until, nextExpiry(sharing?.consent?.details ?? [], at)),
      vocabulary: vocabulary.version,
      effective: resolution.effective,
      explain: resolution.explain,
      sharing,
    };
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
      details: consent?.details ?? [],
      touchpoints: await this.retailers.servedTouchpoints(retailer.id),
      withheld: [
        ...(consent?.status === 'paused' ? (['paused'] as const) : []),
        ...(retailer.status === 'active' ? [] : (['retailer_suspended'] as const)),
      ],
    };
    const attributes = vocabulary
      .attributes()
      .map((attribute) => ({ attribute: attribute.path, because: whyNotShared(attribute, permission, asked, at) }));
    return { retailer, consent, attributes };
  }
}
