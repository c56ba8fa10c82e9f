import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import type { Circumstances } from '../consents/covers.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Forgetting } from '../platform/forgetting.js';
import { strongEtag } from '../platform/http/etag.js';
import type { Place } from '../preferences/preference.js';
import { PreferenceDocuments } from '../preferences/preference-documents.js';
import type { PreparedDocument } from '../preferences/prepared.js';
import type { Question } from '../preferences/resolve.js';
import { underTodaysNames } from '../retailers/menu.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { OpenConsent } from './admission.js';
import type { Reader, SealedDocument, Standing } from './reading.queries.js';
import { type View, view } from './view.js';

/** What is looked at of a customer, by whom and in which circumstances. */
export interface Look {
  readonly customer: CustomerKey;
  readonly reader: Reader;
  readonly standing: Standing;
  readonly consent: OpenConsent;
  /** The touchpoints that the client serves. */
  readonly reach: readonly string[];
  readonly circumstances: Circumstances;
  /** The attributes asked for; left out, all. */
  readonly attributes?: ReadonlySet<string>;
  readonly place: Place | null;
  readonly occasion: string | null;
}

export interface PreparedView extends View {
  readonly validUntil: Date;
  readonly etag: string;
}

/** Whole answers to reads are at hand in another place; these are for those who look many up. */
const CACHED_VIEWS = 1_000;
const CACHED_FOR_MS = 60_000;

/**
 * Works out what a retailer gets, or has it at hand from before. A view is found again only by the versions of all that
 * it was made from, which the statement of the read has just brought along: the cache spares work, never a check.
 */
@Injectable()
export class ViewsService {
  private readonly views = new LRUCache<string, PreparedView>({ max: CACHED_VIEWS, ttl: CACHED_FOR_MS });

  constructor(
    private readonly documents: PreferenceDocuments,
    private readonly keys: SubjectKeys,
    forgetting: Forgetting,
  ) {
    forgetting.watch(this.views);
  }

  of(look: Look, vocabulary: Vocabulary): PreparedView {
    const origin = originOf(look, vocabulary);
    const cached = this.views.get(origin);
    if (cached && look.standing.checkedAt < cached.validUntil) return cached;

    const { consent, circumstances, standing } = look;
    const seen = view(
      this.documentsOf(look),
      vocabulary,
      {
        details: consent.details,
        touchpoints: look.reach,
        menu: underTodaysNames(standing.menu, vocabulary),
        withheld: [],
      },
      circumstances,
      questionOf(look),
    );
    const validUntil = seen.validUntil && seen.validUntil < consent.expiresAt ? seen.validUntil : consent.expiresAt;
    const prepared = { ...seen, validUntil, etag: strongEtag(origin, validUntil) };
    this.views.set(origin, prepared);
    return prepared;
  }

  /** What the customer states in the categories that the consent names. Most of it is not for the retailer. */
  documentsOf({ customer, consent }: Pick<Look, 'customer' | 'consent'>): PreparedDocument[] {
    const profileKey = this.keys.unwrapProfileKey(customer, consent.profileKey);
    return consent.documents.map((sealed) => this.documents.open(customer, profileKey, sealed));
  }
}

/** What holds is asked for like this. */
export function questionOf({ reader, standing, circumstances, place, occasion, attributes }: Look): Question {
  const { touchpoint, stage } = circumstances;
  const { sectors, checkedAt: at } = standing;
  return { retailer: reader.retailerId, sectors, touchpoint, stage, place, occasion, at, attributes };
}

/** All that a view is made from, save the time. */
function originOf(look: Look, vocabulary: Vocabulary): string {
  const { consent, circumstances, standing, place } = look;
  return JSON.stringify([
    consent.id,
    consent.version,
    consent.documents.map(identityOf).sort(),
    vocabulary.revision,
    circumstances.purpose,
    circumstances.touchpoint,
    circumstances.stage,
    circumstances.delivery,
    standing.menu[circumstances.touchpoint] ?? null,
    look.attributes ? [...look.attributes].sort() : null,
    look.reach,
    look.reader.narrowedTo ?? null,
    standing.sectors,
    place && [place.country, place.region, place.store],
    look.occasion,
  ]);
}

/** The tag of the seal stands for the content, should a version ever have come to nothing and been used again. */
function identityOf({ category, version, sealed }: SealedDocument): string {
  return `${category}:${version}:${sealed.toString('base64', sealed.length - 16)}`;
}
