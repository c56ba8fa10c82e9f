import type { JsonObject } from '../../src/platform/json.js';
import type { Preference, TimeOfWeek } from '../../src/preferences/preference.js';
import type { Question } from '../../src/preferences/resolve.js';
import { aboutTheSame, holds, matches, type MergeOf, naiveResolve, stateAt } from '../naive/resolve.js';
import { naiveValidUntil } from '../naive/valid-until.js';
import { wallTime } from '../naive/wall-clock.js';

const CLOCKS_THAT_CHANGE = [
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Africa/Cairo',
];

/** What a random profile and question must bring up often enough, or testing with them proves nothing. */
const interesting = [
  'several meet',
  'levels meet',
  'parts of a place decide',
  'times of stating decide',
  'ids decide',
  'an override decides',
  'hardness decides',
  'merged by replace',
  'merged by union',
  'merged by fields: and',
  'merged by fields: intersect',
  'merged by fields: union',
  'merged by fields: min',
  'merged by fields: max',
  ...['stage', 'touchpoint', 'place', 'time', 'occasion'].flatMap((part) => [`${part} matches`, `${part} does not`]),
  'before its time',
  'after its time',
  'pending',
  'a date ends it',
  'hours end it',
  'nothing ends it',
  'its end changes nothing',
  'hours across midnight',
  'hours of some days',
  ...CLOCKS_THAT_CHANGE.map((zone) => `clocks change meanwhile in ${zone}`),
];

/** Counts what occurs. */
export function occurrences() {
  const counts = new Map<string, number>(interesting.map((name) => [name, 0]));
  return {
    add: (name: string) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    rarerThan: (least: number) => [...counts].filter(([, count]) => count < least).map(([name]) => name),
  };
}

/** Names whatever is interesting about resolving these. */
export function whatOccurs(all: readonly Preference[], asked: Question, mergeOf: MergeOf): string[] {
  const seen = new Set<string>();
  for (const preference of all) for (const name of ofOne(preference, asked)) seen.add(name);
  const kept = all.filter((preference) => holds(preference, asked, asked.at.getTime()));
  for (const group of aboutTheSame(kept)) {
    if (group.length > 1) for (const name of ofSeveral(group, asked, mergeOf)) seen.add(name);
  }
  for (const name of ofTheEnd(all, asked, mergeOf)) seen.add(name);
  return [...seen];
}

function ofOne(preference: Preference, asked: Question): string[] {
  const at = asked.at.getTime();
  const anywhere = { ...preference, status: 'active', applies_to: { level: 'everyone' } } as const;
  const parts = Object.entries(preference.context ?? {}).map(([part, its]) => {
    const alone = { ...anywhere, valid_from: undefined, valid_until: undefined, context: { [part]: its } };
    return `${part} ${holds(alone, asked, at) ? 'matches' : 'does not'}`;
  });
  if (preference.status === 'pending') return [...parts, 'pending'];
  if (!matches(preference, asked)) return parts;
  const state = stateAt(preference, at);
  const time = preference.context?.time;
  return [
    ...parts,
    ...(state === 'is yet to begin' ? ['before its time'] : []),
    ...(state === 'is over' ? ['after its time'] : []),
    ...(time?.from && time.to && time.to <= time.from ? ['hours across midnight'] : []),
    ...(time?.days ? ['hours of some days'] : []),
    ...(time && clocksChange(time, at, naiveValidUntil([preference], asked) ?? at)
      ? [`clocks change meanwhile in ${time.time_zone}`]
      : []),
  ];
}

function ofSeveral(group: readonly Preference[], asked: Question, mergeOf: MergeOf): string[] {
  const differs = (changed: readonly Preference[]) =>
    outcome(changed, asked, mergeOf) !== outcome(group, asked, mergeOf);
  const sameTime = (one: Preference): Preference => ({
    ...one,
    provenance: { ...one.provenance, original: group[0]!.provenance },
  });
  const onePart = (one: Preference): Preference => {
    const place = Object.fromEntries(Object.entries(one.context?.place ?? {}).slice(0, 1));
    return one.context?.place ? { ...one, context: { ...one.context, place } } : one;
  };
  const merge = mergeOf(group[0]!.attribute);
  const fields = group.flatMap(({ value }) => Object.keys(value as JsonObject));
  return [
    'several meet',
    ...(new Set(group.map(({ applies_to }) => applies_to.level)).size > 1 ? ['levels meet'] : []),
    ...(differs(group.map(onePart)) ? ['parts of a place decide'] : []),
    ...(differs(group.map(sameTime)) ? ['times of stating decide'] : []),
    ...(differs(group.map((one, index) => ({ ...one, id: group.at(-1 - index)!.id }))) ? ['ids decide'] : []),
    ...(differs(group.map((one) => ({ ...one, override: undefined }))) ? ['an override decides'] : []),
    ...(differs(group.map((one) => ({ ...one, strength: 'want' }))) ? ['hardness decides'] : []),
    ...(typeof merge === 'string'
      ? [`merged by ${merge}`]
      : fields
          .filter((field, index) => fields.indexOf(field) < index)
          .map((field) => `merged by fields: ${merge[field]}`)),
  ];
}

function ofTheEnd(all: readonly Preference[], asked: Question, mergeOf: MergeOf): string[] {
  const end = naiveValidUntil(all, asked);
  if (end === null) return ['nothing ends it'];
  const isDate = all.some(({ valid_from, valid_until }) =>
    [valid_from, valid_until].some((date) => date !== undefined && Date.parse(date) === end),
  );
  const unchanged = outcome(all, asked, mergeOf) === outcome(all, { ...asked, at: new Date(end) }, mergeOf);
  return [isDate ? 'a date ends it' : 'hours end it', ...(unchanged ? ['its end changes nothing'] : [])];
}

/** What comes out, apart from the ids of what it rests on. */
function outcome(all: readonly Preference[], asked: Question, mergeOf: MergeOf): string {
  return JSON.stringify(naiveResolve(all, mergeOf, asked).map((one) => ({ ...one, sources: [] })));
}

function clocksChange({ time_zone }: TimeOfWeek, from: number, to: number): boolean {
  const ahead = (at: number) => (wallTime(time_zone, at).minutes - Math.floor(at / 60_000)) % 1440;
  return (ahead(from) + 1440) % 1440 !== (ahead(to) + 1440) % 1440;
}
