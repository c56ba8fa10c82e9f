import * as fc from 'fast-check';

import type { JsonObject } from '../../src/platform/json.js';
import {
  type AppliesTo,
  type Context,
  days,
  type Preference,
  type TimeOfWeek,
} from '../../src/preferences/preference.js';
import { type PreparedDocument, prepareDocument } from '../../src/preferences/prepared.js';
import type { Question } from '../../src/preferences/resolve.js';
import { attribute, type Strength } from '../../src/vocabulary/attribute.js';
import { ccxCore100 } from '../../src/vocabulary/ccx-core/1.0.0.js';
import { integer, object } from '../../src/vocabulary/schemas.js';
import { Vocabulary } from '../../src/vocabulary/vocabulary.js';

/** Random profiles and questions, small enough in their choices that statements often meet. */

/** Merged in a way that no released attribute is. */
const rating = attribute({
  path: 'quality.rating',
  labels: { en: 'Rating', de: 'Bewertung' },
  description: { en: 'The least stars, and the most.', de: 'Die wenigsten und die meisten Sterne.' },
  value_schema: object({ least: integer(0, 5, 'The least stars'), most: integer(0, 5, 'The most stars') }),
  merge: { least: 'max', most: 'min' },
  strengths: ['must', 'want', 'avoid', 'never'],
  sensitivity: 'ordinary',
  inferable: false,
  touchpoints: ['till', 'web'],
  example: { least: 3 },
  mappings: {},
});

export const vocabulary = new Vocabulary({ ...ccxCore100, attributes: [...ccxCore100.attributes, rating] });

const RETAILERS = ['a0000000-0000-7000-8000-00000000000a', 'a0000000-0000-7000-8000-00000000000b'] as const;

/** Time zones, each with the UTC days of 2026 on which its clocks change. */
const CHANGES_OF_CLOCKS: Readonly<Record<string, readonly string[]>> = {
  'Europe/Berlin': ['2026-03-29', '2026-10-25'],
  'Europe/London': ['2026-03-29', '2026-10-25'],
  'America/New_York': ['2026-03-08', '2026-11-01'],
  'America/St_Johns': ['2026-03-08', '2026-11-01'],
  'Australia/Lord_Howe': ['2026-04-04', '2026-10-03'], // by half an hour
  'Pacific/Chatham': ['2026-04-04', '2026-09-26'], // twelve hours and three quarters ahead
  'Africa/Cairo': ['2026-04-23', '2026-10-29'], // at midnight
  'Asia/Kolkata': [],
  UTC: [],
};
const ZONES = Object.keys(CHANGES_OF_CLOCKS);
const ORDINARY = '2026-07-06';

const minutesAround = (day: string) =>
  fc.integer({ min: -1440, max: 3 * 1440 }).map((minute) => new Date(Date.parse(day) + minute * 60_000));

/** A minute of some days that may hold a change of the clocks. */
export const instant = fc
  .constantFrom(ORDINARY, ...new Set(Object.values(CHANGES_OF_CLOCKS).flat()))
  .chain((day) => minutesAround(day));

const clock = fc.integer({ min: 0, max: 95 }).map((quarter) => {
  const hours = String(Math.floor(quarter / 4)).padStart(2, '0');
  return `${hours}:${String((quarter % 4) * 15).padStart(2, '0')}`;
});
/** Where clocks change, and where days do. */
const nightClock = fc.constantFrom('00:00', '00:30', '01:00', '01:30', '02:00', '02:30', '03:00', '22:00');

export const timeOfWeek: fc.Arbitrary<TimeOfWeek> = fc.record(
  {
    time_zone: fc.constantFrom(...ZONES),
    from: fc.oneof(clock, nightClock),
    to: fc.oneof(clock, nightClock, fc.constant('24:00')),
    days: fc.subarray([...days], { minLength: 1 }),
  },
  { requiredKeys: ['time_zone', 'from', 'to'] },
);

/** As one may also write it: with days alone, or with one end of the hours. */
const loosely: fc.Arbitrary<TimeOfWeek> = timeOfWeek.chain(({ time_zone, from, to, days: named }) =>
  fc.constantFrom<TimeOfWeek>(
    { time_zone, days: named ?? ['sun'] },
    { time_zone, from, days: named },
    { time_zone, to, days: named },
  ),
);

const someContext: fc.Arbitrary<Context> = fc.record(
  {
    stage: fc.subarray(['exploring', 'shopping'] as const, { minLength: 1 }),
    touchpoint: fc.subarray(['till', 'web'] as const, { minLength: 1 }),
    place: fc.constantFrom({ country: 'DE' }, { country: 'DE', region: 'DE-BY' }, { store: '42' }),
    time: fc.oneof({ arbitrary: timeOfWeek, weight: 3 }, loosely),
    occasion: fc.constantFrom('gift', 'travel'),
  },
  { requiredKeys: [] },
);
const hours: fc.Arbitrary<Context> = fc.record({ time: timeOfWeek });
/** Several of these may match, and some of them are equally specific. */
const fewPredicates = fc.constantFrom<Context>(
  { stage: ['shopping'] },
  { touchpoint: ['till'] },
  { occasion: 'gift' },
  { place: { country: 'DE', region: 'DE-BY' } },
  { place: { country: 'DE', region: 'DE-BY' } },
);
const context = fc.oneof(someContext, hours, fewPredicates, fc.constant(undefined));

