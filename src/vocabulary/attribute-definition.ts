import type { JsonObject } from '../platform/json.js';
import { type Attribute, attribute, fieldMerges, strengths } from './attribute.js';
import { touchpoints } from './code-lists.js';

/** An attribute as it is sent: what follows from the rest is left out, and so are the codes of its lists. */
export type AttributeDefinition = Omit<
  Attribute,
  'category' | 'cardinality' | 'key_from' | 'key_folded' | 'code_lists' | 'mappings' | 'status' | 'alias_of' | 'owner'
> &
  Partial<Pick<Attribute, 'key_from' | 'key_folded' | 'code_lists' | 'mappings' | 'status'>>;

/** The attribute that a definition comes to. */
export function defined(definition: AttributeDefinition): Attribute {
  return attribute({ mappings: {}, ...definition });
}

const text = (maxLength: number): JsonObject => ({ type: 'string', minLength: 1, maxLength });
const labels = (maxLength: number): JsonObject => ({
  type: 'object',
  properties: { en: text(maxLength), de: text(maxLength) },
  required: ['en', 'de'],
  additionalProperties: false,
});
const pointer: JsonObject = { type: 'string', maxLength: 200, pattern: '^(/[a-z][a-z0-9_]*)+$' };

/** What may be said of any attribute. */
const common: JsonObject = {
  path: { ...text(100), description: 'Below it stands the category: all but the last segment.' },
  labels: labels(60),
  description: labels(300),
  value_schema: {
    type: 'object',
    additionalProperties: true,
    description:
      'JSON Schema 2020-12 of the value, an object: at most 4 KiB and 4 schemas in one another, without $ref and ' +
      'without patterns that the vocabulary does not have.',
  },
  key_from: {
    ...pointer,
    description: 'For an attribute with many values: the member, required and a text, that tells them apart.',
  },
  key_folded: { type: 'boolean' },
  merge: {
    oneOf: [
      { type: 'string', enum: ['replace', 'union'] },
      { type: 'object', minProperties: 1, additionalProperties: { type: 'string', enum: [...fieldMerges] } },
    ],
  },
  strengths: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', enum: [...strengths] } },
  touchpoints: { type: 'array', uniqueItems: true, items: { type: 'string', enum: [...touchpoints] } },
  default: {
    type: 'object',
    properties: { value: { type: ['object', 'null'], additionalProperties: true }, text: labels(200) },
    required: ['value', 'text'],
    additionalProperties: false,
    description: 'What holds when nothing is stated: a value, or null and a sentence.',
  },
  example: { type: 'object', additionalProperties: true },
};

const needed = ['labels', 'description', 'value_schema', 'merge', 'strengths', 'touchpoints', 'default', 'example'];

/** JSON Schema of an attribute of ccx-core, as operators send it. */
export const attributeDefinitionSchema: JsonObject = {
  type: 'object',
  properties: {
    ...common,
    code_lists: {
      type: 'object',
      additionalProperties: text(60),
      description: 'The code list behind each coded member, by JSON pointer: its codes become the enum of the member.',
    },
    sensitivity: { type: 'string', maxLength: 40, pattern: '^(ordinary|personal|special:[a-z]+)$' },
    inferable: { type: 'boolean' },
    mappings: {
      type: 'object',
      properties: Object.fromEntries(['gs1', 'schema_org', 'dpv', 'ucp', 'xdm'].map((name) => [name, text(120)])),
      additionalProperties: false,
    },
    status: { type: 'string', enum: ['active', 'deprecated'] },
  },
  required: ['path', ...needed, 'sensitivity', 'inferable'],
  additionalProperties: false,
};

const { path: _path, ...withoutPath } = common;

/** The same without its path, which the address has. */
export const extensionRevisionSchema: JsonObject = {
  type: 'object',
  properties: withoutPath,
  required: needed,
  additionalProperties: false,
};

/** JSON Schema of an attribute of a retailer: never special and never inferred, so that it says neither. */
export const extensionDefinitionSchema: JsonObject = {
  type: 'object',
  properties: common,
  required: ['path', ...needed],
  additionalProperties: false,
};
