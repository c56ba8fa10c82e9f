import type { JsonObject, JsonValue } from '../platform/json.js';
import type { CodeList } from './code-lists.js';

/** The few forms of JSON Schema 2020-12 that values are described with. */

/** An object with these members and no others. */
export function object(properties: Record<string, JsonObject>, required: readonly string[] = []): JsonObject {
  return {
    type: 'object',
    properties,
    ...(required.length > 0 ? { required: [...required] } : { minProperties: 1 }),
    additionalProperties: false,
  };
}

/** One code of a closed list, deprecated ones included. */
export function code(list: CodeList): JsonObject {
  return { type: 'string', enum: list.codes.map((entry) => entry.code) };
}

/** Several different codes of a closed list. None at all is a statement, too. */
export function codes(list: CodeList): JsonObject {
  return { type: 'array', items: code(list), uniqueItems: true, maxItems: list.codes.length };
}

/** A short text of people: no control characters, no space at its ends. */
export function text(maxLength: number, description?: string): JsonObject {
  return described({ type: 'string', minLength: 1, maxLength, pattern: PRINTABLE }, description);
}

export const PRINTABLE = '^[^\\p{Cc}\\p{Cs}\\s]([^\\p{Cc}\\p{Cs}]*[^\\p{Cc}\\p{Cs}\\s])?$';

export function pattern(expression: string, description: string): JsonObject {
  return { type: 'string', maxLength: 40, pattern: expression, description };
}

export function integer(minimum: number, maximum: number, description?: string): JsonObject {
  return described({ type: 'integer', minimum, maximum }, description);
}

export function yesNo(description?: string): JsonObject {
  return described({ type: 'boolean' }, description);
}

function described(schema: JsonObject, description: JsonValue | undefined): JsonObject {
  return description === undefined ? schema : { ...schema, description };
}
