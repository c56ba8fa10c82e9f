import { Injectable } from '@nestjs/common';

import { NothingKeptError, RequestDecidedError, RequestLapsedError } from '../../consents/consents.errors.js';
import type { ConsentRequest } from '../../consents/consent-request.entity.js';
import { ConsentRequestsService } from '../../consents/consent-requests.service.js';
import { ConsentsService } from '../../consents/consents.service.js';
import { attributesOf } from '../../consents/detail.js';
import type { Choice } from '../../consents/narrowing.js';
import { type Language, languages } from '../../consents/phrases.js';
import { type Notice, noticeHash } from '../../consents/wording.js';
import { CustomersService } from '../../customers/customers.service.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { actorOf, type CustomerPrincipal } from '../../platform/http/access.js';
import { AuthorizationDetails, termsOf } from '../authorization-details.js';
import { grantIdOf } from '../grants.js';
import { choiceOf } from './choice.js';
import { consentPage } from './consent.page.js';
import { messages } from './messages.js';
import { VisitOverError } from './pages.errors.js';
import { refusedPage } from './refused.page.js';
import type { Form, PageOrAddress } from './sign-in.service.js';
import { StatedValues } from './stated-values.js';
import type { Visit } from './visit.js';
import { loginOf, Visits } from './visits.js';

type SignedInVisit = Visit & { readonly principal: CustomerPrincipal };

/** The step at which the customer decides what the retailer gets. */
@Injectable()
export class ConsentStep {
  constructor(
    private readonly visits: Visits,
    private readonly details: AuthorizationDetails,
    private readonly requests: ConsentRequestsService,
    private readonly consents: ConsentsService,
    private readonly customers: CustomersService,
    private readonly values: StatedValues,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Puts the request before the customer, or goes on when it has been decided elsewhere meanwhile. */
  async show(visit: SignedInVisit, { problem }: { problem?: string } = {}): Promise<PageOrAddress> {
    const request = await this.requestOf(visit);
    const status = request.statusAt(this.clock.now());
    if (status === 'refused') return this.afterRefusal(visit);
    if (status === 'approved' || status === 'narrowed') return this.afterApprovalElsewhere(visit, request);
    if (status === 'lapsed') throw new VisitOverError();
    const notice = await this.requests.notice(request, visit.language);
    await this.database.transaction((tx) => this.requests.shown(tx, request));
    return {
      ...(problem !== undefined && { status: 422 }),
      page: consentPage(visit, {
        notice,
        noticeHash: hashOf(notice),
        requestId: request.id,
        lifetimeDays: request.lifetimeDays,
        email: (await this.customers.profile(visit.principal.customer)).email,
        values: await this.values.of(
          visit.principal.customer,
          visit.retailer,
          attributesOf(request.details),
          visit.language,
        ),
        problem,
      }),
    };
  }

  /** Takes the decision that was made on the page, if the page still says what is true. */
  async decide(visit: SignedInVisit, form: Form): Promise<PageOrAddress> {
    const request = await this.requestOf(visit);
    const say = messages[visit.language].consent;
    const notice = await this.requests.notice(request, languageOfForm(form) ?? visit.language);
    if (form['request'] !== request.id || form['notice'] !== hashOf(notice)) {
      return this.show(visit, { problem: say.changed });
    }
    try {
      return await this.settle(visit, request, choiceOf(form, request, this.clock.now()), notice);
    } catch (error) {
      if (error instanceof NothingKeptError) return this.show(visit, { problem: say.nothingKept });
      // In another window, a moment ago: what was decided there holds.
      if (error instanceof RequestDecidedError) return this.show(visit);
      if (error instanceof RequestLapsedError) throw new VisitOverError();
      throw error;
    }
  }

  /** The customer turns back before anything was asked. */
  async cancel(visit: Visit): Promise<PageOrAddress> {
    return { goTo: await this.visits.finish(visit, denied('the customer went back')) };
  }

  private async settle(
    visit: SignedInVisit,
    request: ConsentRequest,
    choice: Choice,
    notice: Notice,
  ): Promise<PageOrAddress> {
    const decided = await this.database.transaction(async (tx) => {
      const decision = await this.requests.decide(tx, request, choice, { actor: actorOf(visit.principal), notice });
      if (decision.consent) await this.consents.enrolClient(tx, decision.consent, visit.client.id);
      return decision;
    });
    if (!decided.consent) return this.afterRefusal(visit);
    return { goTo: await this.afterApproval(visit, decided.request) };
  }

  /** A refusal is told to the customer first; the way back is theirs to take. */
  private async afterRefusal(visit: SignedInVisit): Promise<PageOrAddress> {
    return { page: refusedPage(visit, await this.visits.finish(visit, denied('the customer refused'))) };
  }

  /** Whoever approved it did so for the retailer; this client has had no tokens under the consent yet. */
  private async afterApprovalElsewhere(visit: SignedInVisit, request: ConsentRequest): Promise<PageOrAddress> {
    const consent = await this.consents.get(visit.principal.customer, request.consentId ?? '');
    await this.database.transaction((tx) => this.consents.enrolClient(tx, consent, visit.client.id));
    return { goTo: await this.afterApproval(visit, request) };
  }

  private async afterApproval(visit: SignedInVisit, { consentId }: ConsentRequest): Promise<string> {
    return this.visits.finish(visit, {
      login: loginOf(visit.principal),
      consent: { grantId: grantIdOf(consentId ?? '', visit.client.id) },
    });
  }

  /** The request that this visit is about: opened when it is first seen, so that a reload shows the same one. */
  private async requestOf(visit: SignedInVisit): Promise<ConsentRequest> {
    const { interaction, client, retailer, principal } = visit;
    const { customer } = principal;
    const known = interaction.result?.['request'];
    if (typeof known === 'string') {
      const request = await this.requests.find(this.database.reader, customer, known);
      if (request) return request;
    }
    const details = await this.details.read(JSON.parse(String(interaction.params['authorization_details'])), client.id);
    const request = await this.database.transaction((tx) =>
      this.requests.open(
        tx,
        {
          customer,
          retailerId: retailer.id,
          clientId: client.id,
          origin: 'par',
          details,
          language: visit.language,
          ...termsOf(interaction.params),
        },
        { kind: 'retailer', id: retailer.id, client: client.id },
      ),
    );
    await this.visits.note(visit, { request: request.id });
    return request;
  }
}

function denied(why: string): { error: string; error_description: string } {
  return { error: 'access_denied', error_description: why };
}

function hashOf(notice: Notice): string {
  return noticeHash(notice).toString('base64url');
}

function languageOfForm(form: Form): Language | undefined {
  return languages.find((language) => language === form['language']);
}
