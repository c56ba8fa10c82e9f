import { LessThan } from 'typeorm';

import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { rowKey } from './consents.queries.js';
import { ConsentRule } from './rule.entity.js';

export function findRule(reader: Reader, customer: CustomerKey, id: string): Promise<ConsentRule | null> {
  return reader.findOneBy(ConsentRule, rowKey(customer, id));
}

/** Loads the rule and holds its row until commit. */
export function lockRule(tx: Tx, customer: CustomerKey, id: string): Promise<ConsentRule | null> {
  return tx.findOne(ConsentRule, { where: rowKey(customer, id), lock: { mode: 'pessimistic_write' } });
}

/** Newest first: ids are made in the order of time. */
export function listRules(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { before, limit }: { before?: string; limit?: number } = {},
): Promise<ConsentRule[]> {
  return reader.find(ConsentRule, {
    where: { bucket, customerId, ...(before !== undefined && { id: LessThan(before) }) },
    order: { id: 'DESC' },
    take: limit,
  });
}

/** The rules that the customer has switched on. */
export function rulesInForce(reader: Reader, { bucket, customerId }: CustomerKey): Promise<ConsentRule[]> {
  return reader.findBy(ConsentRule, { bucket, customerId, enabled: true });
}
