import type { JsonObject } from '../platform/json.js';
import { envelopeSchema } from './cloud-event.js';
import { cloudEventType, type EventType, eventTypes } from './event-types.js';
import type { InteractionDto, ReportDto } from './interactions.dto.js';
import { LARGEST_BATCH } from './report.js';

/** A whole event of a kind, as a retailer would send it. */
export function exampleOf({ name, example }: EventType): JsonObject {
  return {
    specversion: '1.0',
    id: '536365',
    source: '/tills/17',
    type: cloudEventType(name),
    subject: 'p1Zk3vQy0mBq9cJ2hT5xWnLg',
    time: '2026-11-20T17:42:00Z',
    ccxtouchpoint: example.touchpoint,
    data: example.data,
  };
}

const first = eventTypes[0] as EventType;

/** The schema of one event: the envelope, and for each type the schema of its data. */
const eventSchema: JsonObject = {
  'x-component': 'InteractionEvent',
  ...envelopeSchema,
  oneOf: eventTypes.map(({ name, description, data }) => ({
    title: name,
    description,
    required: ['type', 'data'],
    properties: { type: { const: cloudEventType(name) }, data },
  })),
};

const singles = Object.fromEntries(
  eventTypes.map((type) => [type.name, { summary: type.description, value: exampleOf(type) }]),
);
const batch = {
  schema: { type: 'array', items: eventSchema, minItems: 1, maxItems: LARGEST_BATCH },
  examples: { batch: { summary: 'Two events', value: eventTypes.slice(0, 2).map(exampleOf) } },
};

/** What `POST /v1/interactions` takes, by media type. */
export const reportBody = {
  description:
    'One CloudEvent of at most 256 KiB, or a batch of up to 500 in at most 1 MiB. Context attributes that are not listed are ignored.',
  content: {
    'application/cloudevents+json': { schema: eventSchema, examples: singles },
    'application/cloudevents-batch+json': batch,
    'application/json': {
      schema: { oneOf: [eventSchema, batch.schema] },
      examples: { event: { summary: 'One event', value: exampleOf(first) }, ...batch.examples },
    },
  },
};

export const reportExample: ReportDto = {
  stored: 1,
  duplicate: 0,
  conflict: 0,
  rejected: 1,
  results: [
    { index: 0, id: '536365', source: '/tills/17', outcome: 'stored' },
    {
      index: 1,
      id: '536366',
      source: '/tills/17',
      outcome: 'rejected',
      code: 'invalid-event',
      detail: 'The event has faults; `errors` names each of them.',
      retryable: false,
      errors: [{ pointer: '/data/currency', detail: 'is required' }],
    },
  ],
};

export const interactionExample: InteractionDto = {
  id: '0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d',
  retailer: { id: '0192f0c1-1111-7c3e-8f10-3d5f6a7b8c9d', name: 'Albatross Groceries' },
  type: first.name,
  touchpoint: first.example.touchpoint,
  stage: first.stage,
  occurred_at: '2026-11-20T17:42:00.000Z',
  received_at: '2026-11-20T17:42:03.120Z',
  source: '/tills/17',
  event_id: '536365',
  correlation: null,
  data: first.example.data,
  voided: false,
  consent_id: '0192f0c1-2222-7c3e-8f10-3d5f6a7b8c9d',
  consent_version: 1,
};
