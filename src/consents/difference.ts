import { type AskedDetail, type ConsentDetail, isReporting, type Item, itemsOf, recipientsOf } from './detail.js';
import { checkedDurationMs } from './duration.js';
import { sinceAt } from './since.js';

/** Against what is given already, an item is `given` in full, asked for in more circumstances (`wider`), or `new`. */
export type Standing = 'given' | 'wider' | 'new';

/** How an item stands; for one that is given, until when all of it is. */
export type Held = { standing: 'given'; until: Date } | { standing: 'wider' | 'new' };

export interface Difference {
  /** Whether all of it is given already, so that there is nothing to ask. */
  complete: boolean;
  /** By the id of the asked line, then by attribute or event type. */
  items: Readonly<Record<string, Readonly<Record<string, Held>>>>;
}

/** What is asked for: how often a day it may be read is left open, unless told. */
export interface Asked {
  readonly details: readonly AskedDetail[];
  readonly maxReadsPerDay?: number | null;
}

/** What is given: read as often as one likes, unless told. */
export interface Holding {
  readonly details: readonly ConsentDetail[];
  readonly maxReadsPerDay?: number | null;
}

/** What of a request is given already. For how long counts for nothing: what is given until tomorrow is given. */
export function differenceOf(asked: Asked, held: Holding | null, now: Date): Difference {
  const given = currentLines(held, now);
  const oftener = asksToReadOftener(asked, held);
  const items = Object.fromEntries(
    asked.details.map((detail) => {
      const lines = given.filter(({ type }) => type === detail.type);
      const limited = oftener && !isReporting(detail);
      const generous = limited ? [] : lines.filter((line) => isAsGenerous(line, detail, now));
      return [detail.id, standings(detail, lines, generous)];
    }),
  );
  const complete = Object.values(items).every((line) =>
    Object.values(line).every(({ standing }) => standing === 'given'),
  );
  return { complete, items };
}

/** What ends where a request is to take the place of what is given: all that it leaves out, each item once. */
export function removedBy(asked: Asked, held: Holding | null, now: Date): Item[] {
  const remaining = itemsIn(asked.details);
  return [...itemsIn(currentLines(held, now))].filter(([key]) => !remaining.has(key)).map(([, item]) => item);
}

function itemsIn(details: readonly AskedDetail[]): Map<string, Item> {
  const items = details.flatMap((detail) => itemsOf(detail).map((code) => ({ type: detail.type, code })));
  return new Map(items.map((item) => [`${item.type} ${item.code}`, item]));
}

function currentLines(held: Holding | null, now: Date): ConsentDetail[] {
  return held?.details.filter((line) => now.getTime() < Date.parse(line.expires_at)) ?? [];
}

/** A request that says nothing about it leaves the limit as it is. */
function asksToReadOftener(asked: Asked, held: Holding | null): boolean {
  const limit = held?.maxReadsPerDay ?? null;
  return limit !== null && (asked.maxReadsPerDay ?? 0) > limit;
}

/** @param generous Those of the lines that give what they give on terms as good as those that are asked for. */
function standings(
  detail: AskedDetail,
  lines: readonly ConsentDetail[],
  generous: readonly ConsentDetail[],
): Record<string, Held> {
  const circumstances = circumstancesOf(detail);
  const entries = itemsOf(detail).map((item): [string, Held] => {
    const ends = circumstances.map((circumstance) => lastEnd(generous, item, circumstance));
    if (ends.every((end) => end !== null)) return [item, { standing: 'given', until: new Date(Math.min(...ends)) }];
    const isInPart = circumstances.some((circumstance) => lastEnd(lines, item, circumstance) !== null);
    return [item, { standing: isInPart ? 'wider' : 'new' }];
  });
  return Object.fromEntries(entries);
}

/** Until when one of the lines gives the item in this circumstance; null when none does. */
function lastEnd(lines: readonly ConsentDetail[], item: string, circumstance: readonly string[]): number | null {
  const giving = lines.filter((line) => itemsOf(line).includes(item) && reaches(line, circumstance));
  return giving.length > 0 ? Math.max(...giving.map(({ expires_at: end }) => Date.parse(end))) : null;
}

function reaches(line: ConsentDetail, circumstance: readonly string[]): boolean {
  const dimensions = dimensionsOf(line);
  return circumstance.every((code, index) => dimensions[index]?.includes(code));
}

/** Whether a line of the same type keeps, passes on, reaches back and waits for late reports as much as is asked. */
function isAsGenerous(line: ConsentDetail, asked: AskedDetail, now: Date): boolean {
  if (isReporting(line)) {
    const since = asked.type === 'ccx_interactions' ? asked.since : undefined;
    return (
      isReporting(asked) &&
      Date.parse(line.since) <= sinceAt(since, now).getTime() &&
      checkedDurationMs(line.late_reporting) >= checkedDurationMs(asked.late_reporting)
    );
  }
  return (
    !isReporting(asked) &&
    checkedDurationMs(line.retention) >= checkedDurationMs(asked.retention) &&
    recipientsOf(asked).every((recipient) => recipientsOf(line).includes(recipient))
  );
}

function dimensionsOf(detail: AskedDetail): readonly (readonly string[])[] {
  switch (detail.type) {
    case 'ccx_interactions':
      return [detail.purposes, detail.touchpoints];
    case 'ccx_interactions_special':
      return [detail.purposes, detail.touchpoints, detail.event_types];
    default:
      return [detail.purposes, detail.touchpoints, detail.stages, detail.delivery];
  }
}

/** Every combination of what the line says about when, where and what for. */
function circumstancesOf(detail: AskedDetail): string[][] {
  return dimensionsOf(detail).reduce<string[][]>(
    (combinations, codes) => combinations.flatMap((combination) => codes.map((code) => [...combination, code])),
    [[]],
  );
}
