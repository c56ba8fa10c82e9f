import { defined, identityOf, type Statement } from '../preferences/draft.js';
import { type Preference, statedAt } from '../preferences/preference.js';

/**
 * Why a statement for the first retailer is not copied: it was inferred and not stated; it is not confirmed yet; its time
 * is up; it is about one of the first retailer's stores, or about something that the other retailer does not know; or
 * the same is stated for the other retailer already.
 */
export const leftReasons = ['inferred', 'pending', 'over', 'store', 'attribute', 'exists'] as const;
export type LeftReason = (typeof leftReasons)[number];

export interface LeftOverride {
  readonly preference: Preference;
  readonly reason: LeftReason;
}

/** What customers state for one retailer in particular, as far as it can be stated for another one. */
export interface Overrides {
  /** From the oldest to the newest, so that the copies follow one another in the same order. */
  readonly copied: readonly Preference[];
  readonly left: readonly LeftOverride[];
}

export interface Copying {
  readonly from: string;
  readonly to: string;
  /** Whether the same can be said to the other retailer. */
  readonly canBeSaid: (preference: Preference) => boolean;
}

/** Which statements for one retailer are copied to another one. What is stated for that one already is kept. */
export function overridesOf(profile: Iterable<Preference>, { from, to, canBeSaid }: Copying, now: Date): Overrides {
  const all = [...profile].toSorted(byAge);
  const stated = new Set(all.map(identityOf));
  const judged = all
    .filter(({ applies_to }) => applies_to.level === 'retailer' && applies_to.retailer_id === from)
    .map((preference) => {
      const exists = stated.has(identityOf(statementFor(preference, to)));
      return {
        preference,
        reason:
          reasonAgainst(preference, now) ?? (canBeSaid(preference) ? null : 'attribute') ?? (exists ? 'exists' : null),
      };
    });
  return {
    copied: judged.flatMap(({ preference, reason }) => (reason === null ? [preference] : [])),
    left: judged.flatMap(({ preference, reason }) => (reason === null ? [] : [{ preference, reason }])),
  };
}

/** The same, said of another retailer. */
export function statementFor(preference: Preference, retailerId: string): Statement {
  const { attribute, key, value, strength, weight, context, override } = preference;
  const { valid_from, valid_until, review_after } = preference;
  const applies_to = { level: 'retailer', retailer_id: retailerId } as const;
  const said = { attribute, key, value, strength, weight, applies_to, context, override };
  return defined<Statement>({ ...said, valid_from, valid_until, review_after });
}

function reasonAgainst({ context, provenance, status, valid_until }: Preference, now: Date): LeftReason | null {
  if (provenance.kind === 'inferred_confirmed' || provenance.original?.kind === 'inferred_confirmed') return 'inferred';
  if (status === 'pending') return 'pending';
  if (valid_until !== undefined && Date.parse(valid_until) <= now.getTime()) return 'over';
  return context?.place?.store === undefined ? null : 'store';
}

function byAge(one: Preference, other: Preference): number {
  const [then, later] = [statedAt(one), statedAt(other)];
  if (then < later) return -1;
  return then > later || one.id > other.id ? 1 : -1;
}
