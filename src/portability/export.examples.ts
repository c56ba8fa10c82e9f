import { EXPORT_FORMAT, type ExportLine, lineText } from './export-lines.js';

const jws = 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImNjeC1leHBvcnQrand0In0.eyJyZWNvcmRzIjoyfQ.c2lnbmF0dXJl';

const records: ExportLine[] = [
  {
    kind: 'header',
    record: {
      format: EXPORT_FORMAT,
      schema: 'https://ccx.example/schemas/export.json',
      kind: 'provided',
      broker: 'https://ccx.example',
      created_at: '2026-11-22T09:30:00.000Z',
      vocabulary: '1.2.0',
    },
  },
  {
    kind: 'statement',
    record: {
      attribute: 'size.footwear',
      value: { system: 'EUROPE', size: '42.5' },
      strength: 'want',
      applies_to: { level: 'everyone' },
      provenance: { kind: 'stated', source: 'customer', at: '2026-11-02T17:04:00.000Z' },
    },
  },
];

export const documentExample = { records, manifest: jws };
export const linesExample = [...records, { kind: 'manifest', record: { jws } }].map(lineText).join('');
