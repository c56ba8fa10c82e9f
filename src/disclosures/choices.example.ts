import { reasons } from '../preferences/verdict.js';
import type { ChoicesDto } from './choices.dto.js';
import { notSharedReasons } from './view.js';

const preference = '019a9e3e-7b1c-7d20-9f5e-1c2d3e4f5a6b';

export const choicesExample: ChoicesDto = {
  at: '2026-11-21T09:30:00.000Z',
  valid_until: null,
  vocabulary: '1.2.0',
  retailer: { id: '019a9e01-7b1c-7d20-9f5e-1c2d3e4f5a6b', name: 'Albatross Groceries' },
  items: [
    {
      attribute: 'assistance.style',
      category: 'assistance',
      label: 'Style of service',
      description: 'Whether you like to be left alone or helped.',
      special: false,
      can_set: {
        value_schema: {
          type: 'object',
          properties: { style: { type: 'string', enum: ['left_alone', 'on_request', 'help_offered', 'accompanied'] } },
          required: ['style'],
          additionalProperties: false,
        },
        strengths: ['must', 'want'],
        cardinality: 'one',
        code_lists: { '/style': { name: 'assistance_style', href: '/v1/vocabularies/ccx-core/1.2.0' } },
        example: { style: 'left_alone' },
      },
      now: [
        {
          attribute: 'assistance.style',
          key: null,
          value: { style: 'left_alone' },
          strength: 'want',
          weight: null,
          sources: [preference],
        },
      ],
      why: [
        {
          preference_id: preference,
          attribute: 'assistance.style',
          key: null,
          outcome: 'won',
          reason: 'only',
          detail: reasons.only,
          beaten_by: null,
        },
      ],
      default: { value: null, text: 'Each shop does as it usually does.' },
      sharing: {
        shared: false,
        not_shared_because: [{ reason: 'no_consent', detail: notSharedReasons.no_consent }],
      },
      does: [{ touchpoint: 'kiosk', does: 'The screen does not speak to you first.' }],
      acknowledged: [],
    },
  ],
  next_cursor: null,
};
