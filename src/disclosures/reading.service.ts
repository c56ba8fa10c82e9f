import { Injectable } from '@nestjs/common';

import { OutsideConsentError } from '../consents/consents.errors.js';
import { type Circumstances, outsideOf } from '../consents/covers.js';
import { decodeSubject } from '../platform/crypto/pairwise.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { CcxError, ForbiddenError, InvalidRequestError, problemOf } from '../platform/errors.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import { matchesIfNoneMatch } from '../platform/http/etag.js';
import { Random } from '../platform/random.js';
import type { Place } from '../preferences/preference.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { RetailersService } from '../retailers/retailers.service.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { type Admission, admitBySubject, admitByToken, type OpenConsent } from './admission.js';
import { type AskedCircumstances, settle } from './circumstances.js';
import type { Disclosure } from './disclosure.js';
import { DailyReadsSpentError, NoConsentError } from './disclosures.errors.js';
import { type NamedAttributes, namedAttributes } from './named-attributes.js';
import { countRead, lookUpStandings, readStanding, type Standing, type StandingConsent } from './reading.queries.js';
import { DisclosureRecorder } from './recorder.service.js';
import { type PreparedView, ViewsService } from './views.service.js';

/** What a retailer asks for, and in which circumstances. */
export interface Inquiry extends AskedCircumstances {
  /** Attributes and categories; left out, all that is shared. */
  readonly attributes?: readonly string[];
  readonly place: Place | null;
  readonly occasion: string | null;
}

/** What a retailer is answered about one customer. */
export interface Answer {
  readonly disclosureId: string;
  readonly subject: string;
  readonly consent: OpenConsent;
  readonly circumstances: Circumstances;
  readonly at: Date;
  readonly vocabulary: Vocabulary;
  readonly view: PreparedView;
  /** The retailer holds this answer already. */
  readonly unchanged: boolean;
}

/** Why a retailer is answered nothing about one customer. */
export interface Refusal {
  readonly subject: string;
  readonly error: CcxError;
}

/** One inquiry, about any number of customers. */
interface Errand {
  readonly reader: RetailerPrincipal;
  readonly inquiry: Inquiry;
  readonly named: NamedAttributes | null;
  readonly vocabulary: Vocabulary;
  readonly admit: Admission;
  /** Where in the request faults are pointed at. */
  readonly base: string;
  readonly ifNoneMatch?: string;
}

/** One of the customers. */
interface Party {
  readonly subject: string;
  readonly customer: CustomerKey;
  readonly standing: Standing;
}

/** An answer or an error, and what is to be recorded of it. */
interface Considered {
  readonly answer?: Answer;
  readonly error?: CcxError;
  readonly disclosure?: Disclosure;
}

/** Retailers read what customers let them know. Each answer is recorded before it leaves. */
@Injectable()
export class ReadingService {
  constructor(
    private readonly database: Database,
    private readonly vocabularies: VocabularyService,
    private readonly retailers: RetailersService,
    private readonly views: ViewsService,
    private readonly recorder: DisclosureRecorder,
    private readonly random: Random,
  ) {}

  /**
   * What the consent behind the token lets the retailer know here and now. An answer that it holds already, by the ETag
   * that it names, is said to be unchanged; that is a disclosure all the same.
   */
  async read(reader: RetailerPrincipal, inquiry: Inquiry, ifNoneMatch?: string): Promise<Answer> {
    const { consent: token } = reader;
    if (!token)
      throw new ForbiddenError('Reading takes a token of a consent; the client’s own token looks subjects up.');
    const vocabulary = this.vocabularies.current();
    const named = namedAttributes(inquiry.attributes, vocabulary, () => 'query/attributes');
    const standing = await readStanding(this.database, reader, token.customer, token.id);
    if (!standing) throw new RetailerSuspendedError();

    const admit = admitByToken(token.epoch, reader);
    const { answer, error, disclosure } = await this.consider(
      { reader, inquiry, named, vocabulary, admit, base: 'query', ifNoneMatch },
      { subject: token.subject, customer: token.customer, standing },
    );
    const disclosures = disclosure ? [disclosure] : [];
    if (!answer) {
      await this.recorder.recordRefused(disclosures, reader.proof);
      throw error;
    }
    await this.recorder.record(disclosures, reader.proof);
    return answer;
  }

