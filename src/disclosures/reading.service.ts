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
import { admitBySubject, admitByToken } from './admission.js';
import type { AnswerText } from './answer-text.js';
import {
  type Answer,
  Answering,
  type Errand,
  type GivenAnswer,
  type Inquiry,
  type Party,
  type ProvenReader,
} from './answering.service.js';
import { AnswersAtHand, nameOfRead } from './answers-at-hand.js';
import type { Disclosure } from './disclosure.js';
import { type Checked, disclosureOf, refusalOf } from './disclosure-records.js';
import { DailyReadsSpentError } from './disclosures.errors.js';
import { namedAttributes } from './named-attributes.js';
import { countRead, lookUpStandings, readStanding, takePulse } from './reading.queries.js';
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

/** An answer, and how it is written. */
export type ReadAnswer = GivenAnswer & { readonly text: AnswerText };

/** An answer or an error, and what is to be recorded of it. */
interface Considered<Given> {
  readonly answer?: Given;
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
    private readonly atHand: AnswersAtHand,
    private readonly recorder: DisclosureRecorder,
    private readonly random: Random,
  ) {}

  /**
   * What the consent behind the token lets the retailer know here and now. An answer that it holds already, by the ETag
   * that it names, is said to be unchanged; that is a disclosure all the same.
   */
  async read(reader: RetailerPrincipal, inquiry: Inquiry, ifNoneMatch?: string): Promise<ReadAnswer> {
    const token = consentOf(reader);
    const errand = this.errandOf(reader, token, inquiry, ifNoneMatch);
    const name = nameOfRead(reader, token, inquiry);
    const known = this.atHand.get(name);
    if (known) {
      const pulse = await this.recorder.before(() => takePulse(this.database, reader, token.customer, token.id));
      if (pulse && this.atHand.holds(known, pulse, errand.vocabulary)) {
        const { checkedAt } = pulse;
        const given = await this.consider(errand, { ...known, checkedAt }, () => ({
          ...known,
          ...this.answering.occasion(errand, known.etag, checkedAt),
        }));
        return this.recorded(given, reader);
      }
    }
    const answer = await this.examine(reader, inquiry, ifNoneMatch);
    return { ...answer, text: this.atHand.keep(name, answer).text };
  }

  /** The same, always made anew, with all that it is made from. */
  async examine(reader: RetailerPrincipal, inquiry: Inquiry, ifNoneMatch?: string): Promise<Answer> {
    const token = consentOf(reader);
    const errand = this.errandOf(reader, token, inquiry, ifNoneMatch);
    const standing = await readStanding(this.database, reader, token.customer, token.id);
    if (!standing) throw new RetailerSuspendedError();
    const { subject, customer } = token;
    return this.recorded(await this.considerAnew(errand, { subject, customer, standing }), reader);
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
    const find = () => lookUpStandings(this.database, reader, known);
    // Other answers wait for one customer's, to share a commit with it; not for those of many.
    const standings = await (known.length === 1 ? this.recorder.before(find) : find());
    if (!standings[0]?.serving) throw new RetailerSuspendedError();

    const errand = { reader, inquiry, named, vocabulary, admit: admitBySubject, base, ...(fit && { fit }) };
    const results: Considered<Answer>[] = [];
    let next = 0;
    for (const { subject, customer } of asked) {
      const standing = customer ? standings[next++] : undefined;
      results.push(
        customer && standing
          ? await this.considerAnew(errand, { subject, customer, standing })
          : { error: new NoConsentError() },
      );
    }
    const disclosed = (kind: 'answer' | 'error') => results.flatMap((found) => (found[kind] && found.disclosure) ?? []);
    await this.recorder.record(disclosed('answer'), reader.proof);
    if (recordsRefusals) await this.recorder.recordRefused(disclosed('error'));
    return results.map(({ answer, error }, index) => answer ?? { subject: asked[index]!.subject, error: error! });
  }

  private errandOf(
    reader: RetailerPrincipal,
    { epoch }: ConsentOfToken,
    inquiry: Inquiry,
    ifNoneMatch: string | undefined,
  ): Errand {
    const vocabulary = this.vocabularies.current().seenBy(reader.retailerId);
    const named = namedAttributes(inquiry.attributes, vocabulary, () => 'query/attributes');
    return { reader, inquiry, named, vocabulary, admit: admitByToken(epoch, reader), base: 'query', ifNoneMatch };
  }

  private considerAnew(errand: Errand, party: Party): Promise<Considered<Answer>> {
    const { customer, standing } = party;
    const { checkedAt, consent } = standing;
    // Of somebody without an open consent, or erased, there is no record.
    return this.consider(errand, consent?.profileKey ? { customer, checkedAt, consent } : null, () => {
      const whole = this.answering.answer(errand, party);
      return errand.fit?.(whole) ?? whole;
    });
  }

  private async consider<Given extends GivenAnswer>(
    errand: Errand,
    checked: Checked | null,
    answerIt: () => Given,
  ): Promise<Considered<Given>> {
    try {
      const answer = answerIt();
      await this.spendRead(answer);
      return { answer, disclosure: disclosureOf(errand, answer) };
    } catch (error) {
      if (!(error instanceof CcxError)) throw error;
      // A faulty question is nobody's refusal.
      const isRefusal = !(error instanceof InvalidRequestError || error instanceof NoConsentError);
      return isRefusal && checked
        ? { error, disclosure: refusalOf(errand, checked, { id: this.random.id(), error }) }
        : { error };
    }
  }

  /** The answer, once it is recorded that it is given. */
  private async recorded<Given>(
    { answer, error, disclosure }: Considered<Given>,
    { proof }: ProvenReader,
  ): Promise<Given> {
    const disclosures = disclosure ? [disclosure] : [];
    if (!answer) {
      await this.recorder.recordRefused(disclosures, proof);
      throw error;
    }
    await this.recorder.record(disclosures, proof);
    return answer;
  }

  private async spendRead({ customer, consent: { id, maxReadsPerDay }, at }: GivenAnswer): Promise<void> {
    if (maxReadsPerDay === null) return;
    if (await countRead(this.database, customer, id, at)) return;
    throw new DailyReadsSpentError(maxReadsPerDay, at);
  }
}

type ConsentOfToken = NonNullable<RetailerPrincipal['consent']>;

function consentOf({ consent }: RetailerPrincipal): ConsentOfToken {
  if (consent) return consent;
  throw new ForbiddenError(
    'Reading takes a token of a consent; with the client’s own, look subjects up: POST /v1/preferences/lookup.',
  );
}
