import type { JsonValue } from '../../src/platform/json.js';
import type { Place, Preference, TimeOfWeek } from '../../src/preferences/preference.js';
import type { Attribute, Merge, Strength } from '../../src/vocabulary/attribute.js';
import { wallTime } from './wall-clock.js';

/**
 * What holds, a second time: written from the rules of the design alone, as slow and plain as can be, and sharing
 * nothing with the service but its types.
 */

export interface NaiveQuestion {
  readonly retailer: string | null;
  readonly sectors: readonly string[];
  readonly touchpoint: string | null;
  readonly stage: string | null;
  readonly place: Place | null;
  readonly occasion: string | null;
  readonly at: Date;
}

export interface NaiveEffective {
  readonly attribute: string;
  readonly key: string | null;
  readonly value: JsonValue;
  readonly strength: Strength;
  readonly weight: number | null;
  /** What it rests on. */
  readonly sources: readonly string[];
}

/** How an attribute is merged. */
export type MergeOf = (attribute: string) => Attribute['merge'];

export function naiveResolve(all: readonly Preference[], mergeOf: MergeOf, question: NaiveQuestion): NaiveEffective[] {
  const kept = all.filter((preference) => holds(preference, question, question.at.getTime())).sort(moreGeneralFirst);
  return aboutTheSame(kept).map((group) => mergeAll(group, mergeOf(group[0]!.attribute)));
}

/** Those about one attribute and key, together. */
export function aboutTheSame(all: readonly Preference[]): Preference[][] {
  const groups = new Map<string, Preference[]>();
  for (const preference of all) {
    const name = JSON.stringify([preference.attribute, preference.key]);
    groups.set(name, [...(groups.get(name) ?? []), preference]);
  }
  return [...groups.values()];
}

// 1. Keep active preferences that apply, whose every context predicate matches, and that are in date.

/** Whether the preference is kept at that instant. */
export function holds(preference: Preference, question: NaiveQuestion, at: number): boolean {
  return matches(preference, question) && stateAt(preference, at) === 'holds';
}

/** Whether all matches that does not change by time alone. */
export function matches(preference: Preference, question: NaiveQuestion): boolean {
  const { status, context = {} } = preference;
  if (status !== 'active') return false;
  if (!applies(preference, question)) return false;
  if (context.stage && !context.stage.some((stage) => stage === question.stage)) return false;
  if (context.touchpoint && !context.touchpoint.some((touchpoint) => touchpoint === question.touchpoint)) return false;
  if (context.occasion !== undefined && context.occasion !== question.occasion) return false;
  if (context.place && !isThere(context.place, question.place)) return false;
  return true;
}

/** Where a preference is in its life and in its hours. Out of date, its hours decide nothing. */
export function stateAt({ valid_from, valid_until, context }: Preference, at: number): string {
  if (valid_until !== undefined && at >= Date.parse(valid_until)) return 'is over';
  if (valid_from !== undefined && at < Date.parse(valid_from)) return 'is yet to begin';
  return context?.time && !isWithin(context.time, at) ? 'rests' : 'holds';
}

function applies({ applies_to }: Preference, { retailer, sectors }: NaiveQuestion): boolean {
  if (applies_to.level === 'everyone') return true;
  if (applies_to.level === 'sector') return sectors.includes(applies_to.sector);
  return applies_to.retailer_id === retailer;
}

function isThere(wanted: Place, place: Place | null): boolean {
  if (wanted.country !== undefined && wanted.country !== place?.country) return false;
  if (wanted.region !== undefined && wanted.region !== place?.region) return false;
  if (wanted.store !== undefined && wanted.store !== place?.store) return false;
  return true;
}

