import { strongEtag } from '../platform/http/etag.js';
import type { JsonValue } from '../platform/json.js';
import type { Strength } from '../vocabulary/attribute.js';
import type { Sector, Stage, Touchpoint } from '../vocabulary/code-lists.js';

export const levels = ['everyone', 'sector', 'retailer'] as const;
export type Level = (typeof levels)[number];

/** To whom a preference applies. */
export type AppliesTo =
  | { readonly level: 'everyone' }
  | { readonly level: 'sector'; readonly sector: Sector }
  | { readonly level: 'retailer'; readonly retailer_id: string };

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof days)[number];

export interface Place {
  /** ISO 3166-1 alpha-2 */
  readonly country?: string;
  /** ISO 3166-2 */
  readonly region?: string;
  /** A store, as its retailer calls it. */
  readonly store?: string;
}

/** Hours of the clock on the wall, on some days of the week or on all. The days are those on which the hours begin. */
export interface TimeOfWeek {
  readonly time_zone: string;
  readonly from?: string;
  /** Not after `from`: the next day. */
  readonly to?: string;
  readonly days?: readonly Day[];
}

/** When a preference holds: all that is named must match. */
export interface Context {
  readonly stage?: readonly Stage[];
  readonly touchpoint?: readonly Touchpoint[];
  readonly place?: Place;
  readonly time?: TimeOfWeek;
  readonly occasion?: string;
}

export const statuses = ['active', 'pending'] as const;
/** A pending one is imported and has no effect until the customer confirms it. */
export type Status = (typeof statuses)[number];

export const provenances = ['stated', 'imported', 'inferred_confirmed'] as const;

/** How, from whom and when something came to be stated. */
export interface Origin {
  readonly kind: (typeof provenances)[number];
  /** Who or what it came from. */
  readonly source: string;
  readonly at: string;
}

export interface Provenance extends Origin {
  /** Of an imported one: what it was before it came here. */
  readonly original?: Origin;
}

/** One statement of a customer, as it is stored and as it is answered. */
export interface Preference {
  readonly id: string;
  readonly attribute: string;
  readonly key: string | null;
  readonly value: JsonValue;
  readonly strength: Strength;
  readonly weight?: number;
  readonly applies_to: AppliesTo;
  readonly context?: Context;
  /** Lets it weaken what is said more generally, where merging would keep the stricter. */
  readonly override?: true;
  readonly provenance: Provenance;
  readonly status: Status;
  readonly valid_from?: string;
  readonly valid_until?: string;
  readonly review_after?: string;
  readonly version: number;
  readonly recorded_at: string;
  readonly updated_at: string;
}

/**
 * When the customer stated it, at whatever broker. To confirm it or to carry it elsewhere makes it no newer, and so
 * changes nothing about which one wins.
 */
export function statedAt({ provenance: { original, at } }: Pick<Preference, 'provenance'>): string {
  return original?.at ?? at;
}

/** The validator of a preference, for If-Match. */
export function preferenceEtag({ id, version }: Preference): string {
  return strongEtag(id, version);
}
