import type { LookUpAnswerDto, PreferencesAnswerDto } from './answer.dto.js';

export const answerExample: PreferencesAnswerDto = {
  subject: 'p1PHkE2qXbQmC0dZ3Vt8sYwA',
  consent: {
    id: '019a9f3e-7b1c-7d20-9f5e-1c2d3e4f5a6b',
    version: 1,
    status: 'active',
    expires_at: '2027-05-21T09:30:00.000Z',
  },
  purpose: 'dpv:ServicePersonalisation',
  touchpoint: 'till',
  stage: 'shopping',
  at: '2026-11-21T09:30:00.412Z',
  valid_until: '2026-11-21T21:00:00.000Z',
  vocabulary: '1.2.0',
  preferences: [
    {
      attribute: 'size.footwear',
      key: 'EUROPE',
      value: { system: 'EUROPE', size: '42.5' },
      strength: 'want',
      weight: null,
    },
  ],
  disclosure_id: '019a9f41-0c55-7a3e-8d10-5f6a7b8c9d0e',
};

export const lookUpExample: LookUpAnswerDto = {
  results: [
    answerExample,
    {
      subject: 'p1unknownunknownunknownA',
      code: 'no-consent',
      detail: 'There is no open consent of this subject for this retailer.',
      retryable: false,
    },
  ],
};
