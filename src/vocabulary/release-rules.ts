import type { FieldError } from '../platform/errors.js';
import { escapePointer } from '../platform/http/json.js';
import type { JsonObject } from '../platform/json.js';
import { type Attribute, categoryOfPath } from './attribute.js';
import { faultsOfAttribute, patternsOf } from './attribute-rules.js';
import type { CodeList } from './code-lists.js';
import { sharedCodeLists } from './code-lists.js';
import { applied, type ReleaseChange } from './release-change.js';
import { type ChangeLevel, differencesBetween, levelOf, type ReleaseDifference } from './release-level.js';
import type { Release } from './release.js';
import { propertiesOf } from './schema-order.js';
import { following } from './semantic-version.js';
import { type Upcast, upcast } from './upcast.js';
import { Vocabulary } from './vocabulary.js';

const CORE_PATH = /^[a-z]{2,40}\.[a-z][a-z_]{1,59}$/;

/** What a change comes to: the release, how much it means, and what is wrong with it. */
export interface JudgedChange {
  readonly release: Release;
  readonly level: ChangeLevel | null;
  readonly differences: readonly ReleaseDifference[];
  readonly faults: readonly FieldError[];
}

/**
 * Judges a change whose form is right.
 *
 * @param everUsed Every path that any release has had: consents may still name one that is gone, so that it never
 *   comes back as something else.
 * @param on The day of the release.
 */
export function judge(
  base: Release,
  change: ReleaseChange,
  { everUsed, on }: { everUsed: ReadonlySet<string>; on: string },
): JudgedChange {
  const bySelf = [
    ...faultsOfUpcasts(base, change, everUsed),
    ...faultsOfLists(change),
    ...faultsOfPointers(base, change),
  ];
  const release = applied(base, change, on);
  const differences = differencesBetween(base, release);
  const level = levelOf(differences);
  if (bySelf.length > 0) return { release, level, differences, faults: bySelf };
  const patterns = patternsOf(base);
  const faults = [
    ...(change.attributes ?? []).flatMap((definition, index) => {
      const attribute = release.attributes.find(({ path }) => path === definition.path)!;
      const at = `/attributes/${index}`;
      return [
        ...faultsOfPath(base, attribute, everUsed, at),
        ...faultsOfAttribute(attribute, definition.value_schema, at, patterns),
        ...faultsOfStanding(base, attribute, at),
      ];
    }),
    ...faultsOfVersion(base, change, level),
  ];
  return { release, level, differences, faults: faults.length > 0 ? faults : faultsOfExamples(base, release, change) };
}

function faultsOfVersion(base: Release, { version, upcasts = [] }: ReleaseChange, level: ChangeLevel | null) {
  if (level === null) return [{ pointer: '', detail: `changes nothing of ${base.version}` }];
  const expected = following(base.version, level);
  const faults: FieldError[] = [];
  if (version !== expected) {
    faults.push({ pointer: '/version', detail: `must be ${expected}: what changes of ${base.version} is a ${level}` });
  }
  if (level !== 'major' && upcasts.length > 0) {
    faults.push({ pointer: '/upcasts', detail: 'are for a major: nothing that was valid becomes invalid' });
  }
  return faults;
}

function faultsOfPath(base: Release, { path }: Attribute, everUsed: ReadonlySet<string>, at: string): FieldError[] {
  const known = base.attributes.find((attribute) => attribute.path === path);
  if (known?.alias_of) return [{ pointer: `${at}/path`, detail: `is now called ${known.alias_of}` }];
  if (!known && everUsed.has(path)) return [{ pointer: `${at}/path`, detail: 'was something else: find another name' }];
  const isCategory = base.attributes.some(({ category }) => category === path);
  return CORE_PATH.test(path) && !isCategory
    ? []
    : [{ pointer: `${at}/path`, detail: 'must be a category and a name in small letters, such as food.diet' }];
}

/** What an attribute never changes, because customers have decided about it as it was. */
function faultsOfStanding(base: Release, attribute: Attribute, at: string): FieldError[] {
  const before = base.attributes.find(({ path }) => path === attribute.path);
  if (!before) return [];
  const added = attribute.touchpoints.filter((touchpoint) => !before.touchpoints.includes(touchpoint));
  return [
    ...(before.sensitivity === attribute.sensitivity
      ? []
      : [
          {
            pointer: `${at}/sensitivity`,
            detail: `is ${before.sensitivity}: another one takes an attribute of its own`,
          },
        ]),
    ...(added.length > 0
      ? [
          {
            pointer: `${at}/touchpoints`,
            detail: `cannot gain ${added.join(', ')}: to reach further takes an attribute of its own`,
          },
        ]
      : []),
  ];
}

function faultsOfLists({ code_lists = {} }: ReleaseChange): FieldError[] {
  return Object.entries(code_lists).flatMap(([name, list]) => {
    const at = `/code_lists/${escapePointer(name)}`;
    if (Object.hasOwn(sharedCodeLists, name)) return [{ pointer: at, detail: 'is closed: it belongs to the software' }];
    if (!/^[a-z][a-z0-9_]{1,59}$/.test(name)) return [{ pointer: at, detail: 'must be named in small letters' }];
    return faultsOfCodes(list, `${at}/codes`);
  });
}

