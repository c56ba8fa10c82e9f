import { isDeepStrictEqual } from 'node:util';

import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { Actor } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { tokenHash } from '../platform/crypto/seal.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey, sameCustomer } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import type { CustomerPrincipal } from '../platform/http/access.js';
import { RateLimits } from '../platform/http/rate-limits.js';
import { assertRecentSignIn } from '../platform/http/recent-sign-in.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { JsonObject } from '../platform/json.js';
import { Random } from '../platform/random.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { CustomerJournal } from './customer-journal.js';
import { customerOfToken, makeCustomerToken, TOKEN_SECRET_BYTES } from './customer-token.js';
import { sealFor } from './customer.entity.js';
import { lockCustomer } from './customers.queries.js';
import { Delegation, type DelegationRole, INVITATION_LIFE_MS } from './delegation.entity.js';
import { type DelegationTerms, faultsOfNarrowing, faultsOfTerms } from './delegation-terms.js';
import { DelegationViews } from './delegation-views.service.js';
import {
  DelegationEndedError,
  DelegationInvitationNotValidError,
  DelegationNotFoundError,
  OwnInvitationError,
  TooManyDelegationsError,
} from './delegations.errors.js';
import {
  countOpen,
  dueDelegations,
  findDelegation,
  findHeld,
  lockByInvitation,
  lockDelegation,
} from './delegations.queries.js';

export interface DelegationOffer extends DelegationTerms {
  /** What the giver calls the delegate. */
  readonly name: string;
}

const MOST_OPEN = 20;
const SWEEP_INTERVAL_MS = 60_000;
const SWEPT_AT_ONCE = 500;

