import { Injectable } from '@nestjs/common';

import { OutsideConsentError } from '../consents/consents.errors.js';
import { type Circumstances, outsideOf } from '../consents/covers.js';
import { underNamesOf } from '../consents/renamed.js';
import type { ContactChannel } from '../interactions/contact.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import { matchesIfNoneMatch, strongEtag } from '../platform/http/etag.js';
import { Random } from '../platform/random.js';
import type { Place } from '../preferences/preference.js';
import type { RenderedFormat } from '../preferences/rendering.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { addressedBy } from '../retailers/touchpoint-view.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { Admission, OpenConsent } from './admission.js';
import { type AskedCircumstances, settle } from './circumstances.js';
import { OutsideViewError } from './disclosures.errors.js';
import type { NamedAttributes } from './named-attributes.js';
import type { Reader, Standing } from './reading.queries.js';
import { type Look, type PreparedView, ViewsService } from './views.service.js';

/** What a retailer asks for, and in which circumstances. */
export interface Inquiry extends AskedCircumstances {
  /** Attributes and categories; left out, all that is shared. */
  readonly attributes?: readonly string[];
  readonly place: Place | null;
  readonly occasion: string | null;
  /** Of which attributes the answer tells something; left out, of those that stand in it. */
  readonly tells?: readonly string[];
  /** By what channel the customer would be contacted, where that is asked. */
  readonly channel?: ContactChannel;
  /** In whose words the answer is to be; left out, in ours. */
  readonly format?: RenderedFormat;
}

/** What is new each time an answer is given. */
export interface Occasion {
  readonly disclosureId: string;
  readonly at: Date;
  /** The retailer holds this answer already. */
  readonly unchanged: boolean;
}

/** What is known of an answer once it is given: enough for its record. */
export interface GivenAnswer extends Occasion {
  readonly customer: CustomerKey;
  readonly consent: Pick<OpenConsent, 'id' | 'version' | 'maxReadsPerDay'>;
  readonly circumstances: Circumstances;
  readonly view: Pick<PreparedView, 'told' | 'validUntil'>;
  /** Of the view, in the words in which it was asked for. */
  readonly etag: string;
}

/** What a retailer is answered about one customer, with all that it was made from. */
export interface Answer extends Look, GivenAnswer {
  readonly consent: OpenConsent;
  readonly subject: string;
  readonly vocabulary: Vocabulary;
  readonly view: PreparedView;
}

/** A retailer's client, and the proof of possession of its request where that is to be recorded with the answer. */
export type ProvenReader = Reader & Pick<RetailerPrincipal, 'proof'>;

/** One inquiry, about any number of customers. */
export interface Errand {
  readonly reader: ProvenReader;
  readonly inquiry: Inquiry;
  readonly named: NamedAttributes | null;
  readonly vocabulary: Vocabulary;
  readonly admit: Admission;
  /** Where in the request faults are pointed at. */
  readonly base: string;
  readonly ifNoneMatch?: string;
  readonly fit?: (answer: Answer) => Answer;
}

/** One of the customers. */
export interface Party {
  readonly subject: string;
  readonly customer: CustomerKey;
  readonly standing: Standing;
}

/** Works out what a retailer is answered about one customer, or why it is not. Nothing is recorded here. */
@Injectable()
export class Answering {
  constructor(
    private readonly views: ViewsService,
    private readonly random: Random,
  ) {}

  /**
   * @throws RetailerSuspendedError NoConsentError ConsentPausedError UnauthenticatedError InvalidRequestError
   * @throws OutsideConsentError OutsideViewError
   */
  answer(errand: Errand, { subject, customer, standing }: Party): Answer {
    const { reader, inquiry, named, vocabulary } = errand;
    const { checkedAt: at } = standing;
    if (!standing.serving) throw new RetailerSuspendedError();
    const admitted = errand.admit(standing);
    const consent = { ...admitted, details: underNamesOf(admitted.details, vocabulary) };
    const { touchpoints: reach } = standing;
    const circumstances = settle(inquiry, consent.details, reach, at, errand.base);
    const { place, occasion } = inquiry;
    const attributes = named?.attributes;
    const look: Look = { reader, customer, standing, consent, reach, circumstances, attributes, place, occasion };
    const view = this.views.of(look, vocabulary);
    const missing = named?.notAmong(view.attributes) ?? [];
    if (missing.length > 0 || view.attributes.length === 0) {
      const { outOfView } = view;
      const isOnlyOutOfView = outOfView.length > 0 && !named?.notAmong([...view.attributes, ...outOfView]).length;
      if (isOnlyOutOfView) throw new OutsideViewError(circumstances.touchpoint, named ? missing : outOfView);
      const { touchpoint } = circumstances;
      const outside = {
        ...outsideOf(consent.details, missing, circumstances, at),
        ...(missing.length > 0 && { attributes: missing }),
      };
      if (reach.includes(touchpoint)) throw new OutsideConsentError(outside);
      throw new OutsideConsentError(
        { ...outside, touchpoint },
        `The client does not serve the touchpoint ${touchpoint}.`,
      );
    }
    // Where only being addressed is answered, nothing is told of any other way.
    const addressed = addressedBy(circumstances.touchpoint);
    if (addressed && inquiry.channel !== undefined && inquiry.channel !== addressed) {
      throw new OutsideViewError(circumstances.touchpoint, view.attributes);
    }
    const etag = inquiry.format ? strongEtag(view.etag, inquiry.format) : view.etag;
    return { ...look, subject, vocabulary, view, etag, ...this.occasion(errand, etag, at) };
  }

  /** Gives an answer with this ETag, at this time. */
  occasion({ ifNoneMatch }: Pick<Errand, 'ifNoneMatch'>, etag: string, at: Date): Occasion {
    return { disclosureId: this.random.id(), at, unchanged: matchesIfNoneMatch(ifNoneMatch, etag) };
  }
}