  /** The same answers about many customers at once, in the order in which they were asked for. */
  async lookUp(
    reader: RetailerPrincipal,
    subjects: readonly string[],
    inquiry: Inquiry,
  ): Promise<(Answer | Refusal)[]> {
    if (reader.consent) throw new ForbiddenError('Looking subjects up takes the client’s own token.');
    const vocabulary = this.vocabularies.current();
    const named = namedAttributes(inquiry.attributes, vocabulary, (index) => `/attributes/${index}`);
    const pairwiseKey = await this.retailers.pairwiseKeyOf(reader.retailerId);
    const customers = subjects.map((subject) => decodeSubject(subject, pairwiseKey));
    const known = customers.filter((customer) => customer !== null);
    const standings = await lookUpStandings(this.database, reader, known);
    if (!standings[0]?.serving) throw new RetailerSuspendedError();

    const errand = { reader, inquiry, named, vocabulary, admit: admitBySubject, base: '' };
    const results: Considered[] = [];
    let next = 0;
    for (const [index, subject] of subjects.entries()) {
      const customer = customers[index];
      const standing = customer ? standings[next++] : undefined;
      const nobody = { error: new NoConsentError() };
      results.push(customer && standing ? await this.consider(errand, { subject, customer, standing }) : nobody);
    }
    const disclosed = (kind: 'answer' | 'error') => results.flatMap((found) => (found[kind] && found.disclosure) ?? []);
    await this.recorder.record(disclosed('answer'), reader.proof);
    await this.recorder.recordRefused(disclosed('error'));
    return results.map(({ answer, error }, index) => answer ?? { subject: subjects[index]!, error: error! });
  }

  private async consider(errand: Errand, party: Party): Promise<Considered> {
    try {
      const answer = this.answer(errand, party);
      await this.spendRead(party, answer.consent);
      return { answer, disclosure: disclosureOf(errand, party, answer) };
    } catch (error) {
      if (!(error instanceof CcxError)) throw error;
      const { consent } = party.standing;
      // A faulty question is nobody's refusal, and of somebody without an open consent or erased there is no record.
      const isRefusal = !(error instanceof InvalidRequestError || error instanceof NoConsentError);
      return isRefusal && consent?.profileKey
        ? { error, disclosure: this.refusalOf(errand, party, consent, error) }
        : { error };
    }
  }

  private answer(errand: Errand, { subject, customer, standing }: Party): Answer {
    const { reader, inquiry, named, vocabulary } = errand;
    const { checkedAt: at } = standing;
    if (!standing.serving) throw new RetailerSuspendedError();
    const consent = errand.admit(standing);
    const { touchpoints: reach } = standing;
    const circumstances = settle(inquiry, consent.details, reach, at, errand.base);
    const { place, occasion } = inquiry;
    const view = this.views.of(
      { reader, customer, standing, consent, reach, circumstances, attributes: named?.attributes, place, occasion },
      vocabulary,
    );
    const missing = named?.notAmong(view.attributes) ?? [];
    if (missing.length > 0 || view.attributes.length === 0) {
      throw new OutsideConsentError({
        ...outsideOf(consent.details, missing, circumstances, at),
        ...(missing.length > 0 && { attributes: missing }),
        ...(!reach.includes(circumstances.touchpoint) && { touchpoint: circumstances.touchpoint }),
      });
    }
    const unchanged = matchesIfNoneMatch(errand.ifNoneMatch, view.etag);
    return { disclosureId: this.random.id(), subject, consent, circumstances, at, vocabulary, view, unchanged };
  }

  private async spendRead({ customer, standing }: Party, { id, maxReadsPerDay }: OpenConsent): Promise<void> {
    if (maxReadsPerDay === null) return;
    const { checkedAt } = standing;
    if (await countRead(this.database, customer, id, checkedAt)) return;
    throw new DailyReadsSpentError(maxReadsPerDay, checkedAt);
  }

  private refusalOf(errand: Errand, party: Party, consent: StandingConsent, error: CcxError): Disclosure {
    const { purpose = null, touchpoint = null, stage = null } = errand.inquiry;
    return {
      ...recordOf(errand, party, consent),
      id: this.random.id(),
      attributes: [...(errand.named?.attributes ?? [])],
      purpose,
      touchpoint,
      stage,
      unchanged: false,
      refused: problemOf(error).code,
    };
  }
}

function disclosureOf(errand: Errand, party: Party, answer: Answer): Disclosure {
  const { purpose, touchpoint, stage } = answer.circumstances;
  return {
    ...recordOf(errand, party, answer.consent),
    id: answer.disclosureId,
    attributes: [...new Set(answer.view.preferences.map(({ attribute }) => attribute))],
    purpose,
    touchpoint,
    stage,
    unchanged: answer.unchanged,
    refused: null,
  };
}

function recordOf({ reader }: Errand, { customer, standing }: Party, { id, version }: StandingConsent) {
  const { retailerId, clientId } = reader;
  return { customer, consent: { id, version }, retailerId, clientId, checkedAt: standing.checkedAt };
}
