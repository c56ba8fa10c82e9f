import type { JsonObject } from '../platform/json.js';
import { spanAt } from '../platform/zone.js';
import type { Support, Tally } from './evidence.js';
import { grouped } from './grouped.js';
import { ANSWERED, OFFERED_BY } from './signs.js';
import type { Counts } from './statistics.js';

/** How one day of a customer went in one group. */
export interface DayTally extends Tally {
  readonly day: string;
}

/** What the days of one customer come to for one value, before anything is known of other customers. */
export interface Count extends Counts {
  readonly value: string;
  readonly about: JsonObject;
  /** The events that support it, newest first, and no more of them than anybody looks at. */
  readonly events: readonly string[];
  /** The first and the last day that was counted. */
  readonly since: string;
  readonly until: string;
}

/** All values of a group, and how often the group came up: for the others that means zero. */
export interface GroupCounts {
  readonly group: string;
  readonly n: number;
  readonly counts: readonly Count[];
}

/** How the days of one rule, in their order, come to counts. */
export type Fold = (days: readonly DayTally[], zone: string | null) => GroupCounts[];

const MOST_EVENTS = 50;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PERIOD_MS = 28 * DAY_MS;

/** How often each value was taken, of all the days when its group came up. */
export const shares: Fold = (days) => byGroup(days).map(([group, ofGroup]) => sharesOf(group, ofGroup));

function sharesOf(group: string, days: readonly DayTally[]): GroupCounts {
  const n = days.reduce((total, { opportunities }) => total + opportunities, 0);
  const of = { n, days: days.length, ...spanOf(days) };
  const counts = timesOf(days).map(([value, times]) => ({ value, k: taken(times), ...of, ...shownBy(times) }));
  return { group, n, counts };
}

/**
 * In how many periods of four weeks a value was taken again, of those after it was first taken in which its group came
 * up: people do not buy flour on every visit. The first time counts for nothing, or else what was tried once would be
 * ahead by one.
 */
export const everyFourWeeks: Fold = (days) =>
  byGroup(days).map(([group, ofGroup]) => {
    const shopping = ofGroup.filter(({ opportunities }) => opportunities > 0);
    const counts = timesOf(withoutReturned(ofGroup)).flatMap(([value, times]) => {
      const first = times[0]!.day;
      const later = shopping.filter(({ day }) => day > first);
      if (later.length === 0) return [];
      const again = times.filter(({ day }) => day > first);
      const n = periodsOf(later, first);
      return [{ value, k: periodsOf(again, first), n, days: n, ...spanOf(later), ...shownBy(times) }];
    });
    return { group, n: shopping.length, counts };
  });

/** Over how many periods of four weeks from the day after the first these days are spread. */
function periodsOf(days: readonly { readonly day: string }[], first: string): number {
  const start = Date.parse(first) + DAY_MS;
  return new Set(days.map(({ day }) => Math.floor((Date.parse(day) - start) / PERIOD_MS))).size;
}

/** Of the products that were kept, how many were of each size. */
export const keptSizes: Fold = (days) =>
  byGroup(days).map(([group, ofGroup]) => {
    const kept = withoutReturned(ofGroup).flatMap((tally) => {
      const supports = tally.supports.map(sizeAlone);
      return supports.length > 0 ? [{ ...tally, supports, opportunities: supports.length }] : [];
    });
    return sharesOf(group, kept);
  });

function sizeAlone({ value, ...support }: Support): Support {
  return { ...support, value: value.slice(0, value.indexOf('|')), count: 1 };
}

/**
 * The days without what was given back later: of something that was taken several times, the last that was taken
 * before. What was given back without having been reported as taken takes nothing away from what comes after it.
 */
function withoutReturned(days: readonly DayTally[]): DayTally[] {
  const kept = new Map<string, { readonly day: string; count: number }[]>();
  for (const { day, supports } of days) {
    for (const { value, count } of supports) {
      const ofValue = kept.get(value) ?? [];
      kept.set(value, ofValue);
      if (count > 0) ofValue.push({ day, count });
      else giveBack(ofValue, -count);
    }
  }
  const isKept = (value: string, day: string) => kept.get(value)!.some((entry) => entry.day === day);
  return days.map((tally) => ({
    ...tally,
    supports: tally.supports.filter(({ value, count }) => count > 0 && isKept(value, tally.day)),
  }));
}

