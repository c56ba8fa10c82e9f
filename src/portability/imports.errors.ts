import { CcxError, type FieldError, Problem } from '../platform/errors.js';
import type { OutdatedItem } from './import-plan.js';

@Problem({
  code: 'export-unreadable',
  kind: 'invalid',
  title: 'The file is not an export of CCX',
  advice: 'Send an export as it was downloaded, as NDJSON or as one JSON document; `errors` says what is amiss where.',
})
export class ExportUnreadableError extends CcxError {
  constructor(errors: readonly FieldError[]) {
    super('The file is not an export that can be read here.', { errors });
  }
}

@Problem({
  code: 'export-incomplete',
  kind: 'invalid',
  title: 'The export has no manifest at its end',
  advice: 'It was broken off on its way. Export again and send the whole of it.',
})
export class ExportIncompleteError extends CcxError {
  constructor() {
    super('The export ends without its manifest.');
  }
}

@Problem({
  code: 'export-changed',
  kind: 'invalid',
  title: 'The export is not what its manifest says',
  advice: 'It was changed after it was made. Send it as it was downloaded, or export again.',
})
export class ExportChangedError extends CcxError {
  constructor(what: string) {
    super(`${what} of the export does not agree with its manifest.`);
  }
}

@Problem({
  code: 'csv-unreadable',
  kind: 'invalid',
  title: 'The table cannot be read',
  advice: 'Save it as CSV with one line of column names; `errors` names the line.',
})
export class CsvUnreadableError extends CcxError {
  constructor(detail: string, line?: number) {
    super('The table cannot be read.', { errors: [{ pointer: line === undefined ? '' : `line/${line}`, detail }] });
  }
}

@Problem({
  code: 'import-too-large',
  kind: 'unprocessable',
  title: 'The import holds too much',
  advice:
    'Send an export as its lines `header`, `statement` and `manifest` alone, and a table in parts; `limit` is the most ' +
    'of its kind that one import takes.',
})
export class ImportTooLargeError extends CcxError {
  constructor(what: string, limit: number) {
    super(`An import takes at most ${limit} ${what}.`, { extensions: { limit } });
  }
}

@Problem({
  code: 'import-not-found',
  kind: 'not-found',
  title: 'No such import',
  advice: 'List the imports; settled ones are forgotten after 30 days, and all but the latest 50.',
})
export class ImportNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no import ${id}.`);
  }
}

@Problem({
  code: 'import-discarded',
  kind: 'conflict',
  title: 'The import was discarded',
  advice: 'Import the file again.',
})
export class ImportDiscardedError extends CcxError {
  constructor() {
    super('Nothing of a discarded import can be confirmed.');
  }
}

const whyOutdated: Readonly<Record<OutdatedItem['because'], string>> = {
  replaced_has_changed: 'would replace what has changed since',
  vocabulary_has_changed: 'states what the vocabulary can no longer take',
};

@Problem({
  code: 'import-outdated',
  kind: 'conflict',
  title: 'What the import was made for has changed',
  advice: 'Confirm the other items, or discard the import and import the file again; `errors` names the items.',
})
export class ImportOutdatedError extends CcxError {
  constructor(items: readonly OutdatedItem[]) {
    super('Preferences that the import would replace, or the vocabulary, have changed since.', {
      errors: items.map(({ number, because }) => ({ pointer: `/items/${number}`, detail: whyOutdated[because] })),
    });
  }
}

@Problem({
  code: 'too-many-imports',
  kind: 'conflict',
  title: 'Too many imports wait',
  advice: 'Confirm or discard one of those that wait; `limit` is the most that may wait at a time.',
})
export class TooManyImportsError extends CcxError {
  constructor(limit: number) {
    super(`At most ${limit} imports may wait to be confirmed.`, { extensions: { limit } });
  }
}
