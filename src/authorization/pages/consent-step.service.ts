import { Injectable } from '@nestjs/common';

import type { ConsentRequest } from '../../consents/consent-request.entity.js';
import { ConsentRequestsService } from '../../consents/consent-requests.service.js';
import { RequestLapsedError } from '../../consents/consents.errors.js';
import { ConsentsService } from '../../consents/consents.service.js';
import { PreApprovals } from '../../consents/pre-approvals.service.js';
import type { AskedDetail } from '../../consents/detail.js';
import { splitForDecision } from '../../consents/details.js';
import { CustomersService } from '../../customers/customers.service.js';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { AuthorizationDetails } from '../authorization-details.js';
import { GrantManagement, GrantMismatch } from '../grant-management.js';
import { grantIdOf } from '../grants.js';
import { termsOf } from '../request-parameters.js';
import { accountBar } from './layout.js';
import { VisitOverError } from './pages.errors.js';
import type { Exchange, Form, PageOrAddress, SignedIn } from './place.js';
import { refusedPage } from './refused.page.js';
import { RequestDesk, type Setting } from './request-desk.service.js';
import { originOf, type Visit } from './visit.js';
import { loginOf, Visits } from './visits.js';

type SignedInVisit = SignedIn<Visit>;

/** What a visit is about: a request for each part that is decided on its own, and what is given already. */
interface Parts {
  readonly requests: readonly ConsentRequest[];
  /** The consent that gives one or more of the parts already, so that nobody is asked for them. */
  readonly covered: string | null;
}

