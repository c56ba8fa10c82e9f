import { isDeepStrictEqual } from 'node:util';

import type { Attribute } from './attribute.js';
import type { CodeList } from './code-lists.js';
import type { Release } from './release.js';
import { isAsLoose } from './schema-order.js';

export const changeLevels = ['patch', 'minor', 'major'] as const;
export type ChangeLevel = (typeof changeLevels)[number];

/** One difference between two releases, and how much it means to those who know the earlier. */
export interface ReleaseDifference {
  readonly level: ChangeLevel;
  /** The attribute or, as `code_lists/name`, the code list. */
  readonly subject: string;
  readonly change: string;
}

/** The most that any of the differences means; null where there are none. */
export function levelOf(differences: readonly ReleaseDifference[]): ChangeLevel | null {
  return changeLevels.findLast((level) => differences.some((difference) => difference.level === level)) ?? null;
}

/**
 * In what one release differs from an earlier one. Whatever is below a major leaves every value valid that was valid
 * before, under the same name, with the same strength and to the same effect.
 */
export function differencesBetween(before: Release, after: Release): ReleaseDifference[] {
  return [
    ...between(attributesOf(before), attributesOf(after), attributeDifferences),
    ...between(before.code_lists, after.code_lists, codeListDifferences, 'code_lists/'),
  ];
}

type Difference = readonly [level: ChangeLevel, change: string];

function between<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  differences: (before: T, after: T) => Difference[],
  prefix = '',
): ReleaseDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    const found: Difference[] = !was ? [['minor', 'added']] : !is ? [['major', 'removed']] : differences(was, is);
    return found.map(([level, change]) => ({ level, subject: `${prefix}${name}`, change }));
  });
}

export function attributeDifferences(before: Attribute, after: Attribute): Difference[] {
  const found: Difference[] = [];
  const note = (differs: boolean, level: ChangeLevel, change: string) => differs && found.push([level, change]);
  const differs = (member: keyof Attribute) => !isDeepStrictEqual(before[member], after[member]);

  note(differs('alias_of') && after.alias_of !== null, 'major', `renamed to ${after.alias_of}`);
  note(differs('alias_of') && after.alias_of === null, 'major', 'no longer an alias');
  note(!isAsLoose(after.value_schema, before.value_schema), 'major', 'value_schema refuses values that it took before');
  note(
    differs('value_schema') && isAsLoose(after.value_schema, before.value_schema),
    // Which words describe a member matters to nobody's values.
    isAsLoose(before.value_schema, after.value_schema) ? 'patch' : 'minor',
    'value_schema takes what it took before, and maybe more',
  );
  note(!includesAll(after.strengths, before.strengths), 'major', 'strengths has fewer');
  note(!includesAll(before.strengths, after.strengths), 'minor', 'strengths has more');
  note(!includesAll(after.touchpoints, before.touchpoints), 'major', 'touchpoints has fewer');
  note(!includesAll(before.touchpoints, after.touchpoints), 'major', 'touchpoints has more');
  for (const member of ['key_from', 'key_folded', 'merge', 'sensitivity'] as const) {
    note(differs(member), 'major', `${member} is another`);
  }
  note(differs('inferable'), after.inferable ? 'major' : 'minor', `inferable is ${String(after.inferable)}`);
  note(differs('status'), 'minor', after.status);
  note(differs('code_lists'), 'minor', 'code_lists are others');
  note(!isDeepStrictEqual(before.default?.value, after.default?.value), 'minor', 'default is another');
  for (const member of ['labels', 'description', 'example', 'mappings'] as const) {
    note(differs(member), 'patch', `${member} reads otherwise`);
  }
  note(!isDeepStrictEqual(before.default?.text, after.default?.text), 'patch', 'default reads otherwise');
  return found;
}

function codeListDifferences(before: CodeList, after: CodeList): Difference[] {
  const [was, is] = [codesOf(before), codesOf(after)];
  const found: Difference[] = [];
  for (const code of Object.keys(was)) if (!is[code]) found.push(['major', `code ${code} is removed`]);
  for (const [code, now] of Object.entries(is)) {
    const then = was[code];
    if (!then) found.push(['minor', `code ${code} is added`]);
    else if (then.status !== now.status || then.alias_of !== now.alias_of)
      found.push(['minor', `code ${code} is ${now.status}`]);
    else if (!isDeepStrictEqual(then, now)) found.push(['patch', `code ${code} reads otherwise`]);
  }
  if (!isDeepStrictEqual(before.source, after.source)) found.push(['patch', 'source reads otherwise']);
  return found;
}

function attributesOf({ attributes }: Release): Record<string, Attribute> {
  return Object.fromEntries(attributes.map((attribute) => [attribute.path, attribute]));
}

function codesOf({ codes }: CodeList): Record<string, CodeList['codes'][number]> {
  return Object.fromEntries(codes.map((code) => [code.code, code]));
}

function includesAll(outer: readonly string[], inner: readonly string[]): boolean {
  return inner.every((member) => outer.includes(member));
}
