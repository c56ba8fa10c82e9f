import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { atOnce } from '../../platform/at-once.js';
import type { RuleId } from '../../suggestions/evidence.js';
import type { Lack } from '../../suggestions/statistics.js';
import { type Caller, everyItem, expecting } from '../api/http-api.js';
import { CliError } from '../errors.js';
import type { Dataset } from '../replay/dataset.js';
import { play, type Played } from '../replay/play.js';
import type { Progress } from '../replay/progress.js';
import type { StaffCredentials } from '../staff-credentials.js';
import type { Judged } from './judged.js';
import { HeldOut } from './later.js';
import type { StudyMeasured } from './measured.js';
import type { Study } from './studies.js';

const CUSTOMERS_AT_ONCE = 8;
const POLL_MS = 250;
const PATIENCE_MS = 60_000;

export interface EvaluationParts {
  /** The service, which must be running and know none of this yet. */
  readonly url: string;
  readonly operator: StaffCredentials;
  /** For what the replay keeps. */
  readonly folder: string;
  readonly study: Study;
  readonly dataset: Dataset;
  say(words: string): void;
  progress(what: string, total: number, unit: string): Progress;
}

/** A candidate as the API shows it. */
interface Candidate {
  readonly rule: RuleId;
  readonly group: string;
  readonly value: string;
  readonly k: number;
  readonly n: number;
  readonly threshold: number;
  readonly mean: number;
  readonly probability: number;
  readonly base: number;
  readonly suggest: boolean;
  readonly lacks: readonly Lack[];
}

/**
 * Shows the service the first months of a data set, through its own API, asks it what it concludes, and looks in the
 * files at what came later.
 */
export async function evaluate(parts: EvaluationParts): Promise<StudyMeasured> {
  const { dataset, url, operator, folder, study, say, progress } = parts;
  const played = await play({
    dataset,
    url,
    operator,
    state: join(folder, `${dataset.name}.json`),
    until: study.split,
    suggestions: true,
    verify: false,
    patienceMs: PATIENCE_MS,
    say,
    progress,
  });
  // Priors are learned from all customers: everything that they did must have been looked at before.
  await settled(parts, played);
  await fitPriors(parts, played);
  return measure(parts, played);
}

/** Waits until nothing that was reported waits to be looked at. */
async function settled({ progress }: EvaluationParts, { customers, account }: Played): Promise<void> {
  const shown = progress('Concluding', customers.size, 'customers');
  await atOnce(CUSTOMERS_AT_ONCE, [...customers], async (customer) => {
    const caller = account(customer);
    while (!(await isComplete(caller))) await delay(POLL_MS);
    shown.add(1);
  });
  shown.end();
}

async function isComplete(caller: Caller): Promise<boolean> {
  const path = '/v1/me/suggestions/candidates?limit=1';
  return (await expecting<{ complete: boolean }>(caller, { method: 'GET', path }, 200)).body.complete;
}

interface Job {
  readonly id: string;
  readonly status: string;
  readonly result: { readonly customers: number; readonly cells: number } | null;
}

async function fitPriors({ say }: EvaluationParts, { operator, customers }: Played): Promise<void> {
  const path = '/v1/admin/suggestion-priors';
  let job = (await expecting<Job>(operator, { method: 'POST', path }, 202)).body;
  while (job.status === 'queued' || job.status === 'running') {
    await delay(POLL_MS);
    job = (await expecting<Job>(operator, { method: 'GET', path: `${path}/jobs/${job.id}` }, 200)).body;
  }
  const from = job.result?.customers ?? 0;
  if (job.status !== 'succeeded' || from < customers.size) {
    throw new CliError(
      `The priors were to be fitted from ${customers.size} customers: the job ${job.status} with ${from}.`,
    );
  }
  say(`${job.result?.cells} priors are fitted from ${from} customers.`);
}

async function measure(
  { progress, study, dataset }: EvaluationParts,
  { customers, account }: Played,
): Promise<StudyMeasured> {
  const { later, shoppingDays, events } = await read(study, dataset, customers);
  const rules = new Set(study.rules);
  const shown = progress('Measuring', customers.size, 'customers');
  // In the order of the files, so that a second run gives the same.
  const candidates = await atOnce(CUSTOMERS_AT_ONCE, [...customers], async (customer) => {
    const judged: Judged[] = [];
    for await (const candidate of everyItem<Candidate>(account(customer), '/v1/me/suggestions/candidates')) {
      if (!rules.has(candidate.rule)) continue;
      judged.push({ ...candidate, customer, later: later.get(customer)!.count(candidate) });
    }
    shown.add(1);
    return judged;
  });
  shown.end();
  return { study, customers: customers.size, events, shoppingDays, candidates: candidates.flat() };
}

/** What the files say of these customers: before the split how often they shopped, after it what they did. */
async function read(study: Study, dataset: Dataset, customers: ReadonlySet<string>) {
  const later = new Map([...customers].map((customer) => [customer, new HeldOut(study.split, study.end)]));
  const days = new Map<string, Set<string>>([...customers].map((customer) => [customer, new Set()]));
  let events = 0;
  for await (const planned of dataset.plan(() => undefined)) {
    for (const event of planned.events) {
      later.get(event.customer)?.add(event);
      if (event.at >= study.split) continue;
      events++;
      if (event.type === 'transaction.completed') {
        days.get(event.customer)?.add(new Date(event.at).toISOString().slice(0, 'YYYY-MM-DD'.length));
      }
    }
  }
  const shoppingDays = new Map([...days].map(([customer, { size }]) => [customer, size]));
  return { later, shoppingDays, events };
}
