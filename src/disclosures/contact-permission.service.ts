import { Injectable } from '@nestjs/common';

import { ContactsService } from '../interactions/contacts.service.js';
import { InvalidRequestError } from '../platform/errors.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import { ADDRESSING } from '../retailers/touchpoint-view.js';
import type { Touchpoint } from '../vocabulary/code-lists.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Answer, Inquiry } from './answering.service.js';
import { type ContactPermission, contactPermission, type ContactQuestion, contactTerms } from './contact-permission.js';
import { ReadingService } from './reading.service.js';
import { assertOneSubject } from './standings.service.js';
import { earliest } from './view.js';
import { questionOf, ViewsService } from './views.service.js';

/** May I contact this customer, by this channel, about this? */
export interface ContactInquiry
  extends ContactQuestion, Omit<Inquiry, 'attributes' | 'channel' | 'tells' | 'delivery'> {
  /** Whom; left out with a token of a consent. */
  readonly subject?: string;
}

export interface PermissionAnswer extends ContactPermission {
  readonly answer: Answer;
  /** Until then time alone does not change the answer. */
  readonly validUntil: Date;
}

/** Where a channel is at home; the others belong to no touchpoint. */
const touchpointOf: Readonly<Partial<Record<string, Touchpoint>>> = {
  email: 'email',
  phone: 'call_centre',
  push: 'app',
  social: 'social',
};

/** Tells retailers whether they may contact a customer now. */
@Injectable()
export class ContactPermissionService {
  constructor(
    private readonly reading: ReadingService,
    private readonly views: ViewsService,
    private readonly contacts: ContactsService,
    private readonly vocabularies: VocabularyService,
  ) {}

  /**
   * A read of `contact.marketing` like any other, recorded as such, of which only the conclusion is told. It is worked
   * out from the same things whatever the answer, so that a no looks like every other no.
   *
   * @throws InvalidRequestError, and whatever a read or a look-up of one subject throws
   */
  async ask(
    caller: RetailerPrincipal,
    { subject, channel, topic, ...inquiry }: ContactInquiry,
  ): Promise<PermissionAnswer> {
    assertOneSubject(caller, subject, 'query/subject');
    this.assertTopic(topic);
    const touchpoint = inquiry.touchpoint ?? touchpointOf[channel];
    const answer = await this.read(caller, subject, {
      ...inquiry,
      channel,
      touchpoint,
      attributes: [ADDRESSING],
      tells: [ADDRESSING],
    });
    const contacts = await this.contacts.of(answer.customer, caller.retailerId, answer.at);
    const question = questionOf(answer);
    const documents = this.views.documentsOf(answer);
    const terms = contactTerms(documents, answer.vocabulary, question);
    const forEveryone = contactTerms(documents, answer.vocabulary, { ...question, retailer: null, sectors: [] });
    const telling = answer.view.mayAddress === null ? 'limits' : 'yes_or_no';
    const permission = contactPermission(terms, forEveryone, contacts, { channel, topic }, telling);
    const fewerAt = permission.maxPerWeek === null ? null : contacts.ownFewerAt;
    return { ...permission, answer, validUntil: earliest(answer.view.validUntil, fewerAt) ?? answer.view.validUntil };
  }

  private async read(caller: RetailerPrincipal, subject: string | undefined, inquiry: Inquiry): Promise<Answer> {
    if (subject === undefined) return this.reading.examine(caller, inquiry);
    const [result] = await this.reading.lookUp(caller, [subject], inquiry, { base: 'query' });
    if (!result || 'error' in result) throw result?.error;
    return result;
  }

  private assertTopic(topic: string): void {
    const codes = this.vocabularies.current().release.code_lists['marketing_topic']?.codes ?? [];
    if (codes.some(({ code }) => code === topic)) return;
    const known = codes.map(({ code }) => code).join(', ');
    throw new InvalidRequestError([{ pointer: 'query/topic', detail: `is no code of marketing_topic: ${known}` }]);
  }
}
