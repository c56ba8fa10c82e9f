import { LARGEST_EVENT } from './cloud-event.js';
import type { ReadState } from './mapping.js';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

export interface FileLine {
  /** Without its end; null when it is longer than an event may be. */
  readonly bytes: Buffer | null;
  readonly line: number;
  /** Where in the file the next line begins. */
  readonly end: number;
}

/** Cuts a file into its lines, ended by LF or CRLF, and keeps no more of it than a line. */
export class Lines {
  private offset: number;
  private line: number;
  private begun: Buffer[] = [];
  private length = 0;

  constructor({ offset, line }: ReadState) {
    this.offset = offset;
    this.line = line;
  }

  write(chunk: Buffer): FileLine[] {
    const lines: FileLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.keep(chunk.subarray(start, end));
      lines.push(this.take(1));
      start = end + 1;
    }
    this.keep(chunk.subarray(start));
    return lines;
  }

  /** The last line, when nothing ends it. */
  end(): FileLine[] {
    return this.length > 0 ? [this.take(0)] : [];
  }

  private keep(part: Buffer): void {
    this.length += part.length;
    if (this.length <= LARGEST_EVENT) this.begun.push(part);
    else this.begun = [];
  }

  private take(ending: 0 | 1): FileLine {
    const bytes = this.length > LARGEST_EVENT ? null : Buffer.concat(this.begun);
    const isFirst = this.offset === 0;
    this.offset += this.length + ending;
    this.begun = [];
    this.length = 0;
    return { bytes: bytes && bare(bytes, isFirst), line: this.line++, end: this.offset };
  }
}

function bare(bytes: Buffer, isFirst: boolean): Buffer {
  const start = isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  return bytes.subarray(start, bytes.at(-1) === CARRIAGE_RETURN ? -1 : undefined);
}

/** Whether there is nothing in it but space. */
export function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === CARRIAGE_RETURN);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a line; null when it is not UTF-8. */
export function textOf(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
