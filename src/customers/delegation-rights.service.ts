import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';

import { Clock } from '../platform/clock.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { ActingFor, CustomerPrincipal } from '../platform/http/access.js';
import { DelegationNotValidError } from '../platform/http/delegation.errors.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { openFor } from './customer.entity.js';
import { covers, specialAttributes } from './delegation-terms.js';
import { delegationsNamed, GOOD_DELEGATION, HELD_BY_ID, shareDelegation } from './delegations.queries.js';

interface GoodDelegationRow {
  version: number;
  scopes: string[];
  attributes: string[] | null;
}

/** Who may act for whom, and how far. */
@Injectable()
export class DelegationRights {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly keys: SubjectKeys,
    private readonly vocabularies: VocabularyService,
  ) {}

  /**
   * The caller as whoever they act for by the delegation: with what both their token and the delegation allow. Null when
   * they hold no such delegation that is good now. Nothing of it is kept: the next request asks again.
   */
  async actingFor(caller: CustomerPrincipal, id: string): Promise<CustomerPrincipal | null> {
    if (!isUuid(id)) return null;
    const { bucket, customerId } = caller.customer;
    const [held] = await this.database.named<{ giver_id: string }>('held-delegation-by-id', HELD_BY_ID, [
      bucket,
      customerId,
      id,
    ]);
    if (!held) return null;
    const giver = customerKey(held.giver_id);
    const [good] = await this.database.named<GoodDelegationRow>('good-delegation', GOOD_DELEGATION, [
      giver.bucket,
      giver.customerId,
      id,
      customerId,
      this.clock.now(),
    ]);
    if (!good) return null;
    const vocabulary = this.vocabularies.current();
    const isCovered = (attribute: string) => covers(good, attribute, vocabulary);
    const delegation: ActingFor = {
      id,
      delegate: caller.customer,
      version: good.version,
      covers: isCovered,
      hidden: specialAttributes(this.vocabularies.all()).filter((attribute) => !isCovered(attribute)),
    };
    const scopes = caller.scopes.filter((scope) => good.scopes.includes(scope));
    return { ...caller, customer: giver, scopes, delegation };
  }

  /**
   * In the transaction of a change: keeps the delegation as it was when the request was let in, until the change is
   * committed. Whoever ends it waits for that, so that nothing happens by it afterwards.
   *
   * @throws DelegationNotValidError when it has been ended or narrowed meanwhile
   */
  async assertStands(tx: Tx, giver: CustomerKey, acting: ActingFor | undefined): Promise<void> {
    if (!acting) return;
    const delegation = await shareDelegation(tx, giver, acting.id);
    const stands = delegation?.version === acting.version && delegation.statusAt(this.clock.now()) === 'active';
    if (!stands) throw new DelegationNotValidError();
  }

  /** What the giver calls those to whom they gave these delegations. */
  async namesOf(giver: CustomerKey, ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const named = [...new Set(ids)];
    if (named.length === 0) return new Map();
    const { reader } = this.database;
    const { profileKey } = await this.keys.of(reader, giver);
    const found = await delegationsNamed(reader, giver, named);
    return new Map(found.map(({ id, nameSealed }) => [id, openFor(giver, profileKey, 'delegation name', nameSealed)]));
  }
}
