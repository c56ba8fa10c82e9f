import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { Actor } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Random } from '../platform/random.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Consent } from './consent.entity.js';
import { type Asking, ConsentRequest } from './consent-request.entity.js';
import {
  findRequest,
  listRequests,
  lockRequest,
  overdueRequests,
  type RequestFilter,
} from './consent-requests.queries.js';
import { ConsentRequestNotFoundError, RequestDecidedError, RequestLapsedError } from './consents.errors.js';
import { insertRef, keepNotice, type RowKey } from './consents.queries.js';
import { ConsentsJournal } from './consents-journal.js';
import { ConsentsService } from './consents.service.js';
import type { AskedDetail } from './detail.js';
import { parseDetails } from './details.js';
import { differenceOf } from './difference.js';
import { type Approval, type Choice, give } from './narrowing.js';
import type { Language } from './phrases.js';
import { forEachInTurn } from './sweep.js';
import { type Notice, noticeOf } from './wording.js';

const SWEEP_INTERVAL_MS = 60_000;
const SWEPT_AT_ONCE = 500;

export interface Decision {
  request: ConsentRequest;
  /** What the request led to; null when it was refused. */
  consent: Consent | null;
}

export interface Approved extends Decision {
  consent: Consent;
}

/** What every decision leaves behind, however it turns out. */
interface Decided {
  actor: Actor;
  noticeHash: Buffer;
  at: Date;
}

/** What retailers ask for, and how customers decide it: pages and API alike decide here. */
@Injectable()
export class ConsentRequestsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly consents: ConsentsService,
    private readonly journal: ConsentsJournal,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly jobs: Jobs,
    private readonly config: Config,
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
  read(given: unknown, client: { touchpoints: readonly string[] }, pointer?: string): AskedDetail[] {
    const context = {
      vocabulary: this.vocabularies.current(),
      touchpoints: client.touchpoints,
      now: this.clock.now(),
      newId: () => this.random.id(),
    };
    return parseDetails(given, context, pointer);
  }

  /** Puts a request before a customer. */
  async open(tx: Tx, asking: Asking, actor: Actor): Promise<ConsentRequest> {
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
    return request;
  }

  find(reader: Reader, customer: CustomerKey, id: string): Promise<ConsentRequest | null> {
    return findRequest(reader, customer, id);
  }

  /** @throws ConsentRequestNotFoundError */
  async get(customer: CustomerKey, id: string): Promise<ConsentRequest> {
    const request = await findRequest(this.database.reader, customer, id);
    if (!request) throw new ConsentRequestNotFoundError(id);
    return request;
  }

  /** A customer's requests, newest first. */
  list(customer: CustomerKey, filter: RequestFilter): Promise<ConsentRequest[]> {
    return listRequests(this.database.reader, customer, filter, this.clock.now());
  }

  /** The request in words, against what the retailer has been given already: what to show, and to keep as shown. */
  async notices(request: ConsentRequest): Promise<Readonly<Record<Language, Notice>>> {
    const { reader } = this.database;
    const [retailer, given] = await Promise.all([
      this.retailers.get(request.retailerId),
      this.consents.standingWith(reader, request, request.retailerId),
    ]);
    const difference = differenceOf(request.details, given?.details ?? [], this.clock.now());
    const vocabulary = this.vocabularies.release(request.vocabularyVersion);
    const worded = { request, retailer, difference, vocabulary };
    return { en: noticeOf(worded, 'en'), de: noticeOf(worded, 'de') };
  }

  async notice(request: ConsentRequest, language: Language): Promise<Notice> {
    return (await this.notices(request))[language];
  }

  /** Notes that the customer has seen the request, apart from what they decide. */
  async shown(tx: Tx, { bucket, customerId, id }: RowKey): Promise<void> {
    await tx.query(
      `update consent_requests set shown_at = $4
        where bucket = $1 and customer_id = $2 and id = $3 and shown_at is null`,
      [bucket, customerId, id, this.clock.now()],
    );
  }

  /** The customer gives what was asked for, or part of it. See `decide` for what can be in the way. */
  async approve(customer: CustomerKey, id: string, approval: Approval, language?: Language): Promise<Approved> {
    const { request, consent } = await this.decideAsShown(customer, id, approval, language);
    return { request, consent: consent as Consent };
  }

  /** The customer gives nothing of it. See `decide` for what can be in the way. */
  async refuse(customer: CustomerKey, id: string, language?: Language): Promise<ConsentRequest> {
    return (await this.decideAsShown(customer, id, { decision: 'refuse' }, language)).request;
  }

  /**
   * Decides a request, once: of two decisions at the same time one is made and the other is told so. Refusing what has
   * been refused changes nothing and is no error.
   *
   * @param notice What the customer was shown.
   * @throws RequestDecidedError, RequestLapsedError
   * @throws InvalidRequestError when the choice reaches beyond the request; NothingKeptError when it keeps nothing
   * @throws RetailerSuspendedError when there is nobody to give anything to
   */
  async decide(
    tx: Tx,
    { bucket, customerId, id }: RowKey,
    choice: Choice,
    { actor, notice }: { actor: Actor; notice: Notice },
  ): Promise<Decision> {
    const request = await lockRequest(tx, { bucket, customerId }, id);
    if (!request) throw new ConsentRequestNotFoundError(id);
    const at = this.clock.now();
    if (choice.decision === 'refuse' && request.status === 'refused') return { request, consent: null };
    if (request.statusAt(at) === 'lapsed') throw new RequestLapsedError(request);
    if (request.status !== 'open') throw new RequestDecidedError(request);

    request.shownAt ??= at;
    const noticeHash = await keepNotice(tx, request, notice, at);
    return choice.decision === 'approve'
      ? this.recordApproval(tx, request, choice, { actor, noticeHash, at })
      : this.recordRefusal(tx, request, { actor, noticeHash, at });
  }

  private async decideAsShown(
    customer: CustomerKey,
    id: string,
    choice: Choice,
    language: Language = 'en',
  ): Promise<Decision> {
    const request = await this.get(customer, id);
    const notice = await this.notice(request, language);
    return this.database.transaction((tx) => this.decide(tx, request, choice, { actor: { kind: 'customer' }, notice }));
  }

  private async recordApproval(
    tx: Tx,
    request: ConsentRequest,
    approval: Approval,
    decided: Decided,
  ): Promise<Approved> {
    const { at } = decided;
    await this.retailers.assertActive(request.clientId, tx);
    const { details, whole } = give(request, approval, at);
    const consent = await this.consents.give(tx, { request, details, ...decided });
    request.approve(consent.id, whole, at);
    await tx.save(request);
    return { request, consent };
  }

  private async recordRefusal(tx: Tx, request: ConsentRequest, { actor, noticeHash, at }: Decided): Promise<Decision> {
    request.refuse(at);
    await tx.save(request);
    const data = { notice: noticeHash.toString('hex') };
    await this.journal.requestChanged(tx, request, 'refused', { at, actor, data });
    return { request, consent: null };
  }

  /** Each request is a transaction of its own: they belong to different customers. */
  private async lapseOverdue(): Promise<void> {
    const now = this.clock.now();
    const overdue = await overdueRequests(this.database.reader, now, SWEPT_AT_ONCE);
    await forEachInTurn(overdue, ({ bucket, customerId, id }) =>
      this.database.transaction(async (tx) => {
        const request = await lockRequest(tx, { bucket, customerId }, id);
        if (request?.status !== 'open') return;
        request.lapse();
        await tx.save(request);
        await this.journal.requestChanged(tx, request, 'lapsed', { at: now, actor: { kind: 'system' } });
      }),
    );
  }
}
