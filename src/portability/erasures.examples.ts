const number = '01932c07-5d2e-7c11-a4b0-6b1f2f9a7e10';
const noticeNumber = '01932c3f-90aa-7d04-8b1c-2f6d0f4c9a55';
const retailer = '01930a2c-7b1e-7a90-b6f1-4e2d9c0a1b33';

export const waitingErasure = {
  number,
  status: 'waiting',
  requested_at: '2026-11-14T09:30:00.000Z',
  execute_at: '2026-11-21T09:30:00.000Z',
  export: 'https://ccx.example/v1/me/export',
};

export const cancelledErasure = { ...waitingErasure, status: 'cancelled' };

export const askedErasure = { ...waitingErasure, token: 'ccx_er_n9Y0wq3mS8bTzEw2pL6vK1xR4dF7gH5jC0aQ8uXiZtM' };

export const finishedErasure = {
  number,
  status: 'finished',
  requested_at: '2026-11-14T09:30:00.000Z',
  execute_at: '2026-11-21T09:30:00.000Z',
  account_ended_at: '2026-11-21T09:30:01.200Z',
  finished_at: '2026-11-21T09:31:32.000Z',
  progress: { done: 21, total: 21 },
  erased: { preference_versions: 12, interactions: 301, consents: 2 },
  retailers: [
    {
      id: retailer,
      name: 'Albatross Groceries',
      status: 'deleted',
      legal_ground: null,
      due_at: '2026-12-21T09:30:01.200Z',
    },
  ],
  receipt: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImVyYXN1cmUtcmVjZWlwdCtqd3QifQ…',
};

export const notice = {
  number: noticeNumber,
  subject: 'AS2rUoWcdX0Gq2OCk5bE7iM',
  consents: ['01931b77-2f0e-7b60-9c41-8a7d3e5f6c21'],
  announced_at: '2026-11-21T09:30:01.200Z',
  due_at: '2026-12-21T09:30:01.200Z',
  status: 'told',
  legal_ground: null,
  attested_at: null,
};

export const confirmedNotice = { ...notice, subject: null, consents: [], status: 'confirmed' };

export const attestedNotice = { ...confirmedNotice, status: 'deleted', attested_at: '2026-11-23T08:00:00.000Z' };

export const overdueNotice = {
  number: noticeNumber,
  retailer_id: retailer,
  due_at: '2026-12-21T09:30:01.200Z',
  status: 'told',
  reminded_at: '2026-12-21T10:00:00.000Z',
};
