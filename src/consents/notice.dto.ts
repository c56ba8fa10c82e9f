import type { OperationAnswer } from '../platform/http/operation.js';
import { exampleIds, preferencesNoticeExample } from './consent-examples.js';
import { languages } from './phrases.js';

const text = { type: 'string' };
const orNull = { type: ['string', 'null'] };
const worded = { type: 'object', required: ['code', 'label', 'sentence'] };

/** A notice as it is kept, which is how it is answered: byte for byte what its hash is of. */
export const noticeAnswer: OperationAnswer = {
  status: 200,
  description: 'The canonical JSON (RFC 8785) of what was shown. The SHA-256 of these bytes is the hash.',
  schema: {
    type: 'object',
    required: [
      'format',
      'vocabulary_version',
      'language',
      'shown',
      'retailer',
      'title',
      'message',
      'incentive',
      'details',
      'removed',
      'statement',
      'life',
      'ending',
      'refusing',
    ],
    properties: {
      format: { type: 'integer', description: 'The form of the notice itself.' },
      vocabulary_version: { ...text, description: 'The release that the labels are from.' },
      language: { type: 'string', 'x-extensible-enum': [...languages] },
      shown: { type: 'boolean', description: 'False where nobody saw it, because a standing rule decided.' },
      retailer: {
        type: 'object',
        required: ['id', 'name', 'privacy_url'],
        properties: { id: { ...text, format: 'uuid' }, name: text, privacy_url: { ...text, format: 'uri' } },
      },
      title: text,
      message: { ...orNull, description: 'The retailer’s own words.' },
      incentive: { ...orNull, description: 'What the retailer offered in return.' },
      details: {
        type: 'array',
        items: {
          type: 'object',
          required: ['id', 'type', 'items', 'purposes', 'touchpoints', 'conditions'],
          properties: {
            id: { ...text, format: 'uuid' },
            type: text,
            items: { type: 'array', items: { ...worded, required: [...worded.required, 'standing', 'already'] } },
            purposes: { type: 'array', items: worded },
            touchpoints: { type: 'array', items: { type: 'object', required: ['code', 'label'] } },
            conditions: { type: 'array', items: text },
          },
        },
      },
      removed: { type: 'array', items: worded, description: 'What would end in return.' },
      statement: {
        type: ['object', 'null'],
        required: ['text', 'hash'],
        properties: { text, hash: text },
        description: 'The words of an express consent.',
      },
      life: text,
      ending: text,
      refusing: text,
    },
  },
  example: {
    format: 1,
    vocabulary_version: '1.2.0',
    language: 'en',
    shown: true,
    retailer: {
      id: exampleIds.retailer,
      name: 'Albatross Groceries',
      privacy_url: 'https://albatross.example/privacy',
    },
    title: 'Albatross Groceries asks for your consent.',
    message: null,
    incentive: 'Delivery is free for a year.',
    details: [preferencesNoticeExample],
    removed: [],
    statement: null,
    life: 'This holds for 12 months, unless you end it before.',
    ending: 'You can end it whenever you like, and it ends at once.',
    refusing: 'If you refuse, Albatross Groceries gets nothing.',
  },
};