function giveBack(kept: { count: number }[], items: number): void {
  for (let left = items; left > 0 && kept.length > 0;) {
    const last = kept.at(-1)!;
    const back = Math.min(left, last.count);
    last.count -= back;
    left -= back;
    if (last.count === 0) kept.pop();
  }
}

/** Of the campaigns that came by one way, how many were answered. One that came by several ways tells of none. */
export const answeredCampaigns: Fold = (days) => {
  const byChannel = new Map<string, DayTally[]>();
  for (const [, ofCampaign] of byGroup(days)) {
    const supports = ofCampaign.flatMap((tally) => tally.supports);
    const ways = new Set(supports.flatMap(({ value }) => (value.startsWith(OFFERED_BY) ? [value] : [])));
    const [way] = ways;
    if (way === undefined || ways.size > 1) continue;
    const channel = way.slice(OFFERED_BY.length);
    const events = supports.flatMap(({ value, events: by }) => (value === ANSWERED ? by : []));
    const offered = ofCampaign.find((tally) => tally.supports.some(({ value }) => value === way))!;
    byChannel.set(channel, [
      ...(byChannel.get(channel) ?? []),
      { ...offered, supports: [{ value: channel, count: Math.min(events.length, 1), events }] },
    ]);
  }
  return [...byChannel].toSorted(byName).map(([channel, campaigns]) => {
    const counted = sharesOf(channel, campaigns.toSorted(byDay));
    const distinct = new Set(campaigns.map(({ day }) => day)).size;
    return { ...counted, counts: counted.counts.map((count) => ({ ...count, days: distinct })) };
  });
};

/** In which part of the day, where the customer is: nothing where that is not known. */
export const partsOfDay: Fold = (days, zone) => {
  if (zone === null) return [];
  const partOf = partIn(zone);
  return shares(
    days.map((tally) => ({ ...tally, supports: merged(tally.supports, partOf) })),
    zone,
  );
};

/** The part of the day of an instant to the minute, `2026-11-22T17:05`. */
function partIn(zone: string): (instant: string) => string {
  return (instant) => {
    const at = Date.parse(`${instant}Z`);
    const local = at + (spanAt(zone, at)?.offset ?? 0);
    const hour = Math.floor((local % DAY_MS) / HOUR_MS);
    if (hour < 6 || hour >= 22) return 'night';
    if (hour < 12) return 'morning';
    return hour < 17 ? 'afternoon' : 'evening';
  };
}

/** The supports under other values: those that come to the same are one. */
function merged(supports: readonly Support[], rename: (value: string) => string): Support[] {
  const byValue = new Map<string, string[]>();
  for (const { value, events } of supports) {
    const name = rename(value);
    byValue.set(name, [...(byValue.get(name) ?? []), ...events]);
  }
  return [...byValue].map(([value, events]) => ({ value, count: 1, events }));
}

/** A support, and when it was. */
interface Time extends Support {
  readonly day: string;
}

/** When each value was taken. */
function timesOf(days: readonly DayTally[]): [string, Time[]][] {
  const times = days.flatMap(({ day, supports }) => supports.map((support) => ({ ...support, day })));
  return [...grouped(times, ({ value }) => value)].toSorted(byName);
}

function taken(times: readonly Time[]): number {
  return times.reduce((total, { count }) => total + count, 0);
}

function shownBy(times: readonly Time[]): Pick<Count, 'about' | 'events'> {
  const newestFirst = new Set(times.toReversed().flatMap(({ events }) => events.toReversed()));
  return {
    about: times.findLast(({ about }) => about)?.about ?? {},
    events: [...newestFirst].slice(0, MOST_EVENTS),
  };
}

function spanOf(days: readonly { readonly day: string }[]): Pick<Count, 'since' | 'until'> {
  return { since: days[0]?.day ?? '', until: days.at(-1)?.day ?? '' };
}

function byGroup(days: readonly DayTally[]): [string, DayTally[]][] {
  return [...grouped(days, ({ group }) => group)].toSorted(byName);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}

function byDay(a: DayTally, b: DayTally): number {
  return a.day < b.day ? -1 : Number(a.day > b.day);
}
