import type { JsonObject, JsonValue } from '../platform/json.js';
import type { Attribute } from './attribute.js';
import { type AttributeDefinition, attributeDefinitionSchema, defined } from './attribute-definition.js';
import type { CodeList } from './code-lists.js';
import type { Release } from './release.js';
import { propertiesOf } from './schema-order.js';
import type { Upcast } from './upcast.js';
import { strengths } from './attribute.js';

/** What a new release has that the one before has not; everything else stays. */
export interface ReleaseChange {
  readonly version: string;
  /** Attributes that are added, or put in the place of those of the same path. */
  readonly attributes?: readonly AttributeDefinition[];
  /** Code lists, whole, that are added or put in the place of those of the same name. */
  readonly code_lists?: Readonly<Record<string, CodeList>>;
  /** What becomes of what is stated; renaming and dropping an attribute is said here alone. */
  readonly upcasts?: readonly Upcast[];
}

/** The release that a change makes of the one before. */
export function applied(
  base: Release,
  { version, attributes = [], code_lists, upcasts = [] }: ReleaseChange,
  on: string,
) {
  const lists = { ...base.code_lists, ...code_lists };
  const byPath = new Map(base.attributes.map((attribute) => [attribute.path, attribute]));
  for (const { attribute, rename_to, drop } of upcasts) {
    if (rename_to !== undefined) rename(byPath, attribute, rename_to);
    if (drop) remove(byPath, attribute);
  }
  for (const definition of attributes) byPath.set(definition.path, defined(definition));
  const release: Release = {
    ...base,
    version,
    released_on: on,
    attributes: [...byPath.values()]
      .map((attribute) => withCodes(attribute, lists))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    code_lists: lists,
    upcasts,
  };
  return release;
}

/** The same attribute under another name; the old one leads to it, and so do those that led to the old one. */
function rename(byPath: Map<string, Attribute>, from: string, to: string): void {
  const attribute = byPath.get(from);
  if (!attribute) return;
  byPath.set(to, { ...attribute, path: to });
  for (const earlier of [attribute, ...namesOf(byPath, from)]) {
    byPath.set(earlier.path, { ...earlier, status: 'deprecated', alias_of: to });
  }
}

function remove(byPath: Map<string, Attribute>, path: string): void {
  for (const name of namesOf(byPath, path)) byPath.delete(name.path);
  byPath.delete(path);
}

function namesOf(byPath: ReadonlyMap<string, Attribute>, path: string): Attribute[] {
  return [...byPath.values()].filter(({ alias_of }) => alias_of === path);
}

/** The attribute with the codes of its lists where its schema has room for them, so that they are written in one place. */
export function withCodes(attribute: Attribute, lists: Readonly<Record<string, CodeList>>): Attribute {
  const value_schema = Object.entries(attribute.code_lists).reduce<JsonValue>(
    (schema, [pointer, list]) => enumerated(schema, pointer.split('/').slice(1), lists[list]),
    attribute.value_schema,
  );
  return { ...attribute, value_schema: value_schema as JsonObject };
}

function enumerated(schema: JsonValue | undefined, path: readonly string[], list: CodeList | undefined): JsonValue {
  if (!isObject(schema) || !list) return schema ?? {};
  const [name, ...rest] = path;
  if (name !== undefined) {
    const properties = propertiesOf(schema);
    return { ...schema, properties: { ...properties, [name]: enumerated(properties[name], rest, list) } };
  }
  if (schema.type === 'array') {
    return { ...schema, items: enumerated(schema.items, [], list), maxItems: list.codes.length };
  }
  return { ...schema, enum: list.codes.map(({ code }) => code) };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const text = (maxLength: number): JsonObject => ({ type: 'string', minLength: 1, maxLength });
const pointer: JsonObject = { type: 'string', maxLength: 200, pattern: '^(/[a-z][a-z0-9_]*)+$' };
const strict = (properties: Record<string, JsonValue>, required: string[]): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const codeSchema = strict(
  {
    code: { type: 'string', maxLength: 80, pattern: '^[A-Za-z0-9][A-Za-z0-9_.:-]*$' },
    labels: strict({ en: text(120), de: text(120) }, ['en']),
    description: strict({ en: text(300), de: text(300) }, ['en', 'de']),
    status: { type: 'string', enum: ['active', 'deprecated'] },
    alias_of: { type: ['string', 'null'], maxLength: 80 },
  },
  ['code', 'labels', 'status', 'alias_of'],
);

const upcastSchema = strict(
  {
    attribute: text(120),
    rename_to: text(120),
    value: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: strict(
        {
          at: pointer,
          map: { type: 'object', additionalProperties: text(80) },
          otherwise: {},
          move_to: pointer,
          drop: { const: true },
        },
        ['at'],
      ),
    },
    strengths: {
      type: 'object',
      properties: Object.fromEntries(strengths.map((strength) => [strength, { type: 'string', enum: [...strengths] }])),
      additionalProperties: false,
    },
    drop: { const: true },
  },
  ['attribute'],
);

/** JSON Schema of a change, as operators send it. */
export const releaseChangeSchema: JsonObject = strict(
  {
    version: { type: 'string', maxLength: 17 },
    attributes: { type: 'array', maxItems: 100, items: attributeDefinitionSchema },
    code_lists: {
      type: 'object',
      additionalProperties: strict(
        {
          source: {
            oneOf: [
              strict({ name: text(200), url: text(200), license: text(80) }, ['name', 'url', 'license']),
              { type: 'null' },
            ],
          },
          codes: { type: 'array', minItems: 1, maxItems: 2000, items: codeSchema },
        },
        ['source', 'codes'],
      ),
    },
    upcasts: { type: 'array', maxItems: 100, items: upcastSchema },
  },
  ['version'],
);
