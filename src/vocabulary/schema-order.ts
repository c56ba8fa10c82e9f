import { isDeepStrictEqual } from 'node:util';

import type { JsonObject, JsonValue } from '../platform/json.js';

/**
 * Whether every value that the schema `before` accepts is accepted by `after` as well. It knows the forms of schema that
 * a vocabulary may have, and answers no wherever it cannot tell.
 */
export function isAsLoose(after: JsonObject, before: JsonObject): boolean {
  if (before.type !== after.type && !(before.type === 'integer' && after.type === 'number')) return false;
  if (after.enum !== undefined) return before.enum !== undefined && includesAll(after.enum, before.enum);
  switch (after.type) {
    case 'string':
      return (
        atMost(after.minLength, before.minLength) &&
        atLeast(after.maxLength, before.maxLength) &&
        isAbsentOrEqual(after.pattern, before.pattern)
      );
    case 'integer':
    case 'number':
      return atMost(after.minimum, before.minimum, -Infinity) && atLeast(after.maximum, before.maximum);
    case 'array':
      return (
        atMost(after.minItems, before.minItems) &&
        atLeast(after.maxItems, before.maxItems) &&
        isAbsentOrEqual(after.uniqueItems, before.uniqueItems) &&
        isLooserWhere(after.items, before.items)
      );
    case 'object':
      return isAsLooseObject(after, before);
    default:
      return true;
  }
}

function isAsLooseObject(after: JsonObject, before: JsonObject): boolean {
  const [now, then] = [propertiesOf(after), propertiesOf(before)];
  const alwaysThere = namesIn(before.required);
  const fewest = Math.max(Number(before.minProperties ?? 0), alwaysThere.length);
  return (
    before.additionalProperties === false &&
    Object.entries(then).every(([name, schema]) => isLooserWhere(now[name], schema)) &&
    namesIn(after.required).every((name) => alwaysThere.includes(name)) &&
    Number(after.minProperties ?? 0) <= fewest
  );
}

/** Both are there and the first is as loose as the second. */
function isLooserWhere(after: JsonValue | undefined, before: JsonValue | undefined): boolean {
  return isSchema(after) && isSchema(before) && isAsLoose(after, before);
}

function isSchema(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members that an object schema describes. */
export function propertiesOf({ properties }: JsonObject): Readonly<Record<string, JsonValue>> {
  return isSchema(properties) ? properties : {};
}

function namesIn(required: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(required) ? required : [];
}

function includesAll(outer: JsonValue, inner: JsonValue): boolean {
  return (
    Array.isArray(outer) &&
    Array.isArray(inner) &&
    inner.every((value) => outer.some((other) => isDeepStrictEqual(other, value)))
  );
}

function isAbsentOrEqual(after: JsonValue | undefined, before: JsonValue | undefined): boolean {
  return after === undefined || after === false || after === before;
}

function atMost(after: JsonValue | undefined, before: JsonValue | undefined, otherwise = 0): boolean {
  return Number(after ?? otherwise) <= Number(before ?? otherwise);
}

function atLeast(after: JsonValue | undefined, before: JsonValue | undefined): boolean {
  return Number(after ?? Infinity) >= Number(before ?? Infinity);
}
