import { readFileSync } from 'node:fs';

import { fingerprintSync, hasSqlDetails, loadModule } from 'libpg-query';

import { placementOf } from '../../src/platform/database/distributed-tables.js';
import { type Allowed, allowed, MOST_ALLOWED } from './allowed.js';
import { type Fault, judge } from './judge.js';

interface Recorded {
  readonly spec: string;
  readonly text: string;
}

/** Of a statement that is told of: enough to find it by. */
const LONGEST = 600;

const advice = {
  unbound: 'bind it to a value, to `any(…)`, or to a relation that is bound, so that one shard answers',
  locks: 'lock rows of one shard at a time: a cluster refuses anything else',
  apart: 'ask one after the other: their shards stand on different machines',
  ctid: 'name the rows by their key',
};

/** Judges a recording and answers what to tell, and whether it passes. Of a part of the tests, no entry need be used. */
export async function check(
  file: string,
  { isWhole }: { isWhole: boolean },
): Promise<{ passes: boolean; report: string }> {
  await loadModule();
  const statements = distinct(readFileSync(file, 'utf8').split('\n').filter(Boolean));
  const used = new Set<Allowed>();
  const lines: string[] = [];
  for (const { spec, text } of statements) {
    const faults = judge(text, placementOf).filter(({ kind }) => {
      const entry = allowed.find((one) => (one.kind ?? 'unbound') === kind && fits(text, one.statement));
      if (entry) used.add(entry);
      return entry === undefined;
    });
    if (faults.length > 0) lines.push([spec, `  ${shortened(inLine(text))}`, ...faults.map(describe)].join('\n'));
  }
  const unused = isWhole ? allowed.filter((entry) => !used.has(entry)) : [];
  lines.push(
    ...unused.map(({ statement }) => `test/sql/allowed.ts\n  No statement needs this entry any more: ${statement}`),
  );
  if (allowed.length > MOST_ALLOWED) lines.push(`test/sql/allowed.ts\n  More than ${MOST_ALLOWED} entries.`);
  lines.push(`${statements.length} statements, ${used.size} exceptions, ${lines.length} faults.`);
  return { passes: lines.length === 1, report: lines.join('\n\n') };
}

/** Statements that differ in nothing but how many values they are given are told of once. */
function distinct(lines: readonly string[]): Recorded[] {
  const found = new Map<string, Recorded>();
  for (const line of lines) {
    const recorded = JSON.parse(line) as Recorded;
    const print = printOf(recorded.text);
    if (print !== undefined && !found.has(print)) found.set(print, recorded);
  }
  return [...found.values()];
}

/** Not set for what PostgreSQL could not read, either: a test saw to it that it is refused. */
function printOf(text: string): string | undefined {
  try {
    return fingerprintSync(text);
  } catch (error) {
    if (hasSqlDetails(error)) return undefined;
    throw error;
  }
}

function describe({ table, kind, by }: Fault): string {
  return `  → ${table}${by ? `.${by}` : ''}: ${advice[kind]}`;
}

/** Whether the statement begins with the first part of the pattern and has the others in their order. */
export function fits(text: string, pattern: string): boolean {
  const line = inLine(text).toLowerCase().replaceAll(/[()]/g, '');
  let from = 0;
  return pattern.split('…').every((part, number) => {
    const wanted = inLine(part).toLowerCase().replaceAll(/[()]/g, '');
    const at = line.indexOf(wanted, from);
    from = at + wanted.length;
    return number === 0 ? line.startsWith(wanted) : at >= 0;
  });
}

const inLine = (text: string): string => text.replaceAll('"', '').replaceAll(/\s+/g, ' ').trim();

const shortened = (line: string): string => (line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line);
