import type { LineRow } from './invoices.js';

/** Why a line of an invoice is no part of an event, in words. */
export const reasons = {
  'no-customer': 'of an invoice without a customer',
  postage: 'postage and carriage (POST, DOT, C2)',
  'manual-entry': 'manual entries (M)',
  discount: 'discounts (D)',
  sample: 'samples (S)',
  'bank-charges': 'bank charges',
  'marketplace-fee': 'marketplace fees (AMAZONFEE)',
  'charity-commission': 'commission for a charity (CRUK)',
  'bad-debt': 'adjustments of bad debt (B)',
  adjustment: 'adjustments: a quantity of the wrong sign, or none',
  'unknown-code': 'of a code that is neither a product nor known otherwise',
} as const;

export type Reason = keyof typeof reasons;

const noProducts: Readonly<Record<string, Reason>> = {
  POST: 'postage',
  DOT: 'postage',
  C2: 'postage',
  M: 'manual-entry',
  m: 'manual-entry',
  D: 'discount',
  S: 'sample',
  'BANK CHARGES': 'bank-charges',
  AMAZONFEE: 'marketplace-fee',
  CRUK: 'charity-commission',
  B: 'bad-debt',
};

/** Five digits and perhaps letters; gift vouchers; and what a partner shop sold. */
const product = /^(\d{5}[A-Za-z]*|gift_0001_\d+|DCGS[A-Z0-9]+|PADS)$/;

/** Why a line of a known customer's invoice is not about a product that was sold or came back; null when it is. */
export function reasonOf({ code, quantity }: LineRow, cancellation: boolean): Reason | null {
  const known = noProducts[code];
  if (known) return known;
  if (!product.test(code)) return 'unknown-code';
  return cancellation === quantity < 0 && quantity !== 0 ? null : 'adjustment';
}

/** Pounds as they stand in the file, in tenths of a penny: some prices are below a penny. */
export function tenthsOfPennies(price: string): number {
  return Math.round(Number(price) * 1_000);
}

export function pennies(tenths: number): number {
  return Math.round(tenths / 10);
}
