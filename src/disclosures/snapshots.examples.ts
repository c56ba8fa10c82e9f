import type { SnapshotDto } from './snapshots.dto.js';

const id = '019a9f41-5d20-7a3e-8d10-5f6a7b8c9d0e';

export const newSnapshotExample: SnapshotDto = {
  id,
  touchpoint: 'till',
  purpose: 'dpv:ServicePersonalisation',
  stage: 'shopping',
  store: '0417',
  created_at: '2026-11-21T05:00:00.000Z',
  expires_at: '2026-11-21T17:00:00.000Z',
  job: {
    id,
    kind: 'snapshot',
    status: 'queued',
    progress: { done: 0, total: null },
    result: null,
    errors: [],
    created_at: '2026-11-21T05:00:00.000Z',
    started_at: null,
    finished_at: null,
  },
  parts: [],
  status_list: `https://ccx.example/v1/status-lists/${id}`,
};

export const snapshotExample: SnapshotDto = {
  ...newSnapshotExample,
  job: {
    ...newSnapshotExample.job,
    status: 'succeeded',
    progress: { done: 431, total: 431 },
    result: { subjects: 428 },
    started_at: '2026-11-21T05:00:00.210Z',
    finished_at: '2026-11-21T05:00:01.035Z',
  },
  parts: [`https://ccx.example/v1/snapshots/${id}/parts/1`],
};
