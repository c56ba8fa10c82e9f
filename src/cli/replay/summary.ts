import type { Settings } from './state.js';
import type { Replayed } from './replay.js';

const MOST_NAMED = 5;

/** What a run came to, in words. */
export function summaryOf(replayed: Replayed, settings: Settings, memory: string): string {
  const { tally, outcomes, read, customers, seconds, endState } = replayed;
  const { invoices, lines } = tally.inWords();
  const refused = [...outcomes.refused].map(([code, count]): [string, number] => [`refused: ${code}`, count]);
  const rate = (count: number) => `${number(count / seconds.reporting)}/s`;
  return [
    `Every time was moved by ${number(settings.offset_days)} days.`,
    ...block(`${number(read.invoices)} invoices`, invoices),
    ...block(`${number(read.lines)} lines`, lines),
    ...block(`${number(outcomes.sent)} events sent`, [
      ['stored', outcomes.stored],
      ['duplicate: known already', outcomes.duplicate],
      ...refused,
    ]),
    ...block('Pace', [
      [`customers enrolled or found, in ${seconds.enrolling.toFixed(1)} s`, customers],
      [`events in ${seconds.reporting.toFixed(1)} s`, rate(outcomes.sent)],
      ['lines in the same time', rate(read.lines)],
    ]),
    '',
    `Memory of the service: ${memory}`,
    ...(endState ? ['', `End state, read back in ${seconds.verifying.toFixed(1)} s: ${endState.digest}`] : []),
  ].join('\n');
}

/** What should not have happened; nothing, when every row and every event is accounted for. */
export function faultsOf({ tally, outcomes, read, endState }: Replayed): string[] {
  const faults: string[] = [];
  const mustBe = (what: string, is: number, should: number) => {
    if (is !== should) faults.push(`${what}: ${number(is)} instead of ${number(should)}`);
  };
  mustBe('Invoices accounted for', tally.invoiceSum, read.invoices);
  mustBe('Lines accounted for', tally.lineSum, read.lines);
  mustBe('Events sent', outcomes.sent, tally.events);
  mustBe('Events stored or known', outcomes.stored + outcomes.duplicate, tally.events);
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
