import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { CustomersService } from '../customers/customers.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import type { CustomerPrincipal } from '../platform/http/access.js';
import { requireIfMatch } from '../platform/http/etag.js';
import { assertRecentSignIn } from '../platform/http/recent-sign-in.js';
import { Random } from '../platform/random.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { RuleNotFoundError, TooManyRulesError } from './consents.errors.js';
import { ConsentRule, type RuleTerms } from './rule.entity.js';
import { faultsOfTerms, settled } from './rule-terms.js';
import { findRule, listRules, lockRule } from './rules.queries.js';

export const MOST_RULES = 50;

/**
 * What customers decide beforehand. A change concerns later requests alone: what has been decided stays. Whoever
 * changes anything has signed in recently, since a rule acts while nobody looks.
 */
@Injectable()
export class RulesService {
  constructor(
    private readonly database: Database,
    private readonly customers: CustomersService,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** A customer's rules, newest first, switched off ones among them. */
  list(customer: CustomerKey, page: { before?: string; limit: number }): Promise<ConsentRule[]> {
    return listRules(this.database.reader, customer, page);
  }

  /** @throws RuleNotFoundError */
  async get(customer: CustomerKey, id: string): Promise<ConsentRule> {
    const rule = await findRule(this.database.reader, customer, id);
    if (!rule) throw new RuleNotFoundError(id);
    return rule;
  }

  /** @throws RecentSignInRequiredError, InvalidRequestError, TooManyRulesError */
  async make(me: CustomerPrincipal, terms: RuleTerms): Promise<ConsentRule> {
    const { customer } = me;
    assertRecentSignIn(me, this.clock.now());
    const settledTerms = await this.sound(terms);
    return this.database.transaction(async (tx) => {
      await this.customers.lock(tx, customer); // or two at once would both find room for one more
      const { bucket, customerId } = customer;
      if ((await tx.countBy(ConsentRule, { bucket, customerId })) >= MOST_RULES)
        throw new TooManyRulesError(MOST_RULES);
      const rule = ConsentRule.make(customer, this.random.id(), settledTerms, this.clock.now());
      await tx.insert(ConsentRule, rule);
      await this.record(tx, rule, 'made', rule.createdAt);
      return rule;
    });
  }

  /**
   * Puts other terms in the place of a rule's.
   *
   * @param ifMatch The ETag of the version that is replaced.
   * @throws RecentSignInRequiredError, InvalidRequestError
   * @throws RuleNotFoundError, PreconditionRequiredError, PreconditionFailedError
   */
  async change(me: CustomerPrincipal, id: string, ifMatch: string | undefined, terms: RuleTerms): Promise<ConsentRule> {
    assertRecentSignIn(me, this.clock.now());
    const settledTerms = await this.sound(terms);
    return this.database.transaction(async (tx) => {
      const rule = await lockRule(tx, me.customer, id);
      if (!rule) throw new RuleNotFoundError(id);
      requireIfMatch(ifMatch, rule.etag());
      rule.change(settledTerms, this.clock.now());
      await tx.save(rule);
      await this.record(tx, rule, 'changed', rule.updatedAt);
      return rule;
    });
  }

  /** @throws RecentSignInRequiredError, RuleNotFoundError */
  async remove(me: CustomerPrincipal, id: string): Promise<void> {
    assertRecentSignIn(me, this.clock.now());
    await this.database.transaction(async (tx) => {
      const rule = await lockRule(tx, me.customer, id);
      if (!rule) throw new RuleNotFoundError(id);
      const { bucket, customerId } = me.customer;
      await tx.delete(ConsentRule, { bucket, customerId, id });
      await this.record(tx, rule, 'removed', this.clock.now());
    });
  }

  /** The terms as they are kept. @throws InvalidRequestError */
  private async sound(terms: RuleTerms): Promise<RuleTerms> {
    const vocabulary = this.vocabularies.current();
    const faults = [
      ...faultsOfTerms(terms, vocabulary),
      ...(await this.faultsOfRetailers(terms.when.retailer_ids ?? [])),
    ];
    if (faults.length > 0) throw new InvalidRequestError(faults);
    return settled(terms, vocabulary);
  }

  private async faultsOfRetailers(ids: readonly string[]): Promise<FieldError[]> {
    const known = await this.retailers.describe(ids);
    return ids.flatMap((id, index) =>
      known.has(id) ? [] : [{ pointer: `/when/retailer_ids/${index}`, detail: 'is not the id of a retailer here' }],
    );
  }

  /** The log and the outbox learn what a rule does, not what the customer calls it. */
  private async record(
    tx: Tx,
    { bucket, customerId, id, effect, enabled, version }: ConsentRule,
    change: 'made' | 'changed' | 'removed',
    at: Date,
  ): Promise<void> {
    const type = `consent-rule.${change}`;
    const customer = { bucket, customerId };
    const data = { rule_id: id, effect, enabled, version };
    await this.outbox.enqueue(tx, { type, at, customer, subject: id, data });
    await this.audit.append(tx, { type, at, actor: { kind: 'customer' }, customer, data });
  }
}
