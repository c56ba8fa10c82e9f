import { createHash } from 'node:crypto';

import { LongJobs } from '../../src/platform/jobs/long-jobs.js';
import type { TestApp } from './app.js';
import { eventually } from './eventually.js';
import type { JsonAnswer, RetailerAccess } from './oauth.js';

const JOBS = '/v1/interactions/jobs';

export const checksumOf = (file: Uint8Array) => `sha-256=:${createHash('sha256').update(file).digest('base64')}:`;

/** Makes a job for a file and answers it. */
export async function aJob(tills: RetailerAccess, file: Uint8Array, more: object = {}) {
  const { status, body } = await tills.fetch('POST', JOBS, {
    format: 'ndjson',
    size: file.length,
    checksum: checksumOf(file),
    ...more,
  });
  if (status !== 201) throw new Error(`No job: ${JSON.stringify(body)}`);
  return body as { id: string; status: string };
}

/** Sends a piece of the file of a job. */
export function send(
  tills: RetailerAccess,
  { id }: { id: string },
  piece: Uint8Array,
  { offset = 0, last = true, headers = {} }: { offset?: number; last?: boolean; headers?: object } = {},
): Promise<JsonAnswer> {
  return tills.fetch('PATCH', `${JOBS}/${id}/content`, piece, {
    'content-type': 'application/partial-upload',
    'upload-offset': String(offset),
    'upload-complete': last ? '?1' : '?0',
    ...headers,
  });
}

export async function jobOf(tills: RetailerAccess, { id }: { id: string }) {
  return (await tills.fetch('GET', `${JOBS}/${id}`)).body;
}

/** Waits until the job is over, and answers it. */
export async function overFor(app: TestApp, tills: RetailerAccess, job: { id: string }) {
  await app.get(LongJobs).work();
  return eventually(async () => {
    const found = await jobOf(tills, job);
    if (!found.finished_at) throw new Error(`The job is ${found.status}.`);
    return found;
  });
}

export interface LineResult {
  readonly line: number;
  readonly lines?: number;
  readonly id: string | null;
  readonly outcome: string;
  readonly code?: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
  readonly warnings?: readonly string[];
  readonly detail?: string;
}

export async function resultsOf(tills: RetailerAccess, { id }: { id: string }, query = ''): Promise<LineResult[]> {
  const { body } = await tills.fetch('GET', `${JOBS}/${id}/results${query}`);
  return String(body)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LineResult);
}

/** Reports a file by a job and answers what came of it. */
export async function reportFile(app: TestApp, tills: RetailerAccess, file: string | Uint8Array, more: object = {}) {
  const content = Buffer.from(file as string);
  const job = await aJob(tills, content, more);
  const answer = await send(tills, job, content);
  if (answer.status !== 202) throw new Error(`Not taken: ${JSON.stringify(answer.body)}`);
  const over = await overFor(app, tills, job);
  return { job: over, results: await resultsOf(tills, job) };
}

export const ndjson = (events: readonly unknown[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');
