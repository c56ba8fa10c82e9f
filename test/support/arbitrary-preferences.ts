import * as fc from 'fast-check';

import type { JsonObject } from '../../src/platform/json.js';
import { type AppliesTo, type Context, days, type Preference } from '../../src/preferences/preference.js';
import { type PreparedDocument, prepareDocument } from '../../src/preferences/prepared.js';
import type { Question } from '../../src/preferences/resolve.js';
import type { Strength } from '../../src/vocabulary/attribute.js';
import { ccxCore100 } from '../../src/vocabulary/ccx-core/1.0.0.js';
import { Vocabulary } from '../../src/vocabulary/vocabulary.js';

/** Random profiles and questions, small enough in their choices that statements often meet. */

export const vocabulary = new Vocabulary(ccxCore100);

const RETAILERS = ['a0000000-0000-7000-8000-00000000000a', 'a0000000-0000-7000-8000-00000000000b'];
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
/** Around changes of the clocks in each of the zones, and an ordinary week. */
const WEEKS = ['2026-03-27', '2026-10-23', '2026-03-06', '2026-10-30', '2026-04-03', '2026-07-06'].map((day) =>
  Date.parse(`${day}T00:00:00Z`),
);

/** A minute of a week that may hold a change of the clocks. */
export const instant = fc
  .tuple(fc.constantFrom(...WEEKS), fc.integer({ min: 0, max: 7 * 1440 }))
  .map(([week, minute]) => new Date(week + minute * 60_000));

const clock = fc.integer({ min: 0, max: 47 }).map((half) => {
  const hours = String(Math.floor(half / 2)).padStart(2, '0');
  return `${hours}:${half % 2 ? '30' : '00'}`;
});

export const timeOfWeek = fc.record(
  { time_zone: fc.constantFrom(...ZONES), from: clock, to: clock, days: fc.subarray([...days], { minLength: 1 }) },
  { requiredKeys: ['time_zone', 'from', 'to'] },
);

const context: fc.Arbitrary<Context> = fc.record(
  {
    stage: fc.subarray(['exploring', 'shopping'] as const, { minLength: 1 }),
    touchpoint: fc.subarray(['till', 'web'] as const, { minLength: 1 }),
    place: fc.constantFrom({ country: 'DE' }, { country: 'DE', region: 'DE-BY' }, { store: '42' }),
    time: timeOfWeek,
    occasion: fc.constantFrom('gift', 'travel'),
  },
  { requiredKeys: [] },
);

const appliesTo: fc.Arbitrary<AppliesTo> = fc.constantFrom<AppliesTo>(
  { level: 'everyone' },
  { level: 'sector', sector: 'grocery' },
  { level: 'sector', sector: 'fashion' },
  ...RETAILERS.map((retailer_id) => ({ level: 'retailer', retailer_id }) as const),
);

const optionalFields = (fields: Record<string, fc.Arbitrary<unknown>>, required: string[] = []) =>
  fc.record(fields, { requiredKeys: required }).filter((value) => Object.keys(value).length > 0);

const values: Record<string, fc.Arbitrary<unknown>> = {
  'food.allergen': fc.record({ code: fc.constantFrom('AP', 'AE') }),
  'brand.affinity': fc.record({ brand: fc.constantFrom('Acme', 'Brand B') }),
  'receipt.delivery': fc.record({ form: fc.constantFrom('paper', 'email', 'none') }),
  'contact.marketing': optionalFields({
    email: fc.boolean(),
    sms: fc.boolean(),
    topics: fc.subarray(['offers', 'events', 'surveys']),
    max_per_week: fc.integer({ min: 0, max: 5 }),
  }),
  'fulfilment.substitution': optionalFields(
    { allowed: fc.boolean(), keep: fc.subarray(['brand', 'size', 'diet']), max_extra_percent: fc.nat(100) },
    ['allowed'],
  ),
};

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });

const preference: fc.Arbitrary<Omit<Preference, 'id'>> = fc.constantFrom(...Object.keys(values)).chain((attribute) =>
  fc
    .record({
      value: values[attribute]!,
      strength: fc.constantFrom<Strength>(...vocabulary.attribute(attribute)!.strengths),
      weight: sometimes(fc.integer({ min: 1, max: 100 })),
      applies_to: appliesTo,
      context: fc.option(context, { nil: undefined }),
      override: sometimes(fc.constant(true as const)),
      status: fc.constantFrom('active' as const, 'active' as const, 'active' as const, 'pending' as const),
      valid_from: sometimes(instant),
      valid_until: sometimes(instant),
      updated_at: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'),
    })
    .map(
      ({ value, context: given, valid_from, valid_until, ...rest }) =>
        JSON.parse(
          JSON.stringify({
            attribute,
            key: vocabulary.keyOf(attribute, value as JsonObject),
            value,
            ...rest,
            context: given && Object.keys(given).length > 0 ? given : undefined,
            provenance: { kind: 'stated', source: 'customer', at: rest.updated_at },
            valid_from: valid_from?.toISOString(),
            valid_until: valid_until?.toISOString(),
            version: 1,
            recorded_at: rest.updated_at,
          }),
        ) as Omit<Preference, 'id'>,
    ),
);

/** Some preferences, with ids that have nothing to do with their order. */
export const preferences: fc.Arbitrary<Preference[]> = fc
  .tuple(fc.array(preference, { maxLength: 12 }), fc.infiniteStream(fc.uuid()))
  .map(([all, ids]) => all.map((one) => ({ id: ids.next().value as string, ...one })));

export const question: fc.Arbitrary<Question> = fc.record({
  retailer: fc.constantFrom(null, ...RETAILERS),
  sectors: fc.subarray(['grocery', 'fashion']),
  touchpoint: fc.constantFrom(null, 'till', 'web'),
  stage: fc.constantFrom(null, 'exploring', 'shopping'),
  place: fc.constantFrom(null, { country: 'DE' }, { country: 'DE', region: 'DE-BY', store: '42' }),
  occasion: fc.constantFrom(null, 'gift'),
  at: instant,
});

/** The documents, one per category, that hold these preferences. */
export function documentsOf(all: readonly Preference[]): PreparedDocument[] {
  const categories = new Set(all.map(({ attribute }) => attribute.split('.')[0]!));
  return [...categories].map((category) =>
    prepareDocument(
      category,
      1,
      all.filter(({ attribute }) => attribute.startsWith(`${category}.`)),
    ),
  );
}
