import { parse, stringify } from 'uuid';

import { type CustomerKey, customerKey } from '../platform/customer-key.js';

/** A delegation's is an invitation to accept it: it lets nobody in. */
export type CustomerTokenKind = 'session' | 'personal' | 'delegation';

const PREFIXES: Readonly<Record<CustomerTokenKind, string>> = {
  session: 'ccx_st_',
  personal: 'ccx_pt_',
  delegation: 'ccx_dl_',
};
const KINDS = new Map(Object.entries(PREFIXES).map(([kind, prefix]) => [prefix, kind as CustomerTokenKind]));
const TOKEN = /^(ccx_[a-z]{2}_)([A-Za-z0-9_-]{64})$/;
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
  const [, prefix = '', text = ''] = TOKEN.exec(token) ?? [];
  const kind = KINDS.get(prefix);
  if (!kind) return null;
  try {
    const id = stringify(Buffer.from(text, 'base64url').subarray(0, ID_BYTES));
    return { kind, customer: customerKey(id) };
  } catch {
    return null; // sixteen bytes that are no UUID
  }
}
