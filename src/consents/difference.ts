import { type AskedDetail, type ConsentDetail, itemsOf } from './detail.js';
import { checkedDurationMs } from './duration.js';
import { sinceAt } from './since.js';

/** Against what is given already, an item is `given` in full, asked for in more circumstances (`wider`), or `new`. */
export type Standing = 'given' | 'wider' | 'new';

export interface Difference {
  /** Whether all of it is given already, so that there is nothing to ask. */
  complete: boolean;
  /** By the id of the asked line, then by attribute or event type. */
  items: Readonly<Record<string, Readonly<Record<string, Standing>>>>;
}

/** What of a request is given already. Time is left out: what is given until tomorrow is given. */
export function differenceOf(asked: readonly AskedDetail[], given: readonly ConsentDetail[], now: Date): Difference {
  const current = given.filter((line) => now.getTime() < Date.parse(line.expires_at));
  const items = Object.fromEntries(asked.map((detail) => [detail.id, standings(detail, current, now)]));
  const complete = Object.values(items).every((item) => Object.values(item).every((held) => held === 'given'));
  return { complete, items };
}

function standings(detail: AskedDetail, given: readonly ConsentDetail[], now: Date): Record<string, Standing> {
  const lines = given.filter((line) => isAsGenerous(line, detail, now));
  return Object.fromEntries(itemsOf(detail).map((item) => [item, standing(detail, linesWith(lines, item))]));
}

function standing(detail: AskedDetail, lines: readonly ConsentDetail[]): Standing {
  if (lines.length === 0) return 'new';
  let covered = 0;
  const circumstances = circumstancesOf(detail);
  for (const circumstance of circumstances) {
    if (lines.some((line) => circumstance.every((code, index) => dimensionsOf(line)[index]?.includes(code)))) covered++;
  }
  if (covered === 0) return 'new';
  return covered === circumstances.length ? 'given' : 'wider';
}

function linesWith(lines: readonly ConsentDetail[], item: string): ConsentDetail[] {
  return lines.filter((line) => itemsOf(line).includes(item));
}

/** Whether a line of the same type keeps, reaches back and waits for late reports as long as is asked. */
function isAsGenerous(line: ConsentDetail, asked: AskedDetail, now: Date): boolean {
  if (line.type === 'ccx_preferences') {
    return asked.type === 'ccx_preferences' && checkedDurationMs(line.retention) >= checkedDurationMs(asked.retention);
  }
  return (
    asked.type === 'ccx_interactions' &&
    Date.parse(line.since) <= sinceAt(asked.since, now).getTime() &&
    checkedDurationMs(line.late_reporting) >= checkedDurationMs(asked.late_reporting)
  );
}

function dimensionsOf(detail: AskedDetail): readonly (readonly string[])[] {
  return detail.type === 'ccx_preferences'
    ? [detail.purposes, detail.touchpoints, detail.stages, detail.delivery]
    : [detail.purposes, detail.touchpoints];
}

/** Every combination of what the line says about when, where and what for. */
function circumstancesOf(detail: AskedDetail): string[][] {
  return dimensionsOf(detail).reduce<string[][]>(
    (combinations, codes) => combinations.flatMap((combination) => codes.map((code) => [...combination, code])),
    [[]],
  );
}
