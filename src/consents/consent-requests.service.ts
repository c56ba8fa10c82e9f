import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { Actor } from '../audit/audit.service.js';
import { DelegationRights } from '../customers/delegation-rights.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { type ActingFor, type Actor as Caller, actorOf, type CustomerPrincipal } from '../platform/http/access.js';
import { NotDelegableError } from '../platform/http/delegation.errors.js';
import { assertRecentSignIn } from '../platform/http/recent-sign-in.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Random } from '../platform/random.js';
import type { Client } from '../retailers/client.entity.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Consent } from './consent.entity.js';
import { type Asking, ConsentRequest } from './consent-request.entity.js';
import {
  countOpenRequests,
  findRequest,
  listRequests,
  lockPreApproval,
  lockRequest,
  noteShown,
  overdueRequests,
  type RequestFilter,
} from './consent-requests.queries.js';
import { ConsentRequestNotFoundError, RequestDecidedError, RequestLapsedError } from './consents.errors.js';
import { insertRef, lockStanding, type RowKey, rowKey } from './consents.queries.js';
import { ConsentsJournal } from './consents-journal.js';
import { isRequestVisible } from './delegate-view.js';
import { type AskedDetail, isSpecialDetail } from './detail.js';
import { parseDetails } from './details.js';
import type { Approval, Choice } from './narrowing.js';
import type { Language } from './phrases.js';
import { PreApprovalDecisions } from './pre-approval-decisions.js';
import { type Decision, RequestDecisions } from './request-decisions.js';
import { RequestNotices } from './request-notices.js';
import { RuleDecisions } from './rule-decisions.js';
import { type Shown, shownOf } from './shown.js';
import { forEachInTurn } from './sweep.js';
import type { Notice } from './wording.js';

const SWEEP_INTERVAL_MS = 60_000;
const SWEPT_AT_ONCE = 500;

export interface Approved extends Decision {
  consent: Consent;
}

/** Who decides, when they signed in last, and what they were shown. */
export interface DecidedBy {
  actor: Caller;
  signedInAt?: Date | undefined;
  shown: Shown;
}

