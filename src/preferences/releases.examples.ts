import type { JsonObject } from '../platform/json.js';
import { releaseExample } from '../vocabulary/vocabulary.examples.js';

export const draftExample = {
  version: '2.0.0',
  upcasts: [{ attribute: 'receipt.delivery', rename_to: 'receipt.form' }],
} as unknown as JsonObject;

const draft = {
  version: '2.0.0',
  status: 'draft',
  level: 'major',
  based_on: '1.1.0',
  created_at: '2026-11-22T09:00:00.000Z',
  published_at: null,
  in_force_at: null,
};
const published = {
  ...draft,
  status: 'published',
  published_at: '2026-11-22T09:30:00.000Z',
  in_force_at: '2026-12-01T00:00:00.000Z',
};

const more = {
  changes: [
    { level: 'major', subject: 'receipt.delivery', change: 'renamed to receipt.form' },
    { level: 'minor', subject: 'receipt.delivery', change: 'deprecated' },
    { level: 'minor', subject: 'receipt.form', change: 'added' },
  ],
  check: {
    id: '0199e6a0-4d55-7b3a-9c21-5f0a7d3c1b42',
    kind: 'vocabulary-check',
    status: 'succeeded',
    progress: { done: 4200, total: 4200 },
    result: { invalid: [], dropped: [] },
    errors: [],
    created_at: '2026-11-22T09:00:00.000Z',
    started_at: '2026-11-22T09:00:00.250Z',
    finished_at: '2026-11-22T09:00:09.000Z',
  },
  release: { ...releaseExample, version: '2.0.0', upcasts: draftExample.upcasts },
};

export const releasesExample = { items: [draft], next_cursor: null };
export const checkedDraft = { ...draft, ...more };
export const publishedExample = { ...published, ...more };
