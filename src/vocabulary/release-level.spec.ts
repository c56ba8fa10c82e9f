import fc from 'fast-check';

import type { JsonObject, JsonValue } from '../platform/json.js';
import { attribute, type Attribute } from './attribute.js';
import { ccxCore100 } from './ccx-core/1.0.0.js';
import { ccxCore110 } from './ccx-core/1.1.0.js';
import { differencesBetween, levelOf } from './release-level.js';
import type { Release } from './release.js';
import { Vocabulary } from './vocabulary.js';

const receipt = attribute({
  path: 'receipt.delivery',
  labels: { en: 'Receipt', de: 'Kassenbon' },
  description: { en: 'How you like it.', de: 'Wie Sie ihn möchten.' },
  value_schema: {
    type: 'object',
    properties: { form: { type: 'string', enum: ['paper', 'email'] }, copies: { type: 'integer', maximum: 3 } },
    required: ['form'],
    additionalProperties: false,
  },
  merge: 'replace',
  strengths: ['must', 'want'],
  sensitivity: 'ordinary',
  inferable: true,
  touchpoints: ['till', 'web'],
  default: { value: null, text: { en: 'You are asked.', de: 'Sie werden gefragt.' } },
  example: { form: 'paper' },
  mappings: {},
});

const release = (...attributes: Attribute[]): Release => ({ ...ccxCore110, version: '3.0.0', attributes });
const levelOfChange = (change: Partial<Attribute>) =>
  levelOf(differencesBetween(release(receipt), release({ ...receipt, ...change })));
const withSchema = (change: JsonObject) => ({ value_schema: { ...receipt.value_schema, ...change } });
const { properties } = receipt.value_schema as { properties: Record<string, JsonObject> };

describe('a change of an attribute', () => {
  it.each<[string, Partial<Attribute>, string | null]>([
    ['nothing', {}, null],
    ['another label', { labels: { en: 'Bill', de: 'Bon' } }, 'patch'],
    ['another example', { example: { form: 'email' } }, 'patch'],
    ['another mapping', { mappings: { gs1: 'gs1:x' } }, 'patch'],
    [
      'a member described',
      withSchema({ properties: { ...properties, copies: { ...properties['copies']!, description: 'x' } } }),
      'patch',
    ],
    ['another default', { default: { value: { form: 'email' }, text: receipt.default!.text } }, 'minor'],
    ['one more member', withSchema({ properties: { ...properties, gift: { type: 'boolean' } } }), 'minor'],
    [
      'one more code',
      withSchema({ properties: { ...properties, form: { type: 'string', enum: ['paper', 'email', 'app'] } } }),
      'minor',
    ],
    ['nothing required', withSchema({ required: [], minProperties: 1 }), 'minor'],
    ['one more strength', { strengths: ['must', 'want', 'never'] }, 'minor'],
    ['deprecated', { status: 'deprecated' }, 'minor'],
    ['no longer inferable', { inferable: false }, 'minor'],
    [
      'one code less',
      withSchema({ properties: { ...properties, form: { type: 'string', enum: ['paper'] } } }),
      'major',
    ],
    [
      'a lower maximum',
      withSchema({ properties: { ...properties, copies: { type: 'integer', maximum: 2 } } }),
      'major',
    ],
    [
      'a minimum where there was none',
      withSchema({ properties: { ...properties, copies: { type: 'integer', maximum: 3, minimum: 0 } } }),
      'major',
    ],
    ['a member less', withSchema({ properties: { form: properties['form']! } }), 'major'],
    ['one more required', withSchema({ required: ['form', 'copies'] }), 'major'],
    ['more members required than there were', withSchema({ minProperties: 2 }), 'major'],
    ['one strength less', { strengths: ['want'] }, 'major'],
    ['a touchpoint less', { touchpoints: ['till'] }, 'major'],
    ['one more touchpoint', { touchpoints: ['till', 'web', 'app'] }, 'major'],
    ['another way of merging', { merge: { form: 'union', copies: 'max' } }, 'major'],
    ['a key', { key_from: '/form' }, 'major'],
    ['another sensitivity', { sensitivity: 'personal' }, 'major'],
    ['another name', { status: 'deprecated', alias_of: 'receipt.form' }, 'major'],
  ])('%s', (_, change, level) => {
    expect(levelOfChange(change)).toBe(level);
  });

  it('counts as much as the most of what changes', () => {
    const after = release({ ...receipt, labels: { en: 'Bill', de: 'Bon' }, strengths: ['want'] });
    expect(levelOf(differencesBetween(release(receipt), after))).toBe('major');
  });
});

