import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

import type { CustomerKey } from '../platform/customer-key.js';
import { strongEtag } from '../platform/http/etag.js';
import type { Rule, RuleConditions, RuleEffect } from './rule.js';

/** What a rule says; whose it is and its history left out. */
export type RuleTerms = Omit<Rule, 'id' | 'updatedAt'>;

/** What a customer has decided beforehand: to allow something to some retailers, or to refuse it to them. */
@Entity('consent_rules')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], { name: 'consent_rules_of_customer' })
@Check('consent_rules_effect', `effect in ('allow', 'refuse')`)
@Check('consent_rules_lifetime', `lifetime_days is null or effect = 'allow' and lifetime_days between 1 and 366`)
export class ConsentRule implements Rule {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'consent_rules_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'consent_rules_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'consent_rules_pk' }) id!: string;
  @Column('text') name!: string;
  @Column('text') effect!: RuleEffect;
  @Column('jsonb', { name: 'conditions' }) when!: RuleConditions;
  @Column('int', { name: 'lifetime_days', nullable: true }) lifetimeDays!: number | null;
  /** Nothing is decided by a rule that the customer has not switched on. */
  @Column('boolean') enabled!: boolean;
  @Column('int') version!: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;

  static make(customer: CustomerKey, id: string, terms: RuleTerms, at: Date): ConsentRule {
    const { bucket, customerId } = customer;
    const columns = { bucket, customerId, id, ...terms, version: 1, createdAt: at, updatedAt: at };
    return Object.assign(new ConsentRule(), columns satisfies Omit<ConsentRule, 'change' | 'etag'>);
  }

  change(terms: RuleTerms, at: Date): void {
    Object.assign(this, terms);
    this.version += 1;
    this.updatedAt = at;
  }

  /** The validator of the rule, for If-Match. */
  etag(): string {
    return strongEtag(this.id, this.version);
  }
}
