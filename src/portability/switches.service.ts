import { Injectable } from '@nestjs/common';

import type { Consent, ReportedData } from '../consents/consent.entity.js';
import type { ConsentRequest } from '../consents/consent-request.entity.js';
import { ConsentLifecycle } from '../consents/consent-lifecycle.service.js';
import { ConsentRequestsService } from '../consents/consent-requests.service.js';
import { ConsentStateError } from '../consents/consents.errors.js';
import { ConsentsService } from '../consents/consents.service.js';
import { differenceOf } from '../consents/difference.js';
import { days } from '../consents/duration.js';
import type { Language } from '../consents/phrases.js';
import { lastEndOf, type PreApproval, type SourceWithdrawal } from '../consents/pre-approval.js';
import { PreApprovals } from '../consents/pre-approvals.service.js';
import { holdingOf, underNamesOf } from '../consents/renamed.js';
import type { Shown } from '../consents/shown.js';
import type { Notice } from '../consents/wording.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import { actorOf, type CustomerPrincipal } from '../platform/http/access.js';
import type { Preference } from '../preferences/preference.js';
import { isTaken } from '../preferences/understood.js';
import type { Client } from '../retailers/client.entity.js';
import type { Retailer } from '../retailers/retailer.entity.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { isSpecial } from '../vocabulary/attribute.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { type CopiedOverrides, OverrideCopies } from './override-copies.service.js';
import { askedOf, type Destination, takeAlong, type Taken, withoutStruck } from './switch.js';
import type { Copying } from './switch-overrides.js';
import { SwitchWords } from './switch-words.js';
import { NothingToSwitchError } from './switches.errors.js';

/** What the customer wants. */
export interface SwitchOrder {
  readonly retailerId: string;
  /** Whether what they state for the one retailer in particular is stated for the other one, too. */
  readonly copyOverrides: boolean;
  readonly withdrawSource: SourceWithdrawal;
  /** What becomes of what the one retailer has reported, where its consent ends. */
  readonly reportedData: ReportedData;
  readonly shown: Shown;
}

/** What comes, or would come, of it. */
export interface Switch {
  /** The consent that it is taken from, as it stands afterwards. */
  readonly source: Consent;
  readonly retailer: Retailer;
  readonly taken: Taken;
  /** What is approved beforehand; null when there is nothing to approve. */
  readonly request: ConsentRequest | null;
  readonly notices: Readonly<Record<Language, Notice>> | null;
  /** The consent that the other retailer has already, and whether that gives all of this. */
  readonly existing: { readonly consent: Consent; readonly isComplete: boolean } | null;
  /** Null when nothing was to be copied. */
  readonly overrides: CopiedOverrides | null;
  /** Where the customer goes on, at the other retailer; null when it has named no such address. */
  readonly continueUrl: string | null;
  readonly words: SwitchWords;
}

/** Where it is taken: what does not change while it is. */
interface Target {
  readonly retailer: Retailer;
  readonly clients: readonly Client[];
}

type Plan = Omit<Switch, 'overrides' | 'words' | 'continueUrl'>;

