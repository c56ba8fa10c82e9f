import { documentExample, linesExample } from './export.examples.js';

const id = '019a9f3e-7b1c-7d20-9f5e-1c2d3e4f5a6b';

export const summaryExample = {
  id,
  status: 'pending',
  source: 'https://ccx.example',
  verification: 'verified',
  conflicts: 'keep',
  counts: { added: 1, same: 0, conflicting: 0, invalid: 0, unknown_retailer: 0 },
  created_at: '2026-11-22T09:31:00.000Z',
  settled_at: null,
};

export const importExample = {
  ...summaryExample,
  items: [
    {
      number: 1,
      outcome: 'added',
      state: 'pending',
      statement: {
        attribute: 'size.footwear',
        key: 'EUROPE',
        value: { system: 'EUROPE', size: '42.5' },
        strength: 'want',
        applies_to: { level: 'everyone' },
        original: { kind: 'stated', source: 'customer', at: '2026-11-02T17:04:00.000Z' },
      },
      preference_id: '019a9f3e-7b1c-7d20-9f5e-1c2d3e4f5a6c',
    },
  ],
};

export const triedExample = { ...importExample, id: null, status: 'tried' };

/** What is sent to import something. */
export const importBody = {
  description: 'An export as it was downloaded, or a table.',
  required: true,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        description: 'An export as one document: `/schemas/export.json`.',
        properties: { records: { type: 'array', items: { type: 'object' } }, manifest: { type: 'string' } },
      },
      example: documentExample,
    },
    'application/x-ndjson': {
      schema: { type: 'string', description: 'An export line by line: `/schemas/export.json`.' },
      example: linesExample,
    },
    'text/csv': {
      schema: { type: 'string', description: 'A table with one line of column names, in UTF-8.' },
      example: 'Program,Member ID,Email opt-in\nGreen Points,4711 0815,no\n',
    },
  },
};
