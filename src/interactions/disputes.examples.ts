import type { DisputeDto } from './disputes.dto.js';
import type { ReceivedDisputeDto } from './received-disputes.dto.js';

export const disputeExample: DisputeDto = {
  id: '0192f0c1-5555-7c3e-8f10-3d5f6a7b8c9d',
  interaction_id: '0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d',
  retailer: { id: '0192f0c1-1111-7c3e-8f10-3d5f6a7b8c9d', name: 'Albatross Groceries' },
  reason: 'wrong_content',
  text: 'I bought one of them, not six.',
  share_text: true,
  disputed_at: '2026-11-22T10:00:00.000Z',
  status: 'open',
  due_at: '2026-12-22T10:00:00.000Z',
  overdue: false,
  answered_at: null,
  note_code: null,
  corrected_by: null,
  retracted_at: null,
};

export const receivedExample: ReceivedDisputeDto = {
  id: disputeExample.id,
  subject: 'p1Zk3vQy0mBq9cJ2hT5xWnLg',
  event: { id: '536365', source: '/tills/17', type: 'transaction.completed', occurred_at: '2026-11-20T17:42:00.000Z' },
  reason: 'wrong_content',
  text: 'I bought one of them, not six.',
  disputed_at: '2026-11-22T10:00:00.000Z',
  status: 'open',
  due_at: '2026-12-22T10:00:00.000Z',
  overdue: false,
  answered_at: null,
  note_code: null,
  correction: null,
};
