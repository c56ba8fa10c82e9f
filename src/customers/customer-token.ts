import { parse, stringify } from 'uuid';

import { type CustomerKey, customerKey } from '../platform/customer-key.js';

export type CustomerTokenKind = 'session' | 'personal';

const PREFIXES: Readonly<Record<CustomerTokenKind, string>> = { session: 'ccx_st_', personal: 'ccx_pt_' };
const TOKEN = /^ccx_(st|pt)_([A-Za-z0-9_-]{64})$/;
const ID_BYTES = 16;

/** How many random bytes a token holds beside the customer's id. */
export const TOKEN_SECRET_BYTES = 32;

/**
 * A token that names its customer, so that it is looked up among that customer's rows alone. The id is no secret of
 * the customer's own; what makes the token one is the 256 random bits behind it.
 */
export function makeCustomerToken(kind: CustomerTokenKind, customer: CustomerKey, secret: Buffer): string {
  return PREFIXES[kind] + Buffer.concat([parse(customer.customerId), secret]).toString('base64url');
}

/** Whose token this claims to be, or null when it is none of ours. Only its hash in the database proves it. */
export function customerOfToken(token: string): { kind: CustomerTokenKind; customer: CustomerKey } | null {
  const [, prefix, text] = TOKEN.exec(token) ?? [];
  if (text === undefined) return null;
  try {
    const id = stringify(Buffer.from(text, 'base64url').subarray(0, ID_BYTES));
    return { kind: prefix === 'st' ? 'session' : 'personal', customer: customerKey(id) };
  } catch {
    return null; // sixteen bytes that are no UUID
  }
}
