import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';

import type { Actor, RecordedActor } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { UnauthenticatedError, UnavailableError } from '../platform/errors.js';
import type { ActingFor, RetailerPrincipal } from '../platform/http/access.js';
import { Random } from '../platform/random.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { Consent, type Given } from './consent.entity.js';
import { enrolClient, epochOf, raiseEpoch } from './consent-clients.queries.js';
import { ConsentLifecycle } from './consent-lifecycle.service.js';
import type { ConsentVersion } from './consent-version.entity.js';
import { ConsentNotFoundError, ConsentPausedError } from './consents.errors.js';
import {
  type ConsentCounts,
  type ConsentFilter,
  countConsents,
  currentVersionOf,
  findConsent,
  findRef,
  findStanding,
  holderOf,
  insertConsent,
  insertRef,
  listConsents,
  lockConsent,
  lockForReport,
  lockStanding,
  type ReportConsent,
  rowKey,
  versionsOf,
} from './consents.queries.js';
import { ConsentsJournal, type Happening } from './consents-journal.js';
import { isConsentVisible } from './delegate-view.js';
import { type Asked, differenceOf } from './difference.js';
import { holdingOf } from './renamed.js';
import type { RuleRef } from './rule.js';

const ATTEMPTS = 5;

/** What a customer gives, and who says so. */
export interface Gift extends Given {
  actor: Actor;
  /** The standing rule by which the customer has said so in advance. */
  rule?: RuleRef;
  /** What the customer had approved beforehand, by which it is given. */
  preApprovalId?: string;
}

