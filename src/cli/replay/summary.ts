import type { Replayed } from './replay.js';
import type { Settings } from './state.js';

const MOST_NAMED = 5;

/** What a run came to, in words. */
export function summaryOf({ script, due, outcomes, seconds, endState }: Replayed, settings: Settings): string {
  const { tally, dataset } = script;
  const refused = [...outcomes.refused].map(([code, count]): [string, number] => [`refused: ${code}`, count]);
  return [
    `Every time was moved by ${number(settings.offset_days)} days.`,
    ...Object.entries(dataset.files).flatMap(([file, words]) => {
      const rows = tally.inWords(file, words);
      return rows.length === 0 ? [] : block(`${number(tally.sums(file).gone)} ${words.rows}`, rows);
    }),
    ...block(`${number(script.length)} events`, [...tally.events]),
    ...block(`${number(due)} sent`, [
      ['stored', outcomes.stored],
      ['duplicate: known already', outcomes.duplicate],
      ...refused,
    ]),
    ...block('Pace', [
      [`customers enrolled or found, in ${seconds.enrolling.toFixed(1)} s`, script.customers.size],
      [`events in ${seconds.reporting.toFixed(1)} s`, `${number(due / seconds.reporting)}/s`],
    ]),
    ...(endState ? ['', `End state, read back in ${seconds.verifying.toFixed(1)} s: ${endState.checksum}`] : []),
  ].join('\n');
}

/** What should not have happened; nothing, when every row and every event is accounted for. */
export function faultsOf({ script, due, outcomes, endState }: Replayed): string[] {
  const faults: string[] = [];
  const mustBe = (what: string, is: number, should: number) => {
    if (is !== should) faults.push(`${what}: ${number(is)} instead of ${number(should)}`);
  };
  for (const [file, { rows, fates }] of Object.entries(script.dataset.files)) {
    const { read, gone } = script.tally.sums(file);
    const named = script.tally.inWords(file, { rows, fates }).reduce((sum, [, count]) => sum + count, 0);
    if (script.isWhole) mustBe(`Accounted for of ${rows}`, gone, read);
    mustBe(`Accounted for in words of ${rows}`, named, gone);
  }
  mustBe('Events sent', outcomes.sent, due);
  mustBe('Events stored or known', outcomes.stored + outcomes.duplicate, due);
  for (const [code, example] of outcomes.examples) faults.push(`Refused with ${code}, such as ${example}`);
  const differing = endState?.differing ?? [];
  if (differing.length > 0) {
    const named = differing.slice(0, MOST_NAMED).join(', ');
    faults.push(`Customers who have something else than was reported: ${number(differing.length)}, such as ${named}`);
  }
  return faults;
}

function block(title: string, rows: readonly (readonly [string, number | string])[]): string[] {
  const values = rows.map(([, value]) => (typeof value === 'number' ? number(value) : value));
  const width = Math.max(...values.map(({ length }) => length), 9);
  return ['', title, ...rows.map(([words], index) => `${(values[index] as string).padStart(width + 2)}  ${words}`)];
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
}