const appliesTo: fc.Arbitrary<AppliesTo> = fc.constantFrom<AppliesTo>(
  { level: 'everyone' },
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
  'quality.rating': optionalFields({ least: fc.nat(5), most: fc.nat(5) }),
};

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary, weight: 1 }, { arbitrary: fc.constant(undefined), weight: 4 });
const dates = fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z');

/** A preference about one of these attributes. When it was stated and when it last changed are two things. */
const preference = (attributes: readonly string[]): fc.Arbitrary<Omit<Preference, 'id'>> =>
  fc.constantFrom(...attributes).chain((path) =>
    fc
      .record({
        value: values[path]!,
        strength: fc.constantFrom<Strength>(...vocabulary.attribute(path)!.strengths),
        weight: sometimes(fc.integer({ min: 1, max: 100 })),
        applies_to: appliesTo,
        context,
        override: sometimes(fc.constant(true as const)),
        status: fc.constantFrom(...Array<'active'>(7).fill('active'), 'pending' as const),
        valid_from: sometimes(instant),
        valid_until: sometimes(instant),
        stated_at: dates,
        imported_at: sometimes(dates),
        updated_at: dates,
      })
      .map(
        ({ value, context: given, valid_from, valid_until, stated_at, imported_at, ...rest }) =>
          JSON.parse(
            JSON.stringify({
              attribute: path,
              key: vocabulary.keyOf(path, value as JsonObject),
              value,
              ...rest,
              context: given && Object.keys(given).length > 0 ? given : undefined,
              provenance: imported_at
                ? { ...imported, at: imported_at, original: { ...stated, at: stated_at } }
                : { ...stated, at: stated_at },
              valid_from: valid_from?.toISOString(),
              valid_until: valid_until?.toISOString(),
              version: 1,
              recorded_at: rest.updated_at,
            }),
          ) as Omit<Preference, 'id'>,
      ),
  );

const stated = { kind: 'stated', source: 'customer' };
const imported = { kind: 'imported', source: 'another broker' };

/** Some preferences, mostly about the same few things, with ids that have nothing to do with their order. */
export const preferences: fc.Arbitrary<Preference[]> = fc
  .subarray(Object.keys(values), { minLength: 1, maxLength: 2 })
  .chain((attributes) => fc.tuple(fc.array(preference(attributes), { maxLength: 12 }), fc.infiniteStream(fc.uuid())))
  .map(([all, ids]) => all.map((one) => ({ id: ids.next().value as string, ...one })));

/** Mostly with all that can be said, so that much applies. */
export const question: fc.Arbitrary<Question> = fc.record({
  retailer: fc.constantFrom(RETAILERS[0], RETAILERS[0], RETAILERS[1], null),
  sectors: fc.constantFrom(['grocery'], ['grocery', 'fashion'], ['fashion'], []),
  touchpoint: fc.constantFrom('till', 'till', 'web', null),
  stage: fc.constantFrom('shopping', 'shopping', 'exploring', null),
  place: fc.constantFrom(
    { country: 'DE', region: 'DE-BY', store: '42' },
    { country: 'DE', region: 'DE-BY', store: '42' },
    { country: 'DE' },
    null,
  ),
  occasion: fc.constantFrom('gift', 'gift', null),
  at: fc.oneof(
    { arbitrary: instant, weight: 3 },
    fc.tuple(instant, fc.nat(59_999)).map(([at, ms]) => new Date(at.getTime() + ms)),
  ),
});

/** A profile and a question about it. */
export type Case = readonly [all: Preference[], asked: Question];

/** All hours on the clocks of one zone, about the time when these change. */
const aboutAChange: fc.Arbitrary<Case> = fc
  .constantFrom(...ZONES.filter((zone) => CHANGES_OF_CLOCKS[zone]!.length > 0))
  .chain((zone) => {
    const at = fc.constantFrom(...CHANGES_OF_CLOCKS[zone]!).chain(minutesAround);
    const onItsClocks = (one: Preference): Preference =>
      one.context?.time ? { ...one, context: { ...one.context, time: { ...one.context.time, time_zone: zone } } } : one;
    return fc
      .tuple(preferences, question, at)
      .map(([all, asked, when]) => [all.map(onItsClocks), { ...asked, at: when }]);
  });

export const anyCase: fc.Arbitrary<Case> = fc.oneof(fc.tuple(preferences, question), aboutAChange);

/** The documents, one per category, that hold these preferences. */
export function documentsOf(all: readonly Preference[]): PreparedDocument[] {
  const categories = new Set(all.map(({ attribute: path }) => path.split('.')[0]!));
  return [...categories].map((category) =>
    prepareDocument(
      category,
      1,
      all.filter(({ attribute: path }) => path.startsWith(`${category}.`)),
    ),
  );
}