/** Customers take what they have given one retailer along to another. */
@Injectable()
export class Switches {
  constructor(
    private readonly database: Database,
    private readonly consents: ConsentsService,
    private readonly requests: ConsentRequestsService,
    private readonly preApprovals: PreApprovals,
    private readonly lifecycle: ConsentLifecycle,
    private readonly overrides: OverrideCopies,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * What would come of it. Nothing is changed.
   *
   * @throws ConsentNotFoundError, ConsentStateError, RetailerNotFoundError
   * @throws InvalidRequestError when it is the same retailer
   */
  async preview(principal: CustomerPrincipal, consentId: string, order: SwitchOrder): Promise<Switch> {
    const { customer } = principal;
    const target = await this.targetOf(order);
    const source = await this.consents.get(customer, consentId);
    const plan = await this.plan(this.database.reader, customer, source, target, order);
    const copying = this.copyingOf(source, target);
    const copies = order.copyOverrides && (await this.overrides.preview(customer, copying, actorOf(principal)));
    return this.told(plan, target, copies || null);
  }

  /**
   * Approves beforehand what can be taken along, copies what is stated for the one retailer in particular, and ends its
   * consent, each if it is wanted: all of it, or nothing. Where the other retailer has everything already, there is
   * nothing to wait for.
   *
   * @throws ConsentNotFoundError, ConsentStateError, RetailerNotFoundError, NothingToSwitchError
   * @throws PreApprovalPendingError, NoticeOutdatedError, TooManyPreferencesError, CategoryFullError
   * @throws InvalidRequestError when it is the same retailer
   */
  async carryOut(principal: CustomerPrincipal, consentId: string, order: SwitchOrder): Promise<Switch> {
    const { customer } = principal;
    const actor = actorOf(principal);
    const target = await this.targetOf(order);
    return this.database.transaction(async (tx) => {
      // In the order in which the other retailer's request comes upon them.
      await this.preApprovals.hold(tx, customer, target.retailer.id);
      const source = await this.consents.lock(tx, customer, consentId);
      const plan = await this.plan(tx, customer, source, target, order);
      if (plan.taken.lines.length === 0) throw new NothingToSwitchError(consentId);

      if (plan.request) await this.preApprovals.make(tx, plan.request, { actor, shown: order.shown });
      const copying = this.copyingOf(source, target);
      const overrides = order.copyOverrides ? await this.overrides.copy(tx, customer, copying, actor) : null;
      const isOver = order.withdrawSource === 'now' || (order.withdrawSource === 'on_completion' && !plan.request);
      if (isOver) await this.lifecycle.withdrawLocked(tx, source, { ...order, actor }, this.clock.now());
      return this.told(plan, target, overrides);
    });
  }

  /** Where a customer goes on at a retailer to which they have taken something along; null when it has not said. */
  async continueUrl(retailerId: string): Promise<string | null> {
    return this.continueUrlOf(await this.retailers.askingClients(retailerId));
  }

  private async targetOf({ retailerId }: SwitchOrder): Promise<Target> {
    const retailer = await this.retailers.getActive(retailerId);
    return { retailer, clients: await this.retailers.askingClients(retailerId) };
  }

  private async plan(
    reader: Reader,
    customer: CustomerKey,
    source: Consent,
    { retailer, clients }: Target,
    order: SwitchOrder,
  ): Promise<Plan> {
    const at = this.clock.now();
    const status = source.statusAt(at);
    if (status === 'withdrawn' || status === 'expired') throw new ConsentStateError({ id: source.id, status });
    if (source.retailerId === retailer.id) {
      throw new InvalidRequestError([{ pointer: '/retailer_id', detail: 'has this consent already' }]);
    }
    const taken = await this.takenFrom(reader, source, retailer, clients, at);
    const standing = await this.consents.standingWith(reader, customer, retailer.id);
    const asked = { details: taken.lines, maxReadsPerDay: source.maxReadsPerDay };
    const given = standing && holdingOf(standing, this.vocabularies.current());
    const isComplete = differenceOf(asked, given, at).complete;
    const existing = standing && { consent: standing, isComplete };
    const [client] = clients;
    if (taken.lines.length === 0 || isComplete || !client) {
      return { source, retailer, taken, existing, request: null, notices: null };
    }
    const preApproval = preApprovalOf(source, taken, order);
    const request = this.preApprovals.draft({
      ...preApproval,
      ...asked,
      customer,
      retailerId: retailer.id,
      clientId: client.id,
      details: taken.lines.map(askedOf),
      lifetimeDays: Math.ceil((lastEndOf(preApproval).getTime() - at.getTime()) / days(1)),
      language: order.shown.language ?? null,
      at,
    });
    return { source, retailer, taken, existing, request, notices: await this.requests.notices(request, reader) };
  }

  /** What is given once is good for one token, and that is another retailer's. */
  private async takenFrom(
    reader: Reader,
    source: Consent,
    retailer: Retailer,
    clients: readonly Client[],
    at: Date,
  ): Promise<Taken> {
    if (source.use === 'once') return { lines: [], cut: [], askAnew: [] };
    const vocabulary = this.vocabularies.current().seenBy(retailer.id);
    const taken = takeAlong(underNamesOf(source.details, vocabulary), destinationOf(clients, vocabulary), at);
    const details = taken.lines.map(askedOf);
    return withoutStruck(taken, await this.preApprovals.struck(reader, source, retailer, details));
  }

  private copyingOf({ retailerId: from }: Consent, { retailer: { id: to } }: Target): Copying {
    const seen = this.vocabularies.current().seenBy(to);
    const canBeSaid = (preference: Preference) =>
      seen.attribute(preference.attribute)?.status === 'active' && isTaken(preference, seen);
    return { from, to, canBeSaid };
  }

  private async told(plan: Plan, { clients }: Target, overrides: CopiedOverrides | null): Promise<Switch> {
    const from = await this.retailers.get(plan.source.retailerId);
    const words = new SwitchWords(this.vocabularies.current(), { from: from.name, to: plan.retailer.name });
    return { ...plan, overrides, continueUrl: this.continueUrlOf(clients), words };
  }

  /** An OpenID Connect login that is initiated here. It names us and nothing else: who comes, nobody is told. */
  private continueUrlOf(clients: readonly Client[]): string | null {
    const address = clients.find(({ initiateLoginUri }) => initiateLoginUri !== null)?.initiateLoginUri;
    if (address == null) return null;
    const url = new URL(address);
    url.searchParams.set('iss', this.config.issuer);
    return url.href;
  }
}

function destinationOf(clients: readonly Client[], vocabulary: Vocabulary): Destination {
  return {
    touchpoints: clients.flatMap(({ touchpoints }) => touchpoints),
    sees: (path) => {
      const attribute = vocabulary.attribute(path);
      if (!attribute) return 'nothing';
      return isSpecial(attribute) ? 'special' : 'ordinary';
    },
  };
}

function preApprovalOf(
  { id: sourceId }: Consent,
  { lines }: Taken,
  { withdrawSource, reportedData }: SwitchOrder,
): PreApproval {
  return {
    sourceId,
    withdrawSource,
    reportedData,
    ends: Object.fromEntries(lines.map(({ id, expires_at }) => [id, expires_at])),
  };
}
