import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import type { Reader, Tx } from '../platform/database/database.js';
import type { EventResultDto } from './interactions.dto.js';
import type { LineRead } from './mapping.js';
import { type Fate, resultOf } from './report.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);
const PARTS_AT_ONCE = 8;

export const jobOutcomes = ['stored', 'duplicate', 'conflict', 'rejected', 'ignored', 'valid'] as const;
export type JobOutcome = (typeof jobOutcomes)[number];

/** What became of an event of a file, and which lines of the file it stood in. */
export type LineResult = Omit<EventResultDto, 'index' | 'line' | 'outcome'> & {
  readonly line: number;
  /** How many lines, where more than one. */
  readonly lines?: number;
  readonly outcome: JobOutcome;
};

/** A fate in the form in which a job reports it; null for what is passed over without being asked about. */
export function lineResultOf({ line, lines, id, source, ignored }: LineRead, fate: Fate | null): LineResult {
  const at = { line, ...(lines > 1 && { lines }) };
  if (fate) return { ...at, ...resultOf(fate, { id, source }) };
  return { ...at, id, source, outcome: 'ignored', ...(ignored !== undefined && { detail: ignored }) };
}

/** What a job came to, or has come to so far. */
export type JobTotals = {
  /** How many lines of the file have been read. */
  lines: number;
  stored: number;
  duplicate: number;
  conflict: number;
  rejected: number;
  ignored: number;
  valid: number;
  /** How many were refused, by the code of the problem. */
  by_code: Record<string, number>;
};

const nothing: JobTotals = {
  lines: 0,
  stored: 0,
  duplicate: 0,
  conflict: 0,
  rejected: 0,
  ignored: 0,
  valid: 0,
  by_code: {},
};

/** The totals with some more results, after so many lines. */
export function totalsWith(before: JobTotals | null, results: readonly LineResult[], lines: number): JobTotals {
  const totals = { ...(before ?? nothing), lines };
  totals.by_code = { ...totals.by_code };
  for (const { outcome, code } of results) {
    totals[outcome] += 1;
    if (code !== undefined) totals.by_code[code] = (totals.by_code[code] ?? 0) + 1;
  }
  return totals;
}

/** Keeps what became of a stretch of the file that begins there. */
export async function insertResults(
  tx: Tx,
  jobId: string,
  start: number,
  results: readonly LineResult[],
): Promise<void> {
  if (results.length === 0) return;
  const outcomes = [...new Set(results.map(({ outcome }) => outcome))];
  const lines = results.map((result) => `${JSON.stringify(result)}\n`).join('');
  await tx.query('insert into interaction_job_results (job_id, start, outcomes, data) values ($1, $2, $3, $4)', [
    jobId,
    start,
    outcomes,
    await compress(lines, { level: 1 }),
  ]);
}

/** What became of a file as NDJSON, in the order of its lines; of one outcome where that is asked for. */
export async function* resultLines(reader: Reader, jobId: string, outcome?: JobOutcome): AsyncGenerator<Buffer> {
  let after = -1;
  for (;;) {
    const parts = await reader.query<{ start: string; outcomes: JobOutcome[]; data: Buffer }[]>(
      `select start, outcomes, data from interaction_job_results
        where job_id = $1 and start > $2 and ($3::text is null or $3 = any(outcomes))
        order by start limit ${PARTS_AT_ONCE}`,
      [jobId, after, outcome ?? null],
    );
    for (const { start, outcomes, data } of parts) {
      const lines = await decompress(data);
      yield outcome && outcomes.length > 1 ? only(outcome, lines) : lines;
      after = Number(start);
    }
    if (parts.length < PARTS_AT_ONCE) return;
  }
}

function only(outcome: JobOutcome, lines: Buffer): Buffer {
  const kept = lines
    .toString()
    .split('\n')
    .filter((line) => line !== '' && (JSON.parse(line) as LineResult).outcome === outcome);
  return Buffer.from(kept.map((line) => `${line}\n`).join(''));
}
