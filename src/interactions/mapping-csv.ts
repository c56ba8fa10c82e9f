import type { FieldError } from '../platform/errors.js';
import { LARGEST_EVENT } from './cloud-event.js';
import { MOST_LINES } from './event-schemas.js';
import {
  BEGINNING,
  type FileRecord,
  type LineRead,
  type MappingOptions,
  type ReadState,
  type RecordReader,
  unreadable,
} from './mapping.js';
import { ContentUnreadableError } from './mapping.errors.js';
import { CsvHeader, type CsvRow } from './mapping-csv-header.js';
import { receiptOf } from './mapping-csv-receipt.js';
import { idOf, keyFields, readKey, type TransactionKey } from './mapping-key.js';
import { type FileLine, isBlank, Lines, textOf } from './mapping-lines.js';
import { readsOfReceipt } from './mapping-receipt.js';

const required = [...keyFields, 'subject'];
/** In bytes of its rows. */
const LARGEST_TRANSACTION = 4 * LARGEST_EVENT;

/** The rows of one transaction, as far as they have come. */
interface Group {
  readonly key: TransactionKey;
  readonly line: number;
  last: number;
  readonly rows: CsvRow[];
  readonly faults: FieldError[];
  bytes: number;
  next: ReadState;
}

/**
 * A table with a row for each line of a receipt, in ARTS POSLog's names written as snake_case; the rows of a transaction
 * follow each other. Columns of other names are not read. A row is a line of the file: a cell has no line break.
 */
export class CsvReader implements RecordReader {
  private readonly lines: Lines;
  private header?: CsvHeader;
  private group?: Group;

  constructor(
    private readonly options: MappingOptions,
    from: ReadState,
  ) {
    this.lines = new Lines(from);
    if (from.head !== undefined) this.header = this.headerOf(from.head, 1);
  }

  write(chunk: Buffer): FileRecord[] {
    return this.lines.write(chunk).flatMap((line) => this.take(line));
  }

  end(): FileRecord[] {
    return [...this.lines.end().flatMap((line) => this.take(line)), ...this.close()];
  }

  private take(line: FileLine): FileRecord[] {
    const { bytes } = line;
    if (bytes && isBlank(bytes)) return this.pass(line);
    const text = bytes && textOf(bytes);
    if (!this.header) {
      this.header = this.headerOf(text, line.line);
      return [{ reads: [], next: this.after(line) }];
    }
    if (text === null) {
      const detail = bytes ? 'is not valid UTF-8' : `must not be larger than ${LARGEST_EVENT} bytes`;
      return this.refuse(line, [{ pointer: '', detail }]);
    }
    const { row, fault } = this.header.read(text);
    const { key, faults } = readKey((field) => row.get(field));
    if (!key) return this.refuse(line, fault ? [fault] : faults);
    const closed = this.group && idOf(this.group.key) !== idOf(key) ? this.close() : [];
    this.add(key, row, line, fault);
    return closed;
  }

  /** Passes over a line, together with the transaction within which it stands. */
  private pass(line: FileLine): FileRecord[] {
    if (!this.group) return [{ reads: [], next: this.after(line) }];
    this.group.next = this.after(line);
    return [];
  }

  private headerOf(text: string | null, line: number): CsvHeader {
    if (text === null) throw new ContentUnreadableError(line, 'must be the names of the columns, in UTF-8');
    return CsvHeader.of(text, { required, line, ...(this.options.delimiter && { delimiter: this.options.delimiter }) });
  }

  private add(key: TransactionKey, row: CsvRow, line: FileLine, fault: FieldError | undefined): void {
    const next = this.after(line);
    this.group ??= { key, line: line.line, last: line.line, rows: [], faults: [], bytes: 0, next };
    const { group } = this;
    group.last = line.line;
    group.next = next;
    group.bytes += line.bytes?.length ?? 0;
    // What is too large or faulty is not kept until its end is found.
    if (group.bytes > LARGEST_TRANSACTION || group.rows.length >= MOST_LINES) {
      const detail = `must have at most ${MOST_LINES} rows and ${LARGEST_TRANSACTION} bytes`;
      if (group.faults.length === 0) group.faults.push({ pointer: '', detail });
    } else group.rows.push(row);
    if (fault && group.faults.length < MOST_FAULTS) {
      group.faults.push({ ...fault, detail: `${fault.detail}, in line ${line.line}` });
    }
  }

  private close(): FileRecord[] {
    const { group } = this;
    if (!group) return [];
    this.group = undefined;
    const at = { line: group.line, lines: group.last - group.line + 1 };
    return [{ reads: readsOf(group, this.options).map((read) => ({ ...read, ...at })), next: group.next }];
  }

  /** A row of which nobody knows what it belongs to. */
  private refuse(line: FileLine, errors: readonly FieldError[]): FileRecord[] {
    return [...this.close(), { reads: [unreadable(errors, line)], next: this.after(line) }];
  }

  private after({ line, end }: FileLine): ReadState {
    return { offset: end, line: line + 1, ...(this.header && { head: this.header.text }) };
  }
}

const MOST_FAULTS = 20;

/** The events of a whole table. @throws ContentUnreadableError when its header cannot be used */
export function readsOfCsv(text: string, options: MappingOptions): LineRead[] {
  const reader = new CsvReader(options, BEGINNING);
  return [...reader.write(Buffer.from(text)), ...reader.end()].flatMap(({ reads }) => reads);
}

function readsOf({ key, line, rows, faults }: Group, options: MappingOptions): Omit<LineRead, 'line' | 'lines'>[] {
  const named = { id: idOf(key), source: options.source ?? null, warnings: [] };
  if (faults.length > 0) return [{ ...named, errors: faults }];
  const { receipt, faults: inReceipt } = receiptOf(key, rows, line);
  if (inReceipt.length > 0) return [{ ...named, errors: [...inReceipt] }];
  if (receipt.texts.subject === undefined) {
    const ignored = 'names no customer';
    return [{ ...named, errors: [{ pointer: '/subject', detail: ignored }], ignored }];
  }
  return readsOfReceipt(receipt, options);
}