/** What retailers ask for, and how customers decide it: pages and API alike decide here. */
@Injectable()
export class ConsentRequestsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly decisions: RequestDecisions,
    private readonly wording: RequestNotices,
    private readonly byRules: RuleDecisions,
    private readonly byPreApproval: PreApprovalDecisions,
    private readonly journal: ConsentsJournal,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly jobs: Jobs,
    private readonly config: Config,
    private readonly rights: DelegationRights,
  ) {}

  onModuleInit(): void {
    this.jobs.every('consent-requests.lapse', SWEEP_INTERVAL_MS, () => this.lapseOverdue());
  }

  /**
   * Reads `authorization_details` as a client sent them.
   *
   * @throws InvalidAuthorizationDetailsError
   * @throws SpecialAttributesError
   */
  read(given: unknown, client: Pick<Client, 'retailerId' | 'touchpoints'>, pointer?: string): AskedDetail[] {
    const context = {
      vocabulary: this.vocabularies.current().seenBy(client.retailerId),
      touchpoints: client.touchpoints,
      now: this.clock.now(),
      newId: () => this.random.id(),
    };
    return parseDetails(given, context, pointer);
  }

  /**
   * Puts a request before a customer, unless one of their standing rules decides it here and now, or what they have
   * approved beforehand for this retailer: the request that is answered says how it stands.
   */
  async open(tx: Tx, { asksAnew = false, ...asking }: Asking, actor: Actor): Promise<ConsentRequest> {
    const at = this.clock.now();
    const request = ConsentRequest.open({
      ...asking,
      id: this.random.id(),
      vocabularyVersion: this.vocabularies.current().version,
      longestDays: this.config.CONSENT_LONGEST_DAYS,
      at,
    });
    await tx.insert(ConsentRequest, request);
    await insertRef(tx, 'request', request);
    await this.journal.requestChanged(tx, request, 'opened', { at, actor });
    await this.byRules.decide(tx, request);
    if (request.status === 'open' && !asksAnew) await this.byPreApproval.decide(tx, request);
    return request;
  }

  find(reader: Reader, customer: CustomerKey, id: string): Promise<ConsentRequest | null> {
    return findRequest(reader, customer, id);
  }

  /** @throws ConsentRequestNotFoundError */
  async get(customer: CustomerKey, id: string, delegation?: ActingFor): Promise<ConsentRequest> {
    const request = await findRequest(this.database.reader, customer, id);
    if (!request || !isRequestVisible(request, delegation)) throw new ConsentRequestNotFoundError(id);
    return request;
  }

  /** The request as the caller looks at it, which is recorded. @throws ConsentRequestNotFoundError */
  async show(me: CustomerPrincipal, id: string): Promise<ConsentRequest> {
    const { customer, delegation } = me;
    const request = await this.get(customer, id, delegation);
    if (request.shownAt || request.statusAt(this.clock.now()) !== 'open') return request;
    await this.database.transaction((tx) => this.shown(tx, request, actorOf(me)));
    return this.get(customer, id);
  }

  /** A customer's requests, newest first. */
  list(customer: CustomerKey, filter: RequestFilter): Promise<ConsentRequest[]> {
    return listRequests(this.database.reader, customer, filter, this.clock.now());
  }

  /** How many requests wait for the customer. */
  countOpen(customer: CustomerKey, filter: Pick<RequestFilter, 'origin' | 'visibleTo'> = {}): Promise<number> {
    return countOpenRequests(this.database.reader, customer, filter, this.clock.now());
  }

  /** The request in words, in every language: what to show. Inside a transaction, that is the reader. */
  notices(request: ConsentRequest, reader?: Reader): Promise<Readonly<Record<Language, Notice>>> {
    return this.wording.of(request, reader);
  }

  async notice(request: ConsentRequest, language: Language, reader?: Reader): Promise<Notice> {
    return (await this.notices(request, reader))[language];
  }

  /** Notes that the customer has seen the open request, once and apart from what they decide. */
  async shown(tx: Tx, request: ConsentRequest, actor: Actor = { kind: 'customer' }): Promise<void> {
    const at = this.clock.now();
    if (request.shownAt || !(await noteShown(tx, request, at))) return;
    await this.journal.requestChanged(tx, request, 'shown', { at, actor });
  }

  /**
   * Decides a request, once: of two decisions at the same time one is made and the other is told so. Refusing what has
   * been refused changes nothing and is no error.
   *
   * @throws RequestDecidedError, RequestLapsedError
   * @throws RecentSignInRequiredError when something special is given; NotDelegableError when by somebody else
   * @throws OutsideDelegationError when somebody else would give what their delegation does not reach
   * @throws NoticeOutdatedError when what was shown is no longer what there is to decide
   * @throws InvalidRequestError when the choice reaches beyond the request; NothingKeptError when it keeps nothing
   * @throws RetailerSuspendedError when there is nobody to give anything to
   */
  async decide(tx: Tx, { bucket, customerId, id }: RowKey, choice: Choice, by: DecidedBy): Promise<Decision> {
    const request = await lockRequest(tx, { bucket, customerId }, id);
    if (!request || !isRequestVisible(request, by.actor.delegation)) throw new ConsentRequestNotFoundError(id);
    await this.rights.assertStands(tx, request, by.actor.delegation);
    // In the order in which a request of this retailer comes upon them, when what is approved beforehand decides it.
    await lockPreApproval(tx, request, request.retailerId);
    // Only then is the time taken: what has to wait for another change of the consent happens after it, by the clock, too.
    await lockStanding(tx, request, request.retailerId);
    const at = this.clock.now();
    if (choice.decision === 'refuse' && request.status === 'refused') return { request, consent: null };
    if (request.statusAt(at) === 'lapsed') throw new RequestLapsedError(request);
    // What is approved beforehand can be called off, and nothing else: it is for the retailer to ask for it.
    const isCalledOff = request.status === 'pre_approved' && choice.decision === 'refuse';
    if (request.status !== 'open' && !isCalledOff) throw new RequestDecidedError(request);

    if (choice.decision === 'approve' && request.details.some(isSpecialDetail)) assertInPerson(by, at);
    const notice = shownOf(await this.notices(request, tx), by.shown);
    return this.decisions.record(tx, request, choice, { actor: by.actor, notice, at });
  }

  /** The customer gives what was asked for, or part of it. See `decide` for what can be in the way. */
  async approve(me: CustomerPrincipal, id: string, approval: Approval, shown?: Shown): Promise<Approved> {
    const { request, consent } = await this.decideAsShown(me, id, approval, shown);
    return { request, consent: consent as Consent };
  }

  /** The customer gives nothing of it. See `decide` for what can be in the way. */
  async refuse(me: CustomerPrincipal, id: string, shown?: Shown): Promise<ConsentRequest> {
    return (await this.decideAsShown(me, id, { decision: 'refuse' }, shown)).request;
  }

  private async decideAsShown(me: CustomerPrincipal, id: string, choice: Choice, shown: Shown = {}): Promise<Decision> {
    const by = { actor: actorOf(me), signedInAt: me.signedInAt, shown };
    return this.database.transaction((tx) => this.decide(tx, rowKey(me.customer, id), choice, by));
  }

  /** Each request is a transaction of its own: they belong to different customers. */
  private async lapseOverdue(): Promise<void> {
    const now = this.clock.now();
    const overdue = await overdueRequests(this.database.reader, now, SWEPT_AT_ONCE);
    await forEachInTurn(overdue, ({ bucket, customerId, id }) =>
      this.database.transaction(async (tx) => {
        const request = await lockRequest(tx, { bucket, customerId }, id);
        if (request?.statusAt(now) !== 'lapsed' || request.status === 'lapsed') return;
        request.lapse();
        await tx.save(request);
        await this.journal.requestChanged(tx, request, 'lapsed', { at: now, actor: { kind: 'system' } });
      }),
    );
  }
}

/** Nobody else gives what is special, whatever the delegation names. */
function assertInPerson({ actor, signedInAt }: DecidedBy, now: Date): void {
  if (actor.delegation) throw new NotDelegableError('Only the customer in person can give what is special.');
  assertRecentSignIn({ signedInAt }, now);
}
