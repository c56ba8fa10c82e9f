import type { FieldError } from '../platform/errors.js';
import { canonicalJson, type JsonObject, type JsonValue } from '../platform/json.js';
import { isTimeZone } from '../platform/zone.js';
import type { Attribute, Strength } from '../vocabulary/attribute.js';
import { stages, touchpoints } from '../vocabulary/code-lists.js';
import { upcast } from '../vocabulary/upcast.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { type AppliesTo, type Context, days, type Origin, type Place, type Preference } from './preference.js';
import { isTaken } from './understood.js';

/** What a customer says in one preference; the rest of it is made here. */
export interface Draft {
  readonly attribute: string;
  readonly value: JsonValue;
  readonly strength: Strength;
  readonly weight?: number;
  readonly applies_to: AppliesTo;
  readonly context?: Context;
  readonly override?: true;
  readonly valid_from?: string;
  readonly valid_until?: string;
  readonly review_after?: string;
  /** Of what is imported: who stated it first, where and when. */
  readonly original?: Origin;
}

/** A draft in the canonical codes of a vocabulary, with its key. */
export type Statement = Draft & Pick<Preference, 'key'>;

export const LARGEST_VALUE_BYTES = 4096;

/**
 * What is wrong with a draft beyond its form; empty when nothing is.
 *
 * @param at The JSON pointer of the draft in the request.
 */
export function checkDraft(draft: Draft, vocabulary: Vocabulary, at: string): FieldError[] {
  const faults = [...checkStatement(draft, vocabulary), ...checkContext(draft), ...checkPeriod(draft)];
  return faults.map(({ pointer, detail }) => ({ pointer: at + pointer, detail }));
}

function checkStatement(
  { attribute: path, value, strength, weight, applies_to }: Draft,
  vocabulary: Vocabulary,
): FieldError[] {
  const attribute = vocabulary.attribute(path);
  if (!attribute) {
    const detail = `is not an attribute of ccx-core ${vocabulary.version}: /v1/vocabularies/ccx-core lists them`;
    return [{ pointer: '/attribute', detail }];
  }
  if (attribute.alias_of) return [{ pointer: '/attribute', detail: `is now called ${attribute.alias_of}` }];
  const faults = checkOwner(attribute, applies_to);
  const size = Buffer.byteLength(JSON.stringify(value));
  if (size > LARGEST_VALUE_BYTES) {
    faults.push({ pointer: '/value', detail: `must be at most ${LARGEST_VALUE_BYTES} bytes of JSON; it is ${size}` });
  } else {
    for (const fault of vocabulary.checkValue(path, value)) {
      faults.push({ pointer: `/value${fault.pointer}`, detail: fault.detail });
    }
  }
  if (!attribute.strengths.includes(strength)) {
    faults.push({ pointer: '/strength', detail: `must be ${attribute.strengths.join(' or ')} for ${path}` });
  }
  if (weight !== undefined && strength !== 'want' && strength !== 'avoid') {
    faults.push({ pointer: '/weight', detail: 'is only for want and avoid' });
  }
  return faults;
}

/** What a retailer has added to the vocabulary for itself is said to that retailer alone. */
function checkOwner({ owner }: Attribute, applies_to: AppliesTo): FieldError[] {
  const isToOwner = applies_to.level === 'retailer' && applies_to.retailer_id === owner;
  return owner === undefined || isToOwner
    ? []
    : [{ pointer: '/applies_to', detail: 'must name the one retailer that has this attribute' }];
}

/** What keeps something new from being said about an attribute that may be fine in what was said before. */
export function checkNew({ attribute: path }: Draft, vocabulary: Vocabulary, at: string): FieldError[] {
  const attribute = vocabulary.attribute(path);
  return attribute?.status === 'deprecated' && attribute.alias_of === null
    ? [{ pointer: `${at}/attribute`, detail: 'is deprecated: what was said stays, nothing new is said about it' }]
    : [];
}

/** What a release will not take that comes into force soon. */
export function checkComing(draft: Draft, vocabulary: Vocabulary, coming: Vocabulary, at: string): FieldError[] {
  const says = statementOf(draft, vocabulary);
  const upcasts = coming.upcastsSince(vocabulary.version);
  const then = upcasts.reduce<Pick<Draft, 'attribute' | 'value' | 'strength'> | null>(
    (statement, steps) => statement && upcast(statement, steps),
    says,
  );
  return !then || isTaken(then, coming)
    ? []
    : [
        {
          pointer: `${at}/value`,
          detail: `is not valid under ccx-core ${coming.version}, which comes into force soon`,
        },
      ];
}

function checkContext({ applies_to, context }: Draft): FieldError[] {
  if (!context) return [];
  const { place, time } = context;
  const faults: FieldError[] = [];
  if (Object.keys(context).length === 0) faults.push({ pointer: '/context', detail: 'must name something' });
  if (place && Object.keys(place).length === 0)
    faults.push({ pointer: '/context/place', detail: 'must name something' });
  if (place?.country && place.region && !place.region.startsWith(`${place.country}-`)) {
    faults.push({ pointer: '/context/place/region', detail: `is not in ${place.country}` });
  }
  if (place?.store && applies_to.level !== 'retailer') {
    faults.push({ pointer: '/context/place/store', detail: 'needs applies_to to name the retailer of the store' });
  }
  if (time && !isTimeZone(time.time_zone)) {
    faults.push({ pointer: '/context/time/time_zone', detail: 'is not a zone of the IANA time zone database' });
  }
  if (time && !time.from && !time.to && !time.days) {
    faults.push({ pointer: '/context/time', detail: 'must name hours or days' });
  }
  return faults;
}

function checkPeriod({ valid_from, valid_until }: Draft): FieldError[] {
  return valid_from && valid_until && valid_until <= valid_from
    ? [{ pointer: '/valid_until', detail: 'must be after valid_from' }]
    : [];
}

/** The context in one of its many spellings: what is listed comes in the order of its code list. */
export function canonicalContext({ stage, touchpoint, place, time, occasion }: Context): Context {
  return {
    ...(stage && { stage: stages.filter((one) => stage.includes(one)) }),
    ...(touchpoint && { touchpoint: touchpoints.filter((one) => touchpoint.includes(one)) }),
    ...(place && { place: defined<Place>({ country: place.country, region: place.region, store: place.store }) }),
    ...(time && {
      time: {
        time_zone: time.time_zone,
        ...defined({ from: time.from, to: time.to }),
        ...(time.days && { days: days.filter((day) => time.days?.includes(day)) }),
      },
    }),
    ...(occasion !== undefined && { occasion }),
  };
}

/** What tells one preference from another. */
export type Identified = Pick<Preference, 'attribute' | 'key' | 'applies_to' | 'context'>;

/** Two preferences with the same identity say the same thing twice, whatever their values. */
export function identityOf(statement: Identified): string {
  const { attribute, key, applies_to, context } = statement;
  return canonicalJson([attribute, key, applies_to, (context ?? null) as JsonObject | null]);
}

/** What a draft comes to under a vocabulary: its value in canonical codes, and its key. */
export function statementOf(draft: Draft, vocabulary: Vocabulary): Statement {
  const value = vocabulary.canonical(draft.attribute, draft.value);
  return { ...draft, value, key: vocabulary.keyOf(draft.attribute, value) };
}

/** The object without the members that are undefined. */
export function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
