import fc from 'fast-check';

import type { JsonObject, JsonValue } from '../../src/platform/json.js';

const values = [null, true, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER + 2];
const texts = [
  '',
  ' ',
  'null',
  'NaN',
  '\u0000',
  '\ud800',
  '%00',
  '00',
  '1e3',
  '-P1D',
  'P9999999999D',
  '\u202e\u0663\u0664',
];
const longer = ["'; drop table customers; --", '<script>alert(1)</script>', '../../etc/passwd', '2026-02-30T25:61:00Z'];
const longest = ['x'.repeat(5_000), '🦜'.repeat(300)];
const shapes: JsonValue[] = [
  [],
  {},
  [null],
  [[[[[]]]]],
  { length: -1 },
  { toString: 1 },
  { valueOf: null },
  { $ref: '#' },
];

/** What has broken programs before. */
const nonsense: JsonValue[] = [...values, ...texts, ...longer, ...longest, ...shapes];

/** Where nonsense is put: in the place of a value, beside it, or around it. */
const ways = [
  (body: JsonObject, place: number, what: JsonValue) => changed(body, place, () => what),
  (body: JsonObject, place: number, what: JsonValue) => changed(body, place, (value) => [value, what]),
  (body: JsonObject, place: number, what: JsonValue) => changed(body, place, (value) => ({ value, what })),
  (body: JsonObject, place: number, what: JsonValue) =>
    changed(body, place, (value) => (isObject(value) ? { ...value, [JSON.stringify(what)]: what } : what)),
];

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body with one of its values changed; counted over all of them, however deep. */
function changed(body: JsonValue, place: number, change: (value: JsonValue) => JsonValue): JsonValue {
  let left = place % countOf(body);
  const walk = (value: JsonValue): JsonValue => {
    if (left-- === 0) return change(value);
    if (Array.isArray(value)) return value.map(walk);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, walk(member)]));
  };
  return walk(body);
}

function countOf(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, member) => sum + countOf(member), 1);
}

/** Ways to spoil a body: one of its values, anywhere in it, becomes nonsense, or nonsense comes beside or around it. */
export const damage = fc
  .record({ place: fc.nat(), what: fc.constantFrom(...nonsense), how: fc.constantFrom(...ways) })
  .map(
    ({ place, what, how }) =>
      (sound: JsonObject): JsonValue =>
        how(sound, place, what),
  );
