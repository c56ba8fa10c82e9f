import type { JsonObject, JsonValue } from '../platform/json.js';
import { ccxCore110 } from './ccx-core/1.1.0.js';
import { patternsOf } from './attribute-rules.js';
import { faultsOfValueSchema, LARGEST_SCHEMA_BYTES } from './value-schema-rules.js';

const known = patternsOf(ccxCore110);
const faultsOf = (schema: JsonObject) => faultsOfValueSchema(schema, '/value_schema', known);
const object = (properties: Record<string, JsonValue>, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
});
const nested = (depth: number): JsonObject => (depth === 0 ? { type: 'boolean' } : object({ a: nested(depth - 1) }));

describe('a schema from outside', () => {
  it('may be one like those that the vocabulary has, but for the codes of long lists', () => {
    const short = ccxCore110.attributes.filter(
      ({ value_schema }) => JSON.stringify(value_schema).length <= LARGEST_SCHEMA_BYTES,
    );
    expect(short.flatMap(({ value_schema }) => faultsOf(value_schema))).toEqual([]);
  });

  it('may hold four schemas in one another', () => {
    expect(faultsOf(nested(3))).toEqual([]);
  });

  it.each<[string, JsonObject, string]>([
    ['is deeper', nested(4), '/value_schema/properties/a/properties/a/properties/a/properties/a'],
    ['is no object', { type: 'string', maxLength: 5 }, '/value_schema/type'],
    ['leads elsewhere', object({ a: { $ref: 'https://evil.example/schema.json' } }), '/value_schema/properties/a/type'],
    ['leads elsewhere besides', object({ a: { type: 'boolean', $ref: '#' } }), '/value_schema/properties/a/$ref'],
    ['has a name of its own', object({}, { $id: 'https://ccx.example/x' }), '/value_schema/$id'],
    [
      'has a pattern',
      object({ a: { type: 'string', maxLength: 9, pattern: '^(a+)+$' } }),
      '/value_schema/properties/a/pattern',
    ],
    [
      'has patterns for names',
      object({}, { patternProperties: { a: { type: 'boolean' } } }),
      '/value_schema/patternProperties',
    ],
    ['chooses', object({ a: { type: 'boolean', oneOf: [] } }), '/value_schema/properties/a/oneOf'],
    ['takes several types', object({ a: { type: ['string', 'null'] } }), '/value_schema/properties/a/type'],
    ['is open', { type: 'object', properties: {} }, '/value_schema/additionalProperties'],
    ['describes nothing', { type: 'object', additionalProperties: false }, '/value_schema/properties'],
    ['has a text without end', object({ a: { type: 'string' } }), '/value_schema/properties/a/maxLength'],
    [
      'has a list without end',
      object({ a: { type: 'array', items: { type: 'boolean' } } }),
      '/value_schema/properties/a/maxItems',
    ],
    ['has a list of nothing', object({ a: { type: 'array', maxItems: 3 } }), '/value_schema/properties/a/items'],
    [
      'tells objects from each other',
      object({ a: { type: 'array', items: object({}), maxItems: 3, uniqueItems: true } }),
      '/value_schema/properties/a/uniqueItems',
    ],
    ['has a limit that is none', object({ a: { type: 'string', maxLength: -1 } }), '/value_schema'],
    ['requires what it does not describe', object({}, { required: ['a'] }), '/value_schema'],
    ['holds no schema', object({ a: true }), '/value_schema/properties/a'],
    ['is longer than 4 KiB', object({ a: { type: 'string', enum: ['x'.repeat(4096)] } }), '/value_schema'],
  ])('is refused when it %s', (_, schema, pointer) => {
    expect(faultsOf(schema)).toContainEqual({ pointer, detail: expect.any(String) });
  });
});
