import type { Readable } from 'node:stream';

import { textStream } from '../platform/http/text-stream.js';
import { lineText } from './export-lines.js';
import type { ExportLines } from './export.service.js';

export const NDJSON = 'application/x-ndjson';
export const JSON_DOCUMENT = 'application/json';
export type ExportForm = typeof NDJSON | typeof JSON_DOCUMENT;

/**
 * An export as bytes, no faster than they are taken. Whoever stops reading stops the work. A failure under way breaks
 * the stream off, so that what arrived has no manifest.
 */
export function exportStream(lines: ExportLines, form: ExportForm): Readable {
  const parts = form === NDJSON ? asNdjson(lines) : asDocument(lines);
  return textStream(parts);
}

async function* asNdjson(lines: ExportLines): AsyncGenerator<string> {
  const manifest = yield* lines;
  yield lineText({ kind: 'manifest', record: { jws: manifest } });
}

async function* asDocument(lines: ExportLines): AsyncGenerator<string> {
  yield '{"records":[';
  const manifest = yield* commaSeparated(lines);
  yield `],"manifest":${JSON.stringify(manifest)}}`;
}

async function* commaSeparated(lines: ExportLines): ExportLines {
  let separator = '';
  try {
    for (;;) {
      const next = await lines.next();
      if (next.done) return next.value;
      yield separator + next.value;
      separator = ',';
    }
  } finally {
    await lines.return('');
  }
}
