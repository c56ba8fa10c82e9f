import type { StandingEvent } from '../interactions/standing.service.js';
import type { JsonObject } from '../platform/json.js';
import type { Reads, Sign } from './signs.js';

export const ruleIds = [
  'brand',
  'brand_kind',
  'category',
  'regular_purchase',
  'footwear_size',
  'apparel_size',
  'fulfilment',
  'receipt',
  'language',
  'contact_channel',
  'contact_time',
] as const;
export type RuleId = (typeof ruleIds)[number];

/** What the events of a day say of one value. */
export interface Support {
  /** Tells values of one group apart: `store`, `email`, a product. */
  readonly value: string;
  /** 1, or how many items were taken; below zero where more was given back. */
  readonly count: number;
  /** The events that say so. */
  readonly events: readonly string[];
  /** What a preference, and a sentence about it, need besides: a label, a size system. */
  readonly about?: JsonObject;
}

/** How one day went in one group. */
export interface Tally {
  readonly rule: RuleId;
  /** Within which values compete for the same opportunities: a category, a retailer, `all`. */
  readonly group: string;
  /** 1 where it could have gone one way or another, 0 where something was only given back. */
  readonly opportunities: number;
  readonly supports: readonly Support[];
}

/** All that one day of a customer says: a function of the events of that day that stand, and of nothing else. */
export interface DayEvidence {
  /** In UTC: `2026-11-22`. */
  readonly day: string;
  readonly tallies: readonly Tally[];
}

/** The UTC day of an instant. */
export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 'YYYY-MM-DD'.length);
}

/**
 * What a day comes to. A day is one opportunity, however much was bought: ten tins in a basket are one choice.
 *
 * - `any`: each value that came up;
 * - `most`: the value of more than half of the day's decisions, if any;
 * - `items`: each value, with its items.
 */
export type DayMode = 'any' | 'most' | 'items';

/** What a rule reads from events. */
export interface DayRule {
  readonly id: RuleId;
  readonly reads: Reads;
  readonly day: DayMode;
}

/** @param events Those of the day that stand, in their order. */
export function evidenceOf(day: string, events: readonly StandingEvent[], rules: readonly DayRule[]): DayEvidence {
  return { day, tallies: rules.flatMap((rule) => talliesOf(rule, events)) };
}

interface Counting {
  readonly decisions: Set<string>;
  readonly byValue: Map<string, Counted>;
}

interface Counted {
  readonly decisions: Set<string>;
  readonly events: Set<string>;
  items: number;
  about?: JsonObject;
}

function talliesOf({ id: rule, reads, day }: DayRule, events: readonly StandingEvent[]): Tally[] {
  const groups = new Map<string, Counting>();
  for (const event of events) {
    for (const sign of reads(event)) count(groups, sign, event.id);
  }
  return inOrder(groups).map(([group, { decisions, byValue }]) => ({
    rule,
    group,
    opportunities: Math.min(decisions.size, 1),
    supports: inOrder(byValue)
      .filter(([, counted]) => day !== 'most' || counted.decisions.size * 2 > decisions.size)
      .map(([value, { items, events: by, about }]) => ({
        value,
        count: day === 'items' ? items : 1,
        events: [...by],
        ...(about && { about }),
      })),
  }));
}

function count(groups: Map<string, Counting>, { group, decision, value, items = 1, about }: Sign, by: string): void {
  const counting = groups.get(group) ?? { decisions: new Set(), byValue: new Map<string, Counted>() };
  groups.set(group, counting);
  if (decision !== null) counting.decisions.add(decision);
  if (value === undefined) return;

  const counted = counting.byValue.get(value) ?? { decisions: new Set(), events: new Set(), items: 0 };
  counting.byValue.set(value, counted);
  if (decision !== null) counted.decisions.add(decision);
  counted.events.add(by);
  counted.items += items;
  if (about) counted.about = about; // what it was called last
}

/** By key, so that equal evidence is written equally. */
function inOrder<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
}
