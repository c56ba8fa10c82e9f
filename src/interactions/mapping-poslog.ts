import sax from 'sax';

import { MOST_LINES } from './event-schemas.js';
import { type FileRecord, type LineRead, type MappingOptions, type ReadState, type RecordReader } from './mapping.js';
import { ContentUnreadableError } from './mapping.errors.js';
import { receiptOf, type XmlElement } from './mapping-poslog-receipt.js';
import { readsOfReceipt } from './mapping-receipt.js';

// The type does not know of the last one: entities of XML alone, none of HTML.
const strict: sax.SAXOptions & { strictEntities: true } = { trim: true, position: true, strictEntities: true };
const ROOT = 'POSLog';
const RECORD = 'Transaction';
const DEEPEST = 32;
/** More elements than the largest receipt has. */
const MOST_ELEMENTS = 40 * MOST_LINES;
/** In bytes: far more than the largest receipt has, with whatever stands before it. */
const LARGEST_TRANSACTION = 8_388_608;
/** Tells of how somebody paid, of staff, or of what is never reported: it is not even looked at. */
const passedOver = new Set(
  'Tender Tax OperatorID Operator CashierID Address Telephone Email Name Signature'.split(' '),
);
const otherEncodings = /encoding\s*=\s*["'](?!utf-?8["']|us-ascii["'])/i;

/**
 * A log of transactions as tills write it (ARTS POSLog 6, XML), read element by element: what is not a sale, names no
 * customer or was done in training is counted and left out. It has no document type and no entities of its own.
 */
export class PoslogReader implements RecordReader {
  private readonly parser = sax.parser(true, strict);
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private readonly open: XmlElement[] = [];
  private records: FileRecord[] = [];
  private failure?: ContentUnreadableError;
  private head?: string;
  private depth = 0;
  private elements = 0;
  private beganAt = 1;
  /** Where the text at hand begins, in the file and for the parser, and how many lines the parser is behind the file. */
  private text = '';
  private startByte: number;
  /** Where the last transaction ended, in bytes. */
  private finishedByte: number;
  private startPosition = 0;
  private linesBefore = 1;

  constructor(
    private readonly options: MappingOptions,
    from: ReadState,
  ) {
    this.startByte = from.offset;
    this.finishedByte = from.offset;
    this.listen();
    if (from.head !== undefined) this.parser.write(from.head);
    this.linesBefore = from.line - this.parser.line;
  }

  write(chunk: Buffer): FileRecord[] {
    return this.read(() => {
      let text = this.decode(chunk);
      if (this.startByte === 0 && this.text === '' && text.startsWith('\uFEFF')) {
        text = text.slice(1);
        this.startByte = 3;
      }
      this.startByte += Buffer.byteLength(this.text);
      this.startPosition = this.parser.position;
      this.text = text;
      this.parser.write(text);
      // Whatever is in the way, such as an element of a million attributes, would have to be kept all at once.
      if (this.startByte + Buffer.byteLength(text) - this.finishedByte > LARGEST_TRANSACTION) {
        throw this.unreadable(`or what is before it makes a transaction larger than ${LARGEST_TRANSACTION} bytes`);
      }
    });
  }

  end(): FileRecord[] {
    return this.read(() => {
      this.decode();
      const offset = this.startByte + Buffer.byteLength(this.text);
      const line = this.line + (this.text === '' || this.text.endsWith('\n') ? 0 : 1);
      // The parser begins anew after that.
      this.parser.close();
      this.records.push({ reads: [], next: { offset, line, ...(this.head !== undefined && { head: this.head }) } });
    });
  }

  /** What was read before a fault is answered before the fault is. */
  private read(work: () => void): FileRecord[] {
    if (this.failure) throw this.failure;
    this.records = [];
    try {
      work();
    } catch (error) {
      if (!(error instanceof ContentUnreadableError)) throw error;
      if (this.records.length === 0) throw error;
      this.failure = error;
    }
    return this.records;
  }

  private decode(chunk?: Buffer): string {
    try {
      return this.decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw this.unreadable('or one of those after it is not valid UTF-8');
    }
  }

  private get line(): number {
    return this.parser.line + this.linesBefore;
  }

  private unreadable(detail: string): ContentUnreadableError {
    return new ContentUnreadableError(this.line, detail);
  }

  private listen(): void {
    const handlers: Partial<sax.SAXParser> = {
      onerror: ({ message }) => {
        const [reason = ''] = message.split('\n');
        throw this.unreadable(`is not well-formed XML: ${reason.slice(0, 100)}`);
      },
      ondoctype: () => {
        throw this.unreadable('has a document type, which is not taken');
      },
      onprocessinginstruction: ({ name, body }) => {
        if (name === 'xml' && otherEncodings.test(body)) throw this.unreadable('names another encoding than UTF-8');
      },
      onopentagstart: () => {
        if (this.depth === 1) this.beganAt = this.line;
      },
      onopentag: ({ name, attributes }) => this.begin(name, attributes as Record<string, string>),
      ontext: (text) => this.add(text),
      oncdata: (text) => this.add(text),
      onclosetag: () => this.finish(),
    };
    Object.assign(this.parser, handlers);
  }

  private begin(prefixed: string, attributes: Readonly<Record<string, string>>): void {
    const name = localName(prefixed);
    if (this.depth === 0 && name !== ROOT) throw this.unreadable(`begins with ${name.slice(0, 50)} instead of ${ROOT}`);
    if (this.depth === 0) this.head ??= `<${prefixed}>`;
    this.depth += 1;
    if (this.depth > DEEPEST) throw this.unreadable(`is nested deeper than ${DEEPEST} elements`);
    const parent = this.open.at(-1);
    if (!parent && (this.depth !== 2 || name !== RECORD)) return;
    // Children of what is passed over are not in the way: their depth is not that of an open element.
    if (parent && (this.open.length !== this.depth - 2 || passedOver.has(name))) return;
    const element: XmlElement = { name, attributes, children: [], text: '' };
    this.elements = parent ? this.elements + 1 : 1;
    if (this.elements <= MOST_ELEMENTS) parent?.children.push(element);
    this.open.push(element);
  }

  private add(text: string): void {
    const element = this.open.at(-1);
    // Nothing that is read of a till is longer.
    if (element && this.open.length === this.depth - 1 && element.text.length < 1_000)
      element.text += text.slice(0, 1_000);
  }

  private finish(): void {
    const element = this.open.length === this.depth - 1 ? this.open.pop() : undefined;
    this.depth -= 1;
    if (!element || this.open.length > 0) return;
    const at = { line: this.beganAt, lines: this.line - this.beganAt + 1 };
    const reads = this.readsOf(element).map((read) => ({ ...read, ...at }));
    const read = this.text.slice(0, this.parser.position - this.startPosition);
    const next = {
      offset: this.startByte + Buffer.byteLength(read),
      line: this.line,
      head: this.head!,
    };
    this.finishedByte = next.offset;
    this.records.push({ reads, next });
  }

  private readsOf(transaction: XmlElement): Omit<LineRead, 'line' | 'lines'>[] {
    const named = { id: null, source: this.options.source ?? null, warnings: [] };
    if (this.elements > MOST_ELEMENTS) {
      return [{ ...named, errors: [{ pointer: '', detail: `must have at most ${MOST_ELEMENTS} elements` }] }];
    }
    const { receipt, id, faults, ignored } = receiptOf(transaction);
    if (!receipt) return [{ ...named, id, errors: [...faults], ...(ignored !== undefined && { ignored }) }];
    return readsOfReceipt(receipt, this.options);
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