/** Consents: what customers have given to retailers, and whose tokens are good under them. */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly database: Database,
    private readonly lifecycle: ConsentLifecycle,
    private readonly journal: ConsentsJournal,
    private readonly vocabularies: VocabularyService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** @throws ConsentNotFoundError */
  async get(customer: CustomerKey, id: string, delegation?: ActingFor): Promise<Consent> {
    const consent = await findConsent(this.database.reader, customer, id);
    if (!consent || !isConsentVisible(consent, delegation)) throw new ConsentNotFoundError(id);
    return consent;
  }

  /** The same, kept from changing until the transaction is over. @throws ConsentNotFoundError */
  async lock(tx: Tx, customer: CustomerKey, id: string): Promise<Consent> {
    const consent = await lockConsent(tx, customer, id);
    if (!consent) throw new ConsentNotFoundError(id);
    return consent;
  }

  /** A consent and the states that it has been in, oldest first. @throws ConsentNotFoundError */
  async history(
    customer: CustomerKey,
    id: string,
    delegation?: ActingFor,
  ): Promise<{ consent: Consent; versions: ConsentVersion[] }> {
    const consent = await this.get(customer, id, delegation);
    return { consent, versions: await versionsOf(this.database.reader, consent) };
  }

  /** Who made it what it is now. */
  async changedBy(consent: Consent): Promise<RecordedActor> {
    return (await currentVersionOf(this.database.reader, consent)).actor;
  }

  /** A customer's consents, newest first. */
  list(customer: CustomerKey, filter: ConsentFilter): Promise<Consent[]> {
    return listConsents(this.database.reader, customer, filter, this.clock.now());
  }

  /** How many of a customer's consents stand how. */
  counts(customer: CustomerKey, delegation?: ActingFor): Promise<ConsentCounts> {
    return countConsents(this.database.reader, customer, delegation, this.clock.now());
  }

  /**
   * Makes a consent out of what was given, or adds it to the standing one that the retailer has: its id survives, its
   * version rises, and one that is paused stays so. What is given once is always a consent of its own.
   */
  async give(tx: Tx, gift: Gift): Promise<Consent> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const consent = (await this.widenStanding(tx, gift)) ?? (await this.begin(tx, gift));
      if (consent) return consent;
    }
    throw new UnavailableError('The consent of this retailer is changing right now.');
  }

  /** Whose the consent is, for those who know its id alone. */
  async holderOf(reader: Reader, id: string): Promise<CustomerKey | null> {
    const ref = isUuid(id) ? await findRef(reader, 'consent', id) : null;
    return ref && holderOf(ref);
  }

  /** The standing consent that has not ended, be it paused or not. */
  async standingWith(reader: Reader, customer: CustomerKey, retailerId: string): Promise<Consent | null> {
    const consent = await findStanding(reader, customer, retailerId);
    return consent?.isOverdue(this.clock.now()) ? null : consent;
  }

  /** The standing, active consent that gives all of this already, so that there is nothing to ask the customer. */
  async covering(reader: Reader, customer: CustomerKey, retailerId: string, asked: Asked): Promise<Consent | null> {
    const consent = await this.standingWith(reader, customer, retailerId);
    if (consent?.status !== 'active') return null;
    const held = holdingOf(consent, this.vocabularies.current());
    return differenceOf(asked, held, this.clock.now()).complete ? consent : null;
  }

  /** The consent and the client's epoch under it; null when the client has never had a token under it. */
  async byToken(
    reader: Reader,
    consentId: string,
    clientId: string,
  ): Promise<{ consent: Consent; epoch: number } | null> {
    const holder = await this.holderOf(reader, consentId);
    const consent = holder && (await findConsent(reader, holder, consentId));
    const epoch = consent && (await epochOf(reader, consent, clientId));
    return consent && epoch !== null ? { consent, epoch } : null;
  }

  /**
   * For routes whose own statement does not check it: that the token's consent holds and its epoch is the current one.
   *
   * @throws UnauthenticatedError when the consent has ended or the client's tokens were revoked
   * @throws ConsentPausedError
   */
  async assertTokenHolds({ consent: token, clientId }: RetailerPrincipal): Promise<void> {
    if (!token) return;
    const { reader } = this.database;
    const consent = await findConsent(reader, token.customer, token.id);
    const status = consent?.statusAt(this.clock.now());
    const holds = consent && (status === 'active' || status === 'paused');
    if (!holds || (await epochOf(reader, consent, clientId)) !== token.epoch) throw new UnauthenticatedError();
    if (status === 'paused') throw new ConsentPausedError();
  }

  /**
   * Every consent that these customers have given the retailer, newest first, by customer. A change of any of them waits
   * until the transaction is over, as does another report of the retailer about one of them.
   */
  lockForReport(
    tx: Tx,
    customers: readonly CustomerKey[],
    retailerId: string,
  ): Promise<ReadonlyMap<string, readonly ReportConsent[]>> {
    return lockForReport(tx, customers, retailerId);
  }

  /** The epoch that new tokens of the client under this consent carry. */
  enrolClient(tx: Tx, consent: Consent, clientId: string): Promise<number> {
    return enrolClient(tx, consent, clientId, this.clock.now());
  }

  /**
   * Lets a consent that is good for one token end with it, and answers it; null when it has ended already. Whatever could
   * have made another token was used up for this one: the request, and the code that came of it.
   */
  async useUp(tx: Tx, customer: CustomerKey, id: string, end: Date): Promise<Consent | null> {
    const consent = await lockConsent(tx, customer, id);
    if (!consent || consent.hasEnded()) return null;
    consent.useUp(end);
    return tx.save(consent);
  }

  /** Ends every token of the client under the consent (of all its clients, when none is named). The consent stays. */
  raiseEpoch(tx: Tx, customer: CustomerKey, consentId: string, clientId?: string): Promise<void> {
    return raiseEpoch(tx, rowKey(customer, consentId), clientId);
  }

  private async widenStanding(tx: Tx, gift: Gift): Promise<Consent | null> {
    const { request } = gift;
    if (request.use === 'once') return null;
    const consent = await lockStanding(tx, request, request.retailerId);
    if (!consent) return null;
    // Where there was nothing to lock yet, whoever gave it first may have looked at the clock later.
    const at = consent.updatedAt > gift.at ? consent.updatedAt : gift.at;
    if (consent.isOverdue(at)) {
      await this.lifecycle.expire(tx, consent, at);
      return null;
    }
    await this.lifecycle.record(tx, consent, consent.widen({ ...gift, at }), happeningOf({ ...gift, at }));
    return consent;
  }

  /** Null when another request made the standing consent in this very moment. */
  private async begin(tx: Tx, gift: Gift): Promise<Consent | null> {
    const consent = Consent.begin({ ...gift, id: this.random.id() });
    if (!(await insertConsent(tx, consent))) return null;
    await insertRef(tx, 'consent', consent);
    await this.journal.consentChanged(tx, consent, 'given', happeningOf(gift));
    return consent;
  }
}

function happeningOf({ request, at, actor, rule, preApprovalId }: Gift): Happening {
  return {
    at,
    actor,
    requestId: request.id,
    ...(rule && { rule }),
    ...(preApprovalId !== undefined && { preApprovalId }),
  };
}