function faultsOfCodes({ codes }: CodeList, at: string): FieldError[] {
  const byCode = new Map(codes.map((code) => [code.code, code]));
  return codes.flatMap(({ code, status, alias_of }, index) => {
    const target = alias_of === null ? undefined : byCode.get(alias_of);
    if (byCode.get(code) !== codes[index]) return [{ pointer: `${at}/${index}/code`, detail: 'is there twice' }];
    if (alias_of === null) return [];
    return status === 'deprecated' && target?.status === 'active'
      ? []
      : [{ pointer: `${at}/${index}/alias_of`, detail: 'leads from a deprecated code to an active one of the list' }];
  });
}

/** Each code list of an attribute stands behind a text or a list of texts. */
function faultsOfPointers(base: Release, { attributes = [], code_lists }: ReleaseChange): FieldError[] {
  const lists = { ...base.code_lists, ...code_lists };
  return attributes.flatMap(({ code_lists: used = {}, value_schema }, index) =>
    Object.entries(used).flatMap(([pointer, list]) => {
      const at = `/attributes/${index}/code_lists/${escapePointer(pointer)}`;
      if (!Object.hasOwn(lists, list)) return [{ pointer: at, detail: `${list} is not a code list` }];
      const member = memberSchema(value_schema, pointer.split('/').slice(1));
      const coded = member?.type === 'array' ? (member.items as JsonObject | undefined) : member;
      return coded?.type === 'string' ? [] : [{ pointer: at, detail: 'must lead to a text or a list of texts' }];
    }),
  );
}

function memberSchema(schema: JsonObject | undefined, [name, ...rest]: readonly string[]): JsonObject | undefined {
  if (name === undefined || !schema) return schema;
  return memberSchema(propertiesOf(schema)[name] as JsonObject | undefined, rest);
}

function faultsOfUpcasts(
  base: Release,
  { attributes = [], upcasts = [] }: ReleaseChange,
  everUsed: ReadonlySet<string>,
): FieldError[] {
  const renamed = upcasts.flatMap(({ rename_to }) => rename_to ?? []);
  const taken = new Set([...everUsed, ...attributes.map(({ path }) => path), ...repeated(renamed)]);
  return upcasts.flatMap((step, index) => {
    const at = `/upcasts/${index}`;
    const known = base.attributes.find(({ path }) => path === step.attribute);
    if (!known || known.alias_of) {
      return [{ pointer: `${at}/attribute`, detail: `is not an attribute of ccx-core ${base.version}` }];
    }
    if (upcasts.findIndex(({ attribute }) => attribute === step.attribute) !== index) {
      return [{ pointer: `${at}/attribute`, detail: 'has an upcast already' }];
    }
    return [...faultsOfRename(step, taken, at), ...faultsOfDrop(step, attributes, at)];
  });
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function faultsOfRename(step: Upcast, taken: ReadonlySet<string>, at: string): FieldError[] {
  const { attribute, rename_to, value, strengths } = step;
  if (rename_to === undefined) return [];
  const pointer = `${at}/rename_to`;
  if (!CORE_PATH.test(rename_to) || categoryOfPath(rename_to) !== categoryOfPath(attribute)) {
    return [{ pointer, detail: `must be a name in the category ${categoryOfPath(attribute)}` }];
  }
  if (taken.has(rename_to)) return [{ pointer, detail: 'is an attribute already' }];
  // Consents are carried along by a name alone: what means anything else is to be asked for anew.
  return (value ?? strengths)
    ? [{ pointer, detail: 'changes nothing but the name: change what it means in a release of its own' }]
    : [];
}

function faultsOfDrop(step: Upcast, attributes: ReleaseChange['attributes'], at: string): FieldError[] {
  if (!step.drop && !step.rename_to) return [];
  const { rename_to, value, strengths, attribute } = step;
  if (step.drop && (rename_to ?? value ?? strengths)) {
    return [{ pointer: `${at}/drop`, detail: 'leaves nothing that could be changed' }];
  }
  return attributes?.some(({ path }) => path === attribute)
    ? [{ pointer: `${at}/attribute`, detail: 'is among the attributes as well' }]
    : [];
}

/** What each attribute of the release before gives as its example must make sense under this one. */
function faultsOfExamples(base: Release, release: Release, { upcasts = [] }: ReleaseChange): FieldError[] {
  const vocabulary = new Vocabulary(release);
  return upcasts.flatMap((step, index) => {
    const { path, example, strengths } = base.attributes.find((attribute) => attribute.path === step.attribute)!;
    const understood = upcast({ attribute: path, value: example, strength: strengths[0]! }, upcasts);
    const faults = understood ? vocabulary.checkValue(understood.attribute, understood.value) : [];
    return faults.length > 0
      ? [
          {
            pointer: `/upcasts/${index}`,
            detail: `makes of the example of ${path} what is not valid: ${faults[0]!.pointer} ${faults[0]!.detail}`,
          },
        ]
      : [];
  });
}
