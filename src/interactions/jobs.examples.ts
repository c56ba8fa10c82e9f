import type { InteractionJobDto } from './jobs.dto.js';

const id = '019a9f41-5d20-7a3e-8d10-5f6a7b8c9d0e';

export const newJobExample: InteractionJobDto = {
  id,
  format: 'csv',
  dry_run: false,
  status: 'uploading',
  size: 4711,
  received: 0,
  progress: { done: 0, total: 4711 },
  result: null,
  errors: [],
  content_url: `/v1/interactions/jobs/${id}/content`,
  results_url: `/v1/interactions/jobs/${id}/results`,
  created_at: '2026-11-21T05:00:00.000Z',
  expires_at: '2026-11-22T05:00:00.000Z',
  finished_at: null,
};

export const queuedJobExample: InteractionJobDto = { ...newJobExample, status: 'queued', received: 4711 };

export const jobExample: InteractionJobDto = {
  ...queuedJobExample,
  status: 'succeeded',
  progress: { done: 4711, total: 4711 },
  result: {
    lines: 31,
    stored: 9,
    duplicate: 0,
    conflict: 0,
    rejected: 1,
    ignored: 14,
    valid: 0,
    by_code: { 'no-consent-at-time': 1 },
  },
  finished_at: '2026-11-21T05:00:02.250Z',
};

export const resultsExample = [
  { line: 2, lines: 3, id: '17-3-2026-11-20-4711', source: '/pos/17/3', outcome: 'stored' },
  { line: 5, id: '17-3-2026-11-20-4712', source: null, outcome: 'ignored', detail: 'names no customer' },
  {
    line: 6,
    id: '17-3-2026-11-20-4713',
    source: null,
    outcome: 'rejected',
    code: 'invalid-event',
    detail: 'The event has faults; `errors` names each of them.',
    retryable: false,
    errors: [{ pointer: '/quantity', detail: 'must be a decimal number other than zero, such as 6 or -0.512' }],
  },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');
