export const writers = ['customer', 'delegate'] as const;

/** Who brought a preference into a state. */
export interface WrittenBy {
  readonly kind: (typeof writers)[number];
  /** The delegation by which somebody acted for the customer. */
  readonly delegation_id: string | null;
  /** What the customer calls them. Delegates are not told how others are called, nor themselves. */
  readonly name: string | null;
}

export const byCustomer: WrittenBy = { kind: 'customer', delegation_id: null, name: null };

/** @param names What the customer calls those to whom they gave these delegations. */
export function writtenBy(delegationId: string | null, names: ReadonlyMap<string, string>): WrittenBy {
  if (delegationId === null) return byCustomer;
  return { kind: 'delegate', delegation_id: delegationId, name: names.get(delegationId) ?? null };
}
