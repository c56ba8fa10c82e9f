import type { EntryExport, ExportedLeaf } from './exports.service.js';

export const NDJSON = 'application/x-ndjson';
export const CSV = 'text/csv';

const columns = [
  'index',
  'id',
  'type',
  'at',
  'retailer_id',
  'purposes',
  'attributes',
  'consent_version',
  'subject',
  'leaf',
  'state',
] as const satisfies (keyof ExportedLeaf)[];

/** A line that says what it is and against which checkpoint, one for each leaf, and one that says that this was all. */
export async function* asNdjson({ head, leaves }: EntryExport): AsyncGenerator<string> {
  yield line(head);
  let count = 0;
  for await (const leaf of leaves) {
    yield line(leaf);
    count++;
  }
  yield line({ end: true, count });
}

/** RFC 4180: the columns alone, without what proves them. */
export async function* asCsv({ leaves }: EntryExport): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`;
  for await (const leaf of leaves) yield `${columns.map((column) => cell(leaf[column])).join(',')}\r\n`;
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function cell(value: ExportedLeaf[(typeof columns)[number]]): string {
  const text = Array.isArray(value) ? value.join(' ') : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
