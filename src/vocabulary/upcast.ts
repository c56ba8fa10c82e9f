import { isDeepStrictEqual } from 'node:util';

import type { JsonObject, JsonValue } from '../platform/json.js';
import type { Strength } from './attribute.js';

/** What a release does to one member of a value, by JSON pointer; the steps of an upcast follow one another. */
export interface MemberUpcast {
  readonly at: string;
  /** Codes that are others now; what is not named stays. In a list, each of its members. */
  readonly map?: Readonly<Record<string, string>>;
  /** What the member is where it is missing. */
  readonly otherwise?: JsonValue;
  /** Where the member stands from now on. */
  readonly move_to?: string;
  /** The member is no more. */
  readonly drop?: true;
}

/** How what is stated about an attribute is understood under the release that has this: declared, so that it is pure. */
export interface Upcast {
  /** As the release before calls it. */
  readonly attribute: string;
  /** What it is called from now on, in the same category. */
  readonly rename_to?: string;
  readonly value?: readonly MemberUpcast[];
  readonly strengths?: Readonly<Partial<Record<Strength, Strength>>>;
  /** What is stated about it means nothing any more. Its history stays. */
  readonly drop?: true;
}

/** What an upcast is applied to. */
export interface Statable {
  readonly attribute: string;
  readonly value: JsonValue;
  readonly strength: Strength;
}

/** A statement as one release understands it that was made under the release before; null when it means nothing. */
export function upcast<T extends Statable>(statement: T, upcasts: readonly Upcast[]): T | null {
  const found = upcasts.find(({ attribute }) => attribute === statement.attribute);
  if (!found) return statement;
  if (found.drop) return null;
  return {
    ...statement,
    attribute: found.rename_to ?? statement.attribute,
    value: upcastValue(statement.value, found.value ?? []),
    strength: found.strengths?.[statement.strength] ?? statement.strength,
  };
}

export function upcastValue(value: JsonValue, steps: readonly MemberUpcast[]): JsonValue {
  return steps.reduce(upcastMember, value);
}

function upcastMember(value: JsonValue, { at, map, otherwise, move_to, drop }: MemberUpcast): JsonValue {
  const path = pathOf(at);
  let member = memberAt(value, path) ?? otherwise;
  if (member === undefined) return value;
  if (map) member = Array.isArray(member) ? distinct(member.map((one) => mapped(one, map))) : mapped(member, map);
  if (drop) return withMember(value, path, undefined);
  return move_to === undefined
    ? withMember(value, path, member)
    : withMember(withMember(value, path, undefined), pathOf(move_to), member);
}

function mapped(code: JsonValue, map: Readonly<Record<string, string>>): JsonValue {
  return typeof code === 'string' && Object.hasOwn(map, code) ? map[code]! : code;
}

function distinct(values: readonly JsonValue[]): JsonValue[] {
  return values.filter((value, index) => values.findIndex((other) => isDeepStrictEqual(other, value)) === index);
}

function pathOf(pointer: string): readonly string[] {
  return pointer.split('/').slice(1);
}

function memberAt(value: JsonValue | undefined, [name, ...rest]: readonly string[]): JsonValue | undefined {
  if (name === undefined) return value;
  return isObject(value) && Object.hasOwn(value, name) ? memberAt(value[name], rest) : undefined;
}

/** The value with a member put in its place, or taken out; an object on the way is made where it is missing. */
function withMember(value: JsonValue, path: readonly string[], member: JsonValue | undefined): JsonValue {
  const [name, ...rest] = path;
  if (name === undefined || !isObject(value)) return value;
  const { [name]: present, ...others } = value;
  if (rest.length > 0) {
    if (present === undefined && member === undefined) return value;
    return { ...others, [name]: withMember(present ?? {}, rest, member) };
  }
  return member === undefined ? others : { ...value, [name]: member };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