/** What customers let others do in their name: it is offered, accepted, narrowed and ended. */
@Injectable()
export class DelegationsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly keys: SubjectKeys,
    private readonly vocabularies: VocabularyService,
    private readonly views: DelegationViews,
    private readonly journal: CustomerJournal,
    private readonly limits: RateLimits,
    private readonly outbox: OutboxService,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('delegations.settle', SWEEP_INTERVAL_MS, () => this.settleDue());
    // Who accepts writes it down at once; this does so for whoever was stopped in between.
    this.outbox.handle('delegations.held', ['delegation.accepted'], async ({ customer, subject }) => {
      if (customer) await this.views.note(customer, subject);
    });
  }

  /**
   * Offers somebody to act for the customer, and answers the invitation, this once: whoever accepts it is the delegate.
   *
   * @throws RecentSignInRequiredError since it outlives the session, and a new password
   * @throws InvalidRequestError @throws TooManyDelegationsError
   */
  async offer(
    principal: CustomerPrincipal,
    { name, ...terms }: DelegationOffer,
  ): Promise<{ delegation: Delegation; invitation: string }> {
    assertRecentSignIn(principal, this.clock.now());
    const { customer } = principal;
    const invitation = makeCustomerToken('delegation', customer, this.random.bytes(TOKEN_SECRET_BYTES));
    const delegation = await this.database.transaction(async (tx) => {
      await lockCustomer(tx, customer); // or two at once would both find room for one more
      const at = this.clock.now();
      refuse(faultsOfTerms(terms, this.vocabularies.current(), at));
      if ((await countOpen(tx, customer, at)) >= MOST_OPEN) throw new TooManyDelegationsError(MOST_OPEN);
      const { profileKey } = await this.keys.of(tx, customer);
      const offered = tx.create(Delegation, {
        ...customer,
        id: this.random.id(),
        status: 'offered',
        version: 1,
        nameSealed: sealFor(customer, profileKey, 'delegation name', name),
        scopes: [...terms.scopes],
        attributes: terms.attributes && [...terms.attributes],
        invitationHash: tokenHash(invitation),
        offeredAt: at,
        expiresAt: terms.expiresAt,
        dueAt: earlier(new Date(at.getTime() + INVITATION_LIFE_MS), terms.expiresAt),
      });
      await tx.insert(Delegation, offered);
      await this.tell(tx, offered, 'offered', { at, data: termsOf(offered) });
      return offered;
    });
    return { delegation, invitation };
  }

  /**
   * Makes the caller the delegate. Accepting again what one has accepted changes nothing and is not an error.
   *
   * @throws DelegationInvitationNotValidError @throws OwnInvitationError @throws RateLimitedError
   */
  async accept(delegate: CustomerKey, invitation: string): Promise<Delegation> {
    const counted = await this.limits.consume('delegation-invitation', delegate.customerId);
    const claimed = customerOfToken(invitation);
    if (claimed?.kind !== 'delegation') throw new DelegationInvitationNotValidError();
    const giver = claimed.customer;
    const name = await this.views.nameOf(delegate);
    const delegation = await this.database.transaction(async (tx) => {
      const offered = await lockByInvitation(tx, giver, tokenHash(invitation));
      const at = this.clock.now();
      if (!offered?.isOpen(at)) throw new DelegationInvitationNotValidError();
      if (sameCustomer(giver, delegate)) throw new OwnInvitationError();
      if (offered.delegateId === delegate.customerId) return offered;
      if (offered.delegateId !== null) throw new DelegationInvitationNotValidError();

      const { profileKey } = await this.keys.of(tx, giver);
      offered.accept(delegate.customerId, name === null ? null : sealFor(giver, profileKey, 'delegate name', name), at);
      await tx.save(offered);
      await this.tell(tx, offered, 'accepted', { at, by: 'delegate' });
      return offered;
    });
    await this.views.note(giver, delegation.id);
    await this.limits.giveBack([counted]);
    return delegation;
  }

  /**
   * Takes part of it back, at once, by either side. More than there is can only be given by another one.
   *
   * @throws DelegationNotFoundError @throws DelegationEndedError @throws InvalidRequestError
   */
  narrow(me: CustomerKey, id: string, change: Partial<DelegationTerms>): Promise<Delegation> {
    return this.change(me, id, async (tx, delegation, { at, by }) => {
      if (!delegation.isOpen(at)) throw new DelegationEndedError(id);
      refuse(faultsOfNarrowing(delegation, change, this.vocabularies.current(), at));
      const {
        scopes = delegation.scopes,
        attributes = delegation.attributes,
        expiresAt = delegation.expiresAt,
      } = change;
      const narrowed = { scopes: delegation.scopes.filter((scope) => scopes.includes(scope)), attributes, expiresAt };
      if (isDeepStrictEqual(termsOf(narrowed), termsOf(delegation))) return;
      delegation.narrow(narrowed);
      await tx.save(delegation);
      await this.tell(tx, delegation, 'narrowed', { at, by, data: termsOf(delegation) });
    });
  }

  /** Ends it at once, by either side. Ending it again changes nothing and is not an error. @throws DelegationNotFoundError */
  async end(me: CustomerKey, id: string): Promise<void> {
    await this.change(me, id, async (tx, delegation, { at, by }) => {
      if (!delegation.isOpen(at)) return;
      delegation.end(by, at);
      await tx.save(delegation);
      await this.tell(tx, delegation, 'ended', { at, by });
    });
  }

  private async change(
    me: CustomerKey,
    id: string,
    rule: (tx: Tx, delegation: Delegation, how: { at: Date; by: DelegationRole }) => Promise<void>,
  ): Promise<Delegation> {
    const giver = await this.giverOf(me, id);
    return this.database.transaction(async (tx) => {
      const delegation = await lockDelegation(tx, giver, id);
      if (!delegation) throw new DelegationNotFoundError(id);
      await rule(tx, delegation, { at: this.clock.now(), by: sameCustomer(me, giver) ? 'giver' : 'delegate' });
      return delegation;
    });
  }

  private async giverOf(me: CustomerKey, id: string): Promise<CustomerKey> {
    const { reader } = this.database;
    if (await findDelegation(reader, me, id)) return me;
    const held = await findHeld(reader, me, id);
    if (!held) throw new DelegationNotFoundError(id);
    return customerKey(held.giverId);
  }

  /** It is all told as the giver's: the delegate is named by the delegation alone. */
  private tell(
    tx: Tx,
    { bucket, customerId, id }: Delegation,
    change: 'offered' | 'accepted' | 'narrowed' | 'ended' | 'expired' | 'lapsed',
    { at, by = 'giver', data = {} }: { at: Date; by?: DelegationRole | 'system'; data?: JsonObject },
  ): Promise<void> {
    const actors: Record<typeof by, Actor> = {
      giver: { kind: 'customer' },
      delegate: { kind: 'customer', delegation: { id } },
      system: { kind: 'system' },
    };
    return this.journal.record(tx, {
      type: `delegation.${change}`,
      at,
      customer: { bucket, customerId },
      actor: actors[by],
      subject: id,
      data: { delegation_id: id, by, ...data },
    });
  }

  /** Each is a transaction of its own: they belong to different customers. */
  private async settleDue(): Promise<void> {
    const now = this.clock.now();
    for (const { bucket, customerId, id } of await dueDelegations(this.database.reader, now, SWEPT_AT_ONCE)) {
      await this.database.transaction(async (tx) => {
        const delegation = await lockDelegation(tx, { bucket, customerId }, id);
        if (!delegation?.dueAt || delegation.dueAt > now) return;
        delegation.settle(now);
        await tx.save(delegation);
        const { status, endedBy } = delegation;
        if (status === 'offered' || status === 'active') return;
        await this.tell(tx, delegation, status, { at: now, by: endedBy ?? 'system' });
      });
    }
  }
}

function termsOf({ scopes, attributes, expiresAt }: DelegationTerms): JsonObject {
  return { scopes: [...scopes], attributes: attributes && [...attributes], expires_at: expiresAt.toISOString() };
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}

function refuse(faults: readonly FieldError[]): void {
  if (faults.length > 0) throw new InvalidRequestError(faults);
}
