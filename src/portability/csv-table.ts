import { CsvError, parse } from 'csv-parse/sync';

import { CsvUnreadableError, ImportTooLargeError } from './imports.errors.js';

export const MOST_LINES = 1000;
export const MOST_COLUMNS = 200;
export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

/** A line of a table below its header. */
export interface CsvRow {
  /** In the file, the first one is 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A table with one line of column names. */
export class CsvTable {
  private readonly columns: ReadonlyMap<string, number>;
  /** What was looked for is looked for again on every line. */
  private readonly found = new Map<string | readonly string[], number | undefined>();

  constructor(
    readonly header: readonly string[],
    readonly rows: readonly CsvRow[],
  ) {
    // Of two columns with one name the first counts.
    this.columns = new Map(header.map((name, index) => [folded(name), index] as const).toReversed());
  }

  /** The number of the column that goes by one of these names. */
  column(names: string | readonly string[]): number | undefined {
    if (!this.found.has(names)) {
      const indexes = [names].flat().map((name) => this.columns.get(folded(name)));
      this.found.set(
        names,
        indexes.find((index) => index !== undefined),
      );
    }
    return this.found.get(names);
  }

  /** What stands in the row under this column, without space around it; empty when there is no such column. */
  cell({ cells }: CsvRow, names: string | readonly string[]): string {
    const index = this.column(names);
    return index === undefined ? '' : (cells[index] ?? '').trim();
  }

  /** What the table calls the column. */
  nameOf(names: string | readonly string[]): string {
    const index = this.column(names);
    return index === undefined ? String([names].flat()[0]) : this.header[index]!;
  }
}

/** Names and texts as they are compared: E-Mail, e_mail and "e mail" are one. */
export function folded(text: string): string {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_\-.:/]+/g, '');
  return plain === '' ? text.trim() : plain;
}

/**
 * Reads a table.
 *
 * @param delimiter Between cells; left out, the one of the usual ones that the first line has most of.
 * @throws CsvUnreadableError @throws ImportTooLargeError
 */
export function readTable(text: string, delimiter: Delimiter = delimiterOf(text)): CsvTable {
  const [header, ...rows] = parsed(text, delimiter);
  if (!header) throw new CsvUnreadableError('is empty');
  if (header.cells.length > MOST_COLUMNS) throw new ImportTooLargeError('columns', MOST_COLUMNS);
  if (rows.length > MOST_LINES) throw new ImportTooLargeError('lines', MOST_LINES);
  return new CsvTable(
    header.cells.map((name) => name.trim()),
    rows,
  );
}

interface ParsedLine {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function parsed(text: string, delimiter: Delimiter): CsvRow[] {
  try {
    const lines = parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 131_072,
      // One more than is taken, so that it shows that there are too many.
      to: MOST_LINES + 2,
    }) as unknown as ParsedLine[];
    return lines.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new CsvUnreadableError(
      reasons[error.code] ?? 'is not as CSV is written (RFC 4180)',
      error['lines'] as number | undefined,
    );
  }
}

const reasons: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'opens a quotation mark that is never closed',
  CSV_MAX_RECORD_SIZE: 'is longer than 128 KiB',
  INVALID_OPENING_QUOTE: 'has a quotation mark within a cell that does not begin with one',
};

function delimiterOf(text: string): Delimiter {
  const [header = ''] = text.split(/\r\n|\n|\r/, 1);
  const first = header.replaceAll(/"[^"]*"/g, '');
  const counts = delimiters.map((delimiter) => first.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}
