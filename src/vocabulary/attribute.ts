import type { JsonObject, JsonValue } from '../platform/json.js';
import type { Labels, Touchpoint } from './code-lists.js';

/** must and never bind whoever reads them; want and avoid ask. */
export const strengths = ['must', 'want', 'avoid', 'never'] as const;
export type Strength = (typeof strengths)[number];

/** How one field of several statements becomes one: each operator keeps the strictest. */
export const fieldMerges = ['and', 'intersect', 'union', 'min', 'max'] as const;
export type FieldMerge = (typeof fieldMerges)[number];

/** `replace`: the last wins. `union`: members accumulate by key. A map: field by field, the strictest of each. */
export type Merge = 'replace' | 'union' | Readonly<Record<string, FieldMerge>>;

/** Special attributes (GDPR Art. 9, or close to it) are never inferred, never bundled and never part of a category. */
export type Sensitivity = 'ordinary' | 'personal' | `special:${string}`;

/** The same thing in the words of others. */
export interface Mappings {
  readonly gs1?: string;
  readonly schema_org?: string;
  readonly dpv?: string;
  readonly ucp?: string;
  readonly xdm?: string;
}

/** What holds when a customer has stated nothing: a value, or in words what a retailer does without one. */
export interface AttributeDefault {
  readonly value: JsonValue | null;
  readonly text: Labels;
}

/** One thing that a customer can have a preference about, exactly as it is published. */
export interface Attribute {
  /** A dotted path; all but its last segment is the category. */
  readonly path: string;
  readonly category: string;
  readonly labels: Labels;
  readonly description: Labels;
  /** JSON Schema 2020-12 of the value. */
  readonly value_schema: JsonObject;
  readonly cardinality: 'one' | 'many';
  /** For many: the JSON pointer, into the value, of what tells one member from another. */
  readonly key_from: string | null;
  /** Whether keys are compared without regard to case and spacing, as names are and codes are not. */
  readonly key_folded: boolean;
  /** The code list that each coded field of the value draws on, by JSON pointer. */
  readonly code_lists: Readonly<Record<string, string>>;
  readonly merge: Merge;
  readonly strengths: readonly Strength[];
  readonly sensitivity: Sensitivity;
  /** Whether it may be suggested from what a customer does. */
  readonly inferable: boolean;
  /** Where a retailer may ever see it, whatever the customer consents to. */
  readonly touchpoints: readonly Touchpoint[];
  /** Every attribute says it since ccx-core 1.1.0. */
  readonly default?: AttributeDefault;
  readonly example: JsonValue;
  readonly mappings: Mappings;
  readonly status: 'active' | 'deprecated';
  /** The attribute that has taken its place, when it was renamed. */
  readonly alias_of: string | null;
  /** The retailer whose extension it is: nobody else's. Attributes of ccx-core have none. */
  readonly owner?: string;
}

export function isSpecial({ sensitivity }: Attribute): boolean {
  return sensitivity.startsWith('special:');
}

/** What an attribute belongs to: `food` of `food.diet`, `com.example` of `com.example.gift_wrap`. */
export function categoryOfPath(path: string): string {
  return path.slice(0, path.lastIndexOf('.'));
}

type Defaulted = 'category' | 'cardinality' | 'key_from' | 'key_folded' | 'code_lists' | 'status' | 'alias_of';

/** Completes the definition of an attribute with what most of them have in common. */
export function attribute(
  definition: Omit<Attribute, Defaulted> & Partial<Pick<Attribute, Exclude<Defaulted, 'category'>>>,
): Attribute {
  return {
    category: categoryOfPath(definition.path),
    cardinality: definition.key_from ? 'many' : 'one',
    key_from: null,
    key_folded: false,
    code_lists: {},
    status: 'active',
    alias_of: null,
    ...definition,
  };
}
