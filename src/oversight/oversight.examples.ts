import { exampleIds, givenExample, noticeHashExample } from '../consents/consent-examples.js';

/** What the API description shows to auditors. */
export const nameExamples = { subject: 'kJ3mX0sPzv9qYw4bT8uLQA', consent: 'Zm9vYmFyYmF6cXV4MTIzNA' };

export const auditedConsentExample = {
  ref: nameExamples.consent,
  subject: nameExamples.subject,
  retailer_id: exampleIds.retailer,
  status: 'active',
  use: 'standing',
  version: 1,
  details: givenExample,
  max_reads_per_day: null,
  notice_hash: noticeHashExample,
  given_at: '2026-11-21T09:30:00.000Z',
  expires_at: '2027-11-21T09:30:00.000Z',
  ended_at: null,
};

export const auditedDisclosureExample = {
  id: '019aa7c9-1f00-7b44-8a01-5d6e7f809112',
  checked_at: '2026-11-22T10:05:17.412Z',
  subject: nameExamples.subject,
  consent: nameExamples.consent,
  consent_version: 1,
  retailer_id: exampleIds.retailer,
  client_id: 'cl_4f9Rk2',
  attributes: ['size.footwear'],
  purpose: 'dpv:ServicePersonalisation',
  touchpoint: 'till',
  stage: 'shopping',
  unchanged: false,
  refused: null,
  entry: '019aa7c9-1f05-7c10-9d33-1a2b3c4d5e6f',
  faults: [],
};

export const reidentificationExample = {
  id: '019aa7d0-2b10-7f3a-8c21-9e8d7c6b5a40',
  subject: nameExamples.subject,
  reason: 'The customer has complained to the authority, file 2026-1147; their entries are to be told apart.',
  status: 'approved',
  asked_at: '2026-11-22T11:00:00.000Z',
  decided_at: '2026-11-22T13:20:00.000Z',
  expires_at: '2026-11-25T13:20:00.000Z',
  customer_id: '0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d',
};
