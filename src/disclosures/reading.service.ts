import { Injectable } from '@nestjs/common';

import { NoConsentError } from '../consents/consents.errors.js';
import { decodeSubject, encodeSubject } from '../platform/crypto/pairwise.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { CcxError, ForbiddenError, InvalidRequestError } from '../platform/errors.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import { Random } from '../platform/random.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { admitBySubject, admitByToken, type OpenConsent } from './admission.js';
import {
  type Answer,
  Answering,
  type Errand,
  type Inquiry,
  type Party,
  type ProvenReader,
} from './answering.service.js';
import type { Disclosure } from './disclosure.js';
import { disclosureOf, refusalOf } from './disclosure-records.js';
import { DailyReadsSpentError } from './disclosures.errors.js';
import { namedAttributes } from './named-attributes.js';
import { countRead, lookUpStandings, readStanding } from './reading.queries.js';
import { DisclosureRecorder } from './recorder.service.js';

/** Why a retailer is answered nothing about one customer. */
export interface Refusal {
  readonly subject: string;
  readonly error: CcxError;
}

/** How a reading differs from a look-up. */
export interface Manner {
  /** Cuts each answer, before it is recorded what it tells. */
  readonly fit?: (answer: Answer) => Answer;
  /** Whether refusals are recorded; they are where a retailer has asked about just these customers. */
  readonly recordsRefusals?: boolean;
  /** Where in the request faults are pointed at; left out, in its body. */
  readonly base?: string;
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
    private readonly answering: Answering,
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
      throw new ForbiddenError(
        'Reading takes a token of a consent; with the client’s own, look subjects up: POST /v1/preferences/lookup.',
      );
    const vocabulary = this.vocabularies.current().seenBy(reader.retailerId);
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
    manner: Pick<Manner, 'base'> = {},
  ): Promise<(Answer | Refusal)[]> {
    if (reader.consent)
      throw new ForbiddenError(
        'Looking subjects up takes the client’s own token; with that of a consent, read: GET /v1/preferences.',
      );
    const pairwiseKey = await this.retailers.pairwiseKeyOf(reader.retailerId);
    const asked = subjects.map((subject) => ({ subject, customer: decodeSubject(subject, pairwiseKey) }));
    return this.consult(reader, asked, inquiry, manner);
  }

  /**
   * The same answers about customers whom the service itself names, for whatever reaches retailers by another way than
   * a look-up. They are recorded once this resolves, and so are the refusals.
   *
   * @throws RetailerSuspendedError UnavailableError for all of them together
   */
  async readAbout(
    reader: ProvenReader,
    customers: readonly CustomerKey[],
    inquiry: Inquiry,
    manner: Manner = {},
  ): Promise<(Answer | Refusal)[]> {
    const pairwiseKey = await this.retailers.pairwiseKeyOf(reader.retailerId);
    const asked = customers.map((customer) => ({ subject: encodeSubject(customer.customerId, pairwiseKey), customer }));
    return this.consult(reader, asked, inquiry, manner);
  }

  private async consult(
    reader: ProvenReader,
    asked: readonly { subject: string; customer: CustomerKey | null }[],
    inquiry: Inquiry,
    { fit, recordsRefusals = true, base = '' }: Manner = {},
  ): Promise<(Answer | Refusal)[]> {
    const vocabulary = this.vocabularies.current().seenBy(reader.retailerId);
    const named = namedAttributes(inquiry.attributes, vocabulary, (index) => `/attributes/${index}`);
    const known = asked.flatMap(({ customer }) => customer ?? []);
    const standings = await lookUpStandings(this.database, reader, known);
    if (!standings[0]?.serving) throw new RetailerSuspendedError();

    const errand = { reader, inquiry, named, vocabulary, admit: admitBySubject, base, ...(fit && { fit }) };
    const results: Considered[] = [];
    let next = 0;
    for (const { subject, customer } of asked) {
      const standing = customer ? standings[next++] : undefined;
      const nobody = { error: new NoConsentError() };
      results.push(customer && standing ? await this.consider(errand, { subject, customer, standing }) : nobody);
    }
    const disclosed = (kind: 'answer' | 'error') => results.flatMap((found) => (found[kind] && found.disclosure) ?? []);
    await this.recorder.record(disclosed('answer'), reader.proof);
    if (recordsRefusals) await this.recorder.recordRefused(disclosed('error'));
    return results.map(({ answer, error }, index) => answer ?? { subject: asked[index]!.subject, error: error! });
  }

  private async consider(errand: Errand, party: Party): Promise<Considered> {
    try {
      const whole = this.answering.answer(errand, party);
      const answer = errand.fit?.(whole) ?? whole;
      await this.spendRead(party, answer.consent);
      return { answer, disclosure: disclosureOf(errand, party, answer) };
    } catch (error) {
      if (!(error instanceof CcxError)) throw error;
      const { consent } = party.standing;
      // A faulty question is nobody's refusal, and of somebody without an open consent or erased there is no record.
      const isRefusal = !(error instanceof InvalidRequestError || error instanceof NoConsentError);
      return isRefusal && consent?.profileKey
        ? { error, disclosure: refusalOf(errand, party, consent, { id: this.random.id(), error }) }
        : { error };
    }
  }

  private async spendRead({ customer, standing }: Party, { id, maxReadsPerDay }: OpenConsent): Promise<void> {
    if (maxReadsPerDay === null) return;
    const { checkedAt } = standing;
    if (await countRead(this.database, customer, id, checkedAt)) return;
    throw new DailyReadsSpentError(maxReadsPerDay, checkedAt);
  }
}