/** The step at which the customer decides what the retailer gets. */
@Injectable()
export class ConsentStep {
  constructor(
    private readonly visits: Visits,
    private readonly desk: RequestDesk,
    private readonly details: AuthorizationDetails,
    private readonly management: GrantManagement,
    private readonly requests: ConsentRequestsService,
    private readonly preApprovals: PreApprovals,
    private readonly consents: ConsentsService,
    private readonly customers: CustomersService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Puts the first undecided part before the customer, or goes on when there is none. */
  async show(visit: SignedInVisit): Promise<PageOrAddress> {
    return this.guarded(visit, async () => {
      const parts = await this.partsOf(visit);
      const next = this.undecided(parts)[0];
      return next ? this.desk.show(visit, next, await this.setting(visit, parts, next)) : this.conclude(visit, parts);
    });
  }

  /** Takes the decision on the part that is shown. */
  async decide(visit: SignedInVisit, form: Form, exchange: Exchange): Promise<PageOrAddress> {
    return this.guarded(visit, async () => {
      const parts = await this.partsOf(visit);
      const request = this.undecided(parts).find(({ id }) => id === form['request']);
      // In another window, a moment ago: what was decided there holds.
      if (!request) return this.show(visit);
      const outcome = await this.decideOne(visit, request, form, exchange);
      if ('again' in outcome) return this.desk.show(visit, request, await this.setting(visit, parts, request), outcome);
      const decided = replaced(parts, outcome.decided);
      return this.undecided(decided).length > 0 ? { goTo: visit.path } : this.conclude(visit, decided);
    });
  }

  /** The customer turns back before anything was asked. */
  async cancel(visit: Visit): Promise<PageOrAddress> {
    return { goTo: await this.visits.finish(visit, denied('the customer went back')) };
  }

  private decideOne(
    visit: SignedInVisit,
    request: ConsentRequest,
    form: Form,
    exchange: Exchange,
  ): ReturnType<RequestDesk['decide']> {
    return this.desk.decide(visit, request, form, exchange, (tx, consent) =>
      this.consents.enrolClient(tx, consent, visit.client.id),
    );
  }

  /** What was allowed of all parts, as one answer to the client. */
  private async conclude(visit: SignedInVisit, { requests, covered }: Parts): Promise<PageOrAddress> {
    const consentId = requests.findLast((request) => request.consentId !== null)?.consentId ?? covered;
    if (consentId === null) {
      const refused = requests.find(({ status }) => status === 'refused');
      if (!refused) throw new VisitOverError();
      return this.afterRefusal(visit, refused);
    }
    // Whoever approved it did so for the retailer; this client may have had no tokens under the consent yet.
    const consent = await this.consents.get(visit.principal.customer, consentId);
    await this.database.transaction((tx) => this.consents.enrolClient(tx, consent, visit.client.id));
    const grantId = grantIdOf(consentId, visit.client.id);
    return { goTo: await this.visits.finish(visit, { login: loginOf(visit.principal), consent: { grantId } }) };
  }

  /** A refusal is told to the customer first; the way back is theirs to take. A till waits for it: it is told at once. */
  private async afterRefusal(visit: SignedInVisit, refused: ConsentRequest): Promise<PageOrAddress> {
    const onwards = await this.visits.finish(visit, denied('the customer refused'));
    return originOf(visit.interaction) === 'device'
      ? { goTo: onwards }
      : { page: refusedPage(visit, onwards, refused) };
  }

  private undecided({ requests }: Parts): ConsentRequest[] {
    const now = this.clock.now();
    return requests.filter((request) => request.statusAt(now) === 'open');
  }

  private async setting(visit: SignedInVisit, { requests }: Parts, request: ConsentRequest): Promise<Setting> {
    const { email } = await this.customers.profile(visit.principal.customer);
    return {
      frame: { language: visit.language, address: visit.address, account: accountBar(visit, email) },
      decision: { address: `${visit.path}/decision`, form: visit.formToken('decision') },
      part: { number: requests.indexOf(request) + 1, of: requests.length },
    };
  }

  /** The requests that this visit is about: opened when they are first seen, so that a reload shows the same ones. */
  private async partsOf(visit: SignedInVisit): Promise<Parts> {
    const { customer } = visit.principal;
    const { requests: known, covered } = (visit.interaction.result ?? {}) as { requests?: string[]; covered?: string };
    if (known) {
      const { reader } = this.database;
      const found = await Promise.all(known.map((id) => this.requests.find(reader, customer, id)));
      const requests = found.filter((request) => request !== null);
      // Somebody else has signed in since: they are asked themselves.
      if (requests.length === known.length) return { requests, covered: covered ?? null };
    }
    const parts = await this.open(visit);
    await this.visits.note(visit, {
      requests: parts.requests.map(({ id }) => id),
      ...(parts.covered !== null && { covered: parts.covered }),
    });
    return parts;
  }

  private async open(visit: SignedInVisit): Promise<Parts> {
    const { interaction, client, retailer, principal, language } = visit;
    const { customer } = principal;
    const { params, prompt } = interaction;
    await this.management.assertHolder(customer, retailer.id, params);
    const { action, ...terms } = termsOf(params);
    const asked = splitForDecision(
      await this.details.read(JSON.parse(String(params['authorization_details'])), client.id),
    );
    const { maxReadsPerDay } = terms;
    const coveredBy = (tx: Tx, details: AskedDetail[]) =>
      this.consents.covering(tx, customer, retailer.id, {
        details,
        ...(maxReadsPerDay !== undefined && { maxReadsPerDay }),
      });
    // What is given already is not asked again, unless the client wants all of it asked.
    const asksAnew = prompt.reasons.includes('consent_prompt');
    const asksAll = terms.use === 'once' || action === 'replace' || asksAnew;
    return this.database.transaction(async (tx) => {
      // Whoever asks the same at this moment may be given it by what was approved beforehand: then it is given.
      await this.preApprovals.hold(tx, customer, retailer.id);
      const opened: ConsentRequest[] = [];
      let covered: string | null = null;
      for (const details of asked) {
        const consent = asksAll ? null : await coveredBy(tx, details);
        covered ??= consent?.id ?? null;
        if (consent) continue;
        const asking = {
          customer,
          retailerId: retailer.id,
          clientId: client.id,
          details,
          language,
          asksAnew,
          ...terms,
        };
        opened.push(
          await this.requests.open(
            tx,
            // Only the first takes the place of what is given; the others would throw out the ones before them.
            { ...asking, origin: originOf(interaction), action: opened.length === 0 ? action : 'merge' },
            { kind: 'retailer', id: retailer.id, client: client.id },
          ),
        );
      }
      return { requests: opened, covered };
    });
  }

  private async guarded(visit: Visit, step: () => Promise<PageOrAddress>): Promise<PageOrAddress> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof RequestLapsedError) throw new VisitOverError();
      if (!(error instanceof GrantMismatch)) throw error;
      const fault = { error: 'invalid_grant_id', error_description: error.error_description ?? error.message };
      return { goTo: await this.visits.finish(visit, fault) };
    }
  }
}

function replaced({ requests, covered }: Parts, decided: ConsentRequest): Parts {
  return { requests: requests.map((request) => (request.id === decided.id ? decided : request)), covered };
}

function denied(why: string): { error: string; error_description: string } {
  return { error: 'access_denied', error_description: why };
}
