import { Ajv2020 } from 'ajv/dist/2020.js';

import type { FieldError } from '../platform/errors.js';
import { escapePointer } from '../platform/http/json.js';
import type { JsonObject, JsonValue } from '../platform/json.js';

export const DEEPEST_SCHEMA = 4;
export const LARGEST_SCHEMA_BYTES = 4096;

/** What a schema may say, by the type that it is about. Nothing that leads elsewhere, and nothing that costs time. */
const keywords: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties', 'minProperties'],
  array: ['items', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['minLength', 'maxLength', 'enum', 'pattern'],
  integer: ['minimum', 'maximum'],
  number: ['minimum', 'maximum'],
  boolean: [],
};

/**
 * What is wrong with the schema of a value that comes from outside; empty when nothing is.
 *
 * @param patterns The patterns that it may use: a pattern of somebody else could take for ever.
 */
export function faultsOfValueSchema(schema: JsonObject, at: string, patterns: ReadonlySet<string>): FieldError[] {
  const size = Buffer.byteLength(JSON.stringify(schema));
  if (size > LARGEST_SCHEMA_BYTES) {
    return [{ pointer: at, detail: `must be at most ${LARGEST_SCHEMA_BYTES} bytes of JSON; it is ${size}` }];
  }
  const faults = schema.type === 'object' ? [] : [{ pointer: `${at}/type`, detail: 'must be object' }];
  faults.push(...faultsOfSchema(schema, at, 1, patterns));
  return faults.length > 0 ? faults : faultsOfCompiling(schema, at);
}

function faultsOfSchema(
  schema: JsonValue | undefined,
  at: string,
  depth: number,
  patterns: ReadonlySet<string>,
): FieldError[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    return [{ pointer: at, detail: 'must be a schema: an object' }];
  }
  if (depth > DEEPEST_SCHEMA)
    return [{ pointer: at, detail: `lies deeper than ${DEEPEST_SCHEMA} schemas in one another` }];
  const { type } = schema;
  const known = typeof type === 'string' ? keywords[type] : undefined;
  if (!known) return [{ pointer: `${at}/type`, detail: `must be one of ${Object.keys(keywords).join(', ')}` }];
  const faults = Object.keys(schema)
    .filter((name) => !['type', 'description', ...known].includes(name))
    .map((name) => ({ pointer: `${at}/${escapePointer(name)}`, detail: `is not a keyword for ${type as string}` }));
  if (typeof schema.pattern === 'string' && !patterns.has(schema.pattern)) {
    faults.push({ pointer: `${at}/pattern`, detail: 'must be one that the vocabulary has: use maxLength or enum' });
  }
  if (type === 'object') faults.push(...faultsOfObject(schema, at, depth, patterns));
  if (type === 'array') faults.push(...faultsOfSchema(schema.items, `${at}/items`, depth + 1, patterns));
  if (type === 'array' && schema.maxItems === undefined) faults.push(required(`${at}/maxItems`));
  // Lists and objects are compared by what they hold, which costs time and stumbles over members such as `valueOf`.
  if (schema.uniqueItems === true && holdsNested(schema.items)) {
    faults.push({ pointer: `${at}/uniqueItems`, detail: 'is for lists of texts, numbers or yes and no' });
  }
  if (type === 'string' && ['maxLength', 'enum', 'pattern'].every((name) => schema[name] === undefined)) {
    faults.push({ pointer: `${at}/maxLength`, detail: 'is required, unless there is an enum or a code list' });
  }
  return faults;
}

function faultsOfObject(
  { properties, additionalProperties }: JsonObject,
  at: string,
  depth: number,
  patterns: ReadonlySet<string>,
): FieldError[] {
  const faults =
    additionalProperties === false ? [] : [{ pointer: `${at}/additionalProperties`, detail: 'must be false' }];
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) {
    return [...faults, required(`${at}/properties`)];
  }
  return [
    ...faults,
    ...Object.entries(properties).flatMap(([name, schema]) =>
      faultsOfSchema(schema, `${at}/properties/${escapePointer(name)}`, depth + 1, patterns),
    ),
  ];
}

/** Whatever a keyword may not be: a negative length, an empty enum, a required member that is not described. */
function faultsOfCompiling(schema: JsonObject, at: string): FieldError[] {
  try {
    new Ajv2020({ strict: true, strictRequired: true }).compile(schema);
    return [];
  } catch (error) {
    return [{ pointer: at, detail: `is not a schema that can be used: ${(error as Error).message}` }];
  }
}

function holdsNested(items: JsonValue | undefined): boolean {
  const { type } = (items ?? {}) as JsonObject;
  return type === 'object' || type === 'array';
}

function required(pointer: string): FieldError {
  return { pointer, detail: 'is required' };
}
