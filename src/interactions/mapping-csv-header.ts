import { CsvError, parse } from 'csv-parse/sync';

import type { FieldError } from '../platform/errors.js';
import { type Delimiter, delimiters } from './mapping.js';
import { ContentUnreadableError } from './mapping.errors.js';

/** More than any till writes. Every row is looked through for each of them. */
const MOST_COLUMNS = 500;

/** The cells of a row that are not empty, by column. */
export type CsvRow = ReadonlyMap<string, string>;

/** The names of the columns: how every row below is read. */
export class CsvHeader {
  private constructor(
    readonly text: string,
    private readonly delimiter: Delimiter,
    private readonly columns: readonly string[],
  ) {}

  /** @throws ContentUnreadableError when not all of these columns are there, each once */
  static of(
    text: string,
    {
      required,
      delimiter = delimiterOf(text),
      line = 1,
    }: { required: readonly string[]; delimiter?: Delimiter; line?: number },
  ): CsvHeader {
    const columns = cellsOf(text, delimiter)?.map((name) => name.trim().toLowerCase());
    // The header is kept with the job, and PostgreSQL keeps no NUL.
    if (!columns || text.includes('\0')) throw new ContentUnreadableError(line, 'must be the names of the columns');
    if (columns.length > MOST_COLUMNS) throw new ContentUnreadableError(line, `has more than ${MOST_COLUMNS} columns`);
    const missing = required.filter((name) => !columns.includes(name));
    if (missing.length > 0) throw new ContentUnreadableError(line, `has no column ${missing.join(', ')}`);
    const repeated = columns.find((name, index) => name !== '' && columns.indexOf(name) !== index);
    if (repeated !== undefined)
      throw new ContentUnreadableError(line, `names a column twice: ${repeated.slice(0, 50)}`);
    return new CsvHeader(text, delimiter, columns);
  }

  /** The cells of a row that are not empty, by column, and what is wrong with the row. */
  read(text: string): { row: CsvRow; fault?: FieldError } {
    const cells = cellsOf(text, this.delimiter);
    const likely = cells ?? text.split(this.delimiter);
    const row = new Map<string, string>();
    for (const [index, column] of this.columns.entries()) {
      const cell = likely[index]?.trim() ?? '';
      if (cell !== '') row.set(column, cell);
    }
    if (!cells)
      return { row, fault: { pointer: '', detail: 'has a quotation mark that CSV (RFC 4180) has no place for' } };
    if (cells.length === this.columns.length) return { row };
    const detail = `has ${cells.length} cells where the header has ${this.columns.length}`;
    return { row, fault: { pointer: '', detail } };
  }
}

function delimiterOf(header: string): Delimiter {
  const counts = delimiters.map((delimiter) => header.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** The cells of a line; null when its quotation marks are not in order. */
function cellsOf(text: string, delimiter: Delimiter): string[] | null {
  if (!text.includes('"')) return text.split(delimiter);
  try {
    return parse(text, { delimiter })[0] ?? [];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return null;
  }
}
