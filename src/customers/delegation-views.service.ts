import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { CustomerKeysMissingError, SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import { openFor, sealFor } from './customer.entity.js';
import { findCustomer } from './customers.queries.js';
import type { Delegation, DelegationRole, HeldDelegation } from './delegation.entity.js';
import { DelegationNotFoundError } from './delegations.errors.js';
import {
  delegationsOf,
  findDelegation,
  findHeld,
  forgetDelegate,
  givenBy,
  heldBy,
  insertHeld,
  lockDelegation,
} from './delegations.queries.js';

/** A delegation as one of its two sides sees it. */
export interface DelegationView {
  readonly delegation: Delegation;
  /** In which role it is seen. */
  readonly role: DelegationRole;
  /** The giver sees what they call the delegate; the delegate, what the giver called themselves when it was accepted. */
  readonly name: string | null;
  /** The giver sees what the delegate called themselves when they accepted. */
  readonly acceptedBy: string | null;
}

/** What customers have given to others, and what they hold of others. */
@Injectable()
export class DelegationViews {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly keys: SubjectKeys,
  ) {}

  /** One page of the delegations that the customer has this role in, the newest first, those that have ended among them. */
  async list(me: CustomerKey, role: DelegationRole, query: PageQuery): Promise<Page<DelegationView>> {
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const { reader } = this.database;
    if (role === 'giver') {
      const page = pageOf(await givenBy(reader, me, { before, limit: limit + 1 }), limit, ({ id }) => [id]);
      return { ...page, items: await this.given(me, page.items) };
    }
    const page = pageOf(await heldBy(reader, me, { before, limit: limit + 1 }), limit, ({ id }) => [id]);
    return { ...page, items: await this.held(me, page.items) };
  }

  /** A delegation of the customer's, in whichever role they have in it. @throws DelegationNotFoundError */
  async get(me: CustomerKey, id: string): Promise<DelegationView> {
    const { reader } = this.database;
    const given = await findDelegation(reader, me, id);
    const held = given ? null : await findHeld(reader, me, id);
    const [view] = given ? await this.given(me, [given]) : await this.held(me, held ? [held] : []);
    if (!view) throw new DelegationNotFoundError(id);
    return view;
  }

  /**
   * Notes with the delegate what they have accepted, so that they find it: in their own bucket, and so not in the
   * transaction in which they did. Noting it again changes nothing. Whoever is erased meanwhile waits, or is gone.
   */
  async note(giver: CustomerKey, id: string): Promise<void> {
    const name = await this.nameOf(giver);
    await this.database.transaction(async (tx) => {
      const delegation = await lockDelegation(tx, giver, id);
      if (!delegation?.delegateId) return;
      const delegate = customerKey(delegation.delegateId);
      const profileKey = await this.profileKeyOf(tx, delegate);
      if (!profileKey) return forgetDelegate(tx, giver, id, this.clock.now());
      const giverNameSealed = name === null ? null : sealFor(delegate, profileKey, 'giver name', name);
      await insertHeld(tx, { ...delegate, id, giverId: giver.customerId, giverNameSealed });
    });
  }

  /** What a customer calls themselves; null when they do not say, or have been erased. */
  async nameOf(customer: CustomerKey): Promise<string | null> {
    const { reader } = this.database;
    const sealed = (await findCustomer(reader, customer))?.displayNameSealed;
    const profileKey = sealed && (await this.profileKeyOf(reader, customer));
    return profileKey ? openFor(customer, profileKey, 'display name', sealed) : null;
  }

  private async given(giver: CustomerKey, delegations: readonly Delegation[]): Promise<DelegationView[]> {
    const { profileKey } = await this.keys.of(this.database.reader, giver);
    return delegations.map((delegation) => ({
      delegation,
      role: 'giver',
      name: openFor(giver, profileKey, 'delegation name', delegation.nameSealed),
      acceptedBy:
        delegation.delegateNameSealed && openFor(giver, profileKey, 'delegate name', delegation.delegateNameSealed),
    }));
  }

  private async held(delegate: CustomerKey, held: readonly HeldDelegation[]): Promise<DelegationView[]> {
    const delegations = await delegationsOf(this.database.reader, held);
    const { profileKey } = await this.keys.of(this.database.reader, delegate);
    return held.flatMap(({ id, giverNameSealed }): DelegationView[] => {
      const delegation = delegations.get(id);
      const name = giverNameSealed && openFor(delegate, profileKey, 'giver name', giverNameSealed);
      return delegation ? [{ delegation, role: 'delegate', name, acceptedBy: null }] : [];
    });
  }

  private async profileKeyOf(reader: Reader, customer: CustomerKey): Promise<Buffer | null> {
    try {
      return (await this.keys.of(reader, customer)).profileKey;
    } catch (error) {
      if (error instanceof CustomerKeysMissingError) return null;
      throw error;
    }
  }
}
