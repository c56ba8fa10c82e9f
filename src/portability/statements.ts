import { defined } from '../preferences/draft.js';
import { type AppliesTo, type Context, type Origin, type Preference, statedAt } from '../preferences/preference.js';
import type { JsonObject, JsonValue } from '../platform/json.js';

/** A retailer as another broker can find it: ids differ between brokers. */
export interface RetailerReference {
  readonly website: string;
  readonly name: string;
}

/** To whom a statement applies, in words that mean the same at every broker. */
export type PortableAppliesTo =
  Exclude<AppliesTo, { level: 'retailer' }> | { readonly level: 'retailer'; readonly retailer: RetailerReference };

/**
 * What a customer states, without what belongs to one broker alone: no id, no key (it follows from the value), no
 * version, no time of arrival. Its provenance is that of the customer's own words, however often it was carried along.
 */
export interface PortableStatement {
  readonly attribute: string;
  readonly value: JsonValue;
  readonly strength: string;
  readonly weight?: number;
  readonly applies_to: PortableAppliesTo;
  readonly context?: Context;
  readonly override?: true;
  readonly valid_from?: string;
  readonly valid_until?: string;
  readonly review_after?: string;
  readonly provenance: Origin;
}

/**
 * What somebody takes along of their profile: what is pending is not theirs yet.
 *
 * In the order in which it was last stated, since of equally specific statements the later one holds: whoever takes it
 * in in this order answers every question as it is answered here.
 */
export function portableStatements(
  preferences: readonly Preference[],
  retailers: ReadonlyMap<string, RetailerReference>,
): JsonObject[] {
  return preferences
    .filter(({ status }) => status === 'active')
    .toSorted((a, b) => Date.parse(statedAt(a)) - Date.parse(statedAt(b)) || compare(a.id, b.id))
    .map((preference) => portable(preference, retailers) as unknown as JsonObject);
}

function portable(
  { attribute, value, strength, weight, applies_to, context, override, ...rest }: Preference,
  retailers: ReadonlyMap<string, RetailerReference>,
): PortableStatement {
  const { valid_from, valid_until, review_after, provenance } = rest;
  return defined<PortableStatement>({
    attribute,
    value,
    strength,
    weight,
    applies_to: applies_to.level === 'retailer' ? named(applies_to.retailer_id, retailers) : applies_to,
    context,
    override,
    valid_from,
    valid_until,
    review_after,
    provenance: originOf(provenance),
  });
}

function named(id: string, retailers: ReadonlyMap<string, RetailerReference>): PortableAppliesTo {
  const retailer = retailers.get(id);
  if (!retailer) throw new Error(`A preference names the retailer ${id}, which is not there.`);
  return { level: 'retailer', retailer: { website: retailer.website, name: retailer.name } };
}

/**
 * How, from whom and when something was stated before it was carried anywhere; of what was imported, as the file of the
 * other broker has it, whether or not that could be verified.
 */
export function originOf({ original, kind, source, at }: Preference['provenance']): Origin {
  return original ?? { kind, source, at };
}

// By code unit: the same everywhere, unlike a comparison by locale.
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
