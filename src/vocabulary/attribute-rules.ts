import type { FieldError } from '../platform/errors.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { type Attribute, type FieldMerge, isSpecial, type Merge } from './attribute.js';
import { propertiesOf } from './schema-order.js';
import { faultsOfValueSchema } from './value-schema-rules.js';
import { Vocabulary } from './vocabulary.js';
import type { Release } from './release.js';

/** What is wrong with an attribute that comes from outside, beyond its form; empty when nothing is. */
export function faultsOfAttribute(
  attribute: Attribute,
  sent: JsonObject,
  at: string,
  patterns: ReadonlySet<string>,
): FieldError[] {
  const bySchema = faultsOfValueSchema(sent, `${at}/value_schema`, patterns);
  if (bySchema.length > 0) return bySchema;
  return [
    ...faultsOfKey(attribute, at),
    ...faultsOfMerge(attribute, at),
    ...faultsOfValues(attribute, at),
    ...(isSpecial(attribute) && attribute.inferable
      ? [{ pointer: `${at}/inferable`, detail: 'must be false: nothing special is ever inferred' }]
      : []),
  ];
}

function faultsOfKey({ key_from, value_schema }: Attribute, at: string): FieldError[] {
  if (key_from === null) return [];
  const name = key_from.slice(1);
  const member = propertiesOf(value_schema)[name] as JsonObject | undefined;
  const isRequired = Array.isArray(value_schema.required) && value_schema.required.includes(name);
  return member?.type === 'string' && isRequired
    ? []
    : [{ pointer: `${at}/key_from`, detail: 'must lead to a text that the value is required to have' }];
}

/** For which type of member each way of merging makes sense. */
const mergeable: Readonly<Record<FieldMerge, readonly string[]>> = {
  and: ['boolean'],
  intersect: ['array'],
  union: ['array'],
  min: ['integer', 'number'],
  max: ['integer', 'number'],
};

function faultsOfMerge({ merge, cardinality, value_schema }: Attribute, at: string): FieldError[] {
  const pointer = `${at}/merge`;
  if (merge === 'union' && cardinality === 'one') return [{ pointer, detail: 'is union only where there is a key' }];
  return typeof merge === 'object' ? faultsOfFieldMerge(merge, value_schema, pointer) : [];
}

function faultsOfFieldMerge(merge: Exclude<Merge, string>, schema: JsonObject, at: string): FieldError[] {
  const members = propertiesOf(schema);
  const missing = Object.keys(members).filter((name) => !(name in merge));
  return [
    ...missing.map((name) => ({ pointer: `${at}/${name}`, detail: 'is required: each member has its own way' })),
    ...Object.entries(merge).flatMap(([name, way]) => {
      const type = (members[name] as JsonObject | undefined)?.type;
      return typeof type === 'string' && mergeable[way].includes(type)
        ? []
        : [{ pointer: `${at}/${name}`, detail: `is ${way}, which is for ${mergeable[way].join(' or ')}` }];
    }),
  ];
}

function faultsOfValues(attribute: Attribute, at: string): FieldError[] {
  const alone = new Vocabulary(only(attribute));
  const values = [
    ['example', attribute.example] as const,
    ...(attribute.default && attribute.default.value !== null
      ? [['default/value', attribute.default.value] as const]
      : []),
  ];
  return values.flatMap(([member, value]) =>
    alone
      .checkValue(attribute.path, value)
      .map(({ pointer, detail }) => ({ pointer: `${at}/${member}${pointer}`, detail })),
  );
}

function only(attribute: Attribute): Release {
  return { name: '', version: '0.0.0', released_on: '', languages: [], attributes: [attribute], code_lists: {} };
}

/** Every pattern that the schemas of a release use: somebody has thought about these. */
export function patternsOf({ attributes }: Release): Set<string> {
  const found = new Set<string>();
  for (const { value_schema } of attributes) collectPatterns(value_schema, found);
  return found;
}

function collectPatterns(schema: JsonValue | undefined, found: Set<string>): void {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return;
  if (typeof schema.pattern === 'string') found.add(schema.pattern);
  collectPatterns(schema.items, found);
  for (const member of Object.values(propertiesOf(schema))) collectPatterns(member, found);
}