const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function isWithin({ time_zone, from = '00:00', to = '24:00', days = week as never }: TimeOfWeek, at: number): boolean {
  const { day, minutes } = wallTime(time_zone, at);
  const begins = minutesOf(from);
  const ends = minutesOf(to);
  const today = days.includes(day as never);
  if (begins < ends) return today && minutes >= begins && minutes < ends;
  const yesterday = days.includes(week[(week.indexOf(day) + 6) % 7] as never);
  return (today && minutes >= begins) || (yesterday && minutes < ends);
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':');
  return Number(hours) * 60 + Number(minutes);
}

// 2. Order: everyone < sector < retailer, then without context < with context, then number of predicates, then newer,
// then id.

function moreGeneralFirst(a: Preference, b: Preference): number {
  const level = (preference: Preference) => ['everyone', 'sector', 'retailer'].indexOf(preference.applies_to.level);
  // A place says several things: its country, its region, its store.
  const predicates = ({ context: { place = {}, ...rest } = {} }: Preference) =>
    Object.keys(place).length + Object.keys(rest).length;
  if (level(a) !== level(b)) return level(a) - level(b);
  if (predicates(a) !== predicates(b)) return predicates(a) - predicates(b);
  if (statedAt(a) !== statedAt(b)) return statedAt(a) < statedAt(b) ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function statedAt({ provenance }: Preference): string {
  return (provenance.original ?? provenance).at;
}

// 3. Merge as declared.

function mergeAll(group: readonly Preference[], merge: Merge): NaiveEffective {
  if (merge === 'replace') return lastWins(group);
  if (merge === 'union') return hardestWins(group);
  return fieldByField(group, merge);
}

/** Replace: the last wins. */
function lastWins(group: readonly Preference[]): NaiveEffective {
  return restingOn(group[group.length - 1]!);
}

/** Union: a softer, narrower one cannot weaken a harder one unless `override`. */
function hardestWins(group: readonly Preference[]): NaiveEffective {
  let winner = group[0]!;
  for (const next of group.slice(1)) {
    if (hardness(next) >= hardness(winner) || next.override) winner = next;
  }
  return restingOn(winner);
}

/** A field map combines per field unless `override`. It is as hard as the hardest that it still rests on. */
function fieldByField(group: readonly Preference[], merge: Readonly<Record<string, string>>): NaiveEffective {
  const value: Record<string, JsonValue> = {};
  const restsOn: Record<string, Preference[]> = {};
  for (const next of group) {
    for (const [field, its] of Object.entries(next.value as Record<string, JsonValue>)) {
      const had = value[field];
      const anew = had === undefined || next.override;
      value[field] = anew ? its : combine(merge[field]!, had, its);
      restsOn[field] = anew ? [next] : [...restsOn[field]!, next];
    }
  }
  const sources = group.filter((preference) => Object.values(restsOn).some((some) => some.includes(preference)));
  let hardest = sources[0]!;
  for (const next of sources) {
    if (hardness(next) >= hardness(hardest)) hardest = next;
  }
  return { ...restingOn(hardest), value, sources: sources.map(({ id }) => id) };
}

function combine(how: string, a: JsonValue, b: JsonValue): JsonValue {
  switch (how) {
    case 'and':
      return a === true && b === true;
    case 'intersect':
      return (a as JsonValue[]).filter((one) => (b as JsonValue[]).includes(one));
    case 'union':
      return [...(a as JsonValue[]), ...(b as JsonValue[]).filter((one) => !(a as JsonValue[]).includes(one))];
    case 'min':
      return (a as number) < (b as number) ? a : b;
    case 'max':
      return (a as number) > (b as number) ? a : b;
    default:
      throw new Error(`There is no rule ${how}.`);
  }
}

/** must and never bind whoever reads them, want and avoid ask; what is forbidden outlasts what is demanded. */
function hardness({ strength }: Preference): number {
  if (strength === 'never') return 3;
  if (strength === 'must') return 2;
  return 1;
}

function restingOn({ id, attribute, key, value, strength, weight }: Preference): NaiveEffective {
  return { attribute, key, value, strength, weight: weight ?? null, sources: [id] };
}
