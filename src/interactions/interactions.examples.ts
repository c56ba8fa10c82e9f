import type { JsonObject } from '../platform/json.js';
import { anyEventSchema } from './event-documents.js';
import type { EventType } from './event-type.js';
import { cloudEventType, eventTypes } from './event-types.js';
import type { ReportDto, ValidationDto } from './interactions.dto.js';
import { CSV, LARGEST_BATCH, NDJSON } from './report.js';

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
    ...(example.corrects !== undefined && { ccxcorrects: example.corrects }),
    data: example.data,
  };
}

const first = eventTypes[0] as EventType;

const csvExample = `retail_store_id,workstation_id,business_day_date,sequence_number,end_date_time,subject,item_id,quantity,regular_sales_unit_price,transaction_grand_amount,currency_code
17,3,2026-11-20,4711,2026-11-20T17:42:00Z,p1Zk3vQy0mBq9cJ2hT5xWnLg,85123A,6,2.55,15.30,GBP
`;

const singles = Object.fromEntries(
  eventTypes.map((type) => [type.name, { summary: type.description, value: exampleOf(type) }]),
);
const batch = {
  schema: { type: 'array', items: anyEventSchema, minItems: 1, maxItems: LARGEST_BATCH },
  examples: { batch: { summary: 'Two events', value: eventTypes.slice(0, 2).map(exampleOf) } },
};

/** What `POST /v1/interactions` takes, by media type. */
export const reportBody = {
  description:
    'One CloudEvent of at most 256 KiB, or a batch of up to 500 in at most 1 MiB. Context attributes that are not listed are ignored.',
  content: {
    'application/cloudevents+json': { schema: anyEventSchema, examples: singles },
    'application/cloudevents-batch+json': batch,
    'application/json': {
      schema: { oneOf: [anyEventSchema, batch.schema] },
      examples: { event: { summary: 'One event', value: exampleOf(first) }, ...batch.examples },
    },
    [NDJSON]: {
      schema: { type: 'string', description: 'One event to a line, up to 500 of them; blank lines are skipped.' },
      example: eventTypes
        .slice(0, 2)
        .map((type) => JSON.stringify(exampleOf(type)))
        .join('\n'),
    },
    [CSV]: {
      schema: { type: 'string', description: 'A row for each line of a receipt, in the names of ARTS POSLog.' },
      example: csvExample,
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

export const validationExample: ValidationDto = {
  valid: 1,
  rejected: 1,
  results: reportExample.results.map((result) =>
    result.outcome === 'stored' ? { ...result, outcome: 'valid' } : result,
  ),
};