describe('a change of a release', () => {
  it('is a minor when an attribute is added, a major when one is gone', () => {
    const other = { ...receipt, path: 'receipt.copies' };
    expect(levelOf(differencesBetween(release(receipt), release(receipt, other)))).toBe('minor');
    expect(levelOf(differencesBetween(release(receipt, other), release(receipt)))).toBe('major');
  });

  it('has been a minor from 1.0.0 to 1.1.0', () => {
    expect(levelOf(differencesBetween(ccxCore100, ccxCore110))).toBe('minor');
  });
});

/** Schemas of the forms that a vocabulary may have. */
const anySchema = fc.letrec<{ any: JsonObject; object: JsonObject }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ type: fc.constant('boolean') }),
    bounded('integer', 'minimum', 'maximum'),
    bounded('number', 'minimum', 'maximum'),
    bounded('string', 'minLength', 'maxLength').map((schema) => withoutNegatives(schema)),
    fc
      .uniqueArray(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1 })
      .map((codes): JsonObject => ({ type: 'string', enum: codes })),
    fc
      .tuple(
        bounded('array', 'minItems', 'maxItems').map((schema) => withoutNegatives(schema)),
        tie('any'),
        fc.boolean(),
      )
      .map(([schema, items, unique]): JsonObject => {
        const uniqueItems = unique && items.type !== 'array' && items.type !== 'object';
        return { ...schema, items, uniqueItems };
      }),
    tie('object'),
  ),
  object: fc
    .tuple(
      fc.dictionary(fc.constantFrom('p', 'q', 'r'), tie('any'), { maxKeys: 3 }),
      fc.subarray(['p', 'q', 'r']),
      fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    )
    .map(([members, required, minProperties]): JsonObject => ({
      type: 'object',
      properties: members,
      required: required.filter((name) => name in members),
      additionalProperties: false,
      ...(minProperties !== undefined && { minProperties }),
    })),
}));

function bounded(type: string, least: string, most: string): fc.Arbitrary<JsonObject> {
  const bound = fc.option(fc.integer({ min: -2, max: 3 }), { nil: undefined });
  return fc.tuple(bound, bound).map(([low, high]) => ({
    type,
    ...(low !== undefined && { [least]: low }),
    ...(high !== undefined && { [most]: high }),
  }));
}

function withoutNegatives(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => typeof value !== 'number' || value >= 0));
}

/** Values that such schemas may well take. */
const anyValue: fc.Arbitrary<JsonValue> = fc.letrec<{ any: JsonValue }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.boolean(),
    fc.integer({ min: -3, max: 4 }),
    fc.constant(1.5),
    fc.constantFrom('', 'a', 'b', 'c', 'aaaa'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('p', 'q', 'r'), tie('any'), { maxKeys: 3 }),
  ),
})).any;

describe('what is not a major', () => {
  it('never makes a valid value invalid', () => {
    let compared = 0;
    fc.assert(
      fc.property(
        anySchema.object,
        anySchema.object,
        fc.boolean(),
        fc.array(fc.dictionary(fc.constantFrom('p', 'q', 'r'), anyValue, { maxKeys: 3 }), {
          minLength: 10,
          maxLength: 10,
        }),
        (first, second, alike, values) => {
          // Two schemas that have nothing to do with each other are seldom comparable: half of them share members.
          const before = { ...receipt, value_schema: first };
          const members = { ...(second.properties as JsonObject), ...(alike && (first.properties as JsonObject)) };
          const after = { ...receipt, value_schema: { ...second, properties: members } };
          if (levelOf(differencesBetween(release(before), release(after))) === 'major') return;
          compared++;
          const [was, is] = [new Vocabulary(release(before)), new Vocabulary(release(after))];
          for (const value of values) {
            if (was.checkValue(receipt.path, value).length > 0) continue;
            expect(is.checkValue(receipt.path, value)).toEqual([]);
          }
        },
      ),
      { numRuns: 1000 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});
