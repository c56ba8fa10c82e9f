import { LARGEST_EVENT } from './cloud-event.js';
import { BEGINNING, type FileRecord, type LineRead, type ReadState, type RecordReader, unreadable } from './mapping.js';
import { type FileLine, isBlank, Lines } from './mapping-lines.js';
import { readLine } from './ndjson.js';

/** A file with a CloudEvent on each line (NDJSON). Blank lines are passed over. */
export class NdjsonReader implements RecordReader {
  private readonly lines: Lines;

  constructor(from: ReadState) {
    this.lines = new Lines(from);
  }

  write(chunk: Buffer): FileRecord[] {
    return this.lines.write(chunk).map(recordOf);
  }

  end(): FileRecord[] {
    return this.lines.end().map(recordOf);
  }
}

function recordOf({ bytes, line, end }: FileLine): FileRecord {
  const next = { offset: end, line: line + 1 };
  if (bytes && isBlank(bytes)) return { reads: [], next };
  return { reads: [readOf(bytes, line)], next };
}

function readOf(bytes: Buffer | null, line: number): LineRead {
  if (bytes) return { ...readLine(bytes), line, lines: 1 };
  return unreadable([{ pointer: '', detail: `must not be larger than ${LARGEST_EVENT} bytes` }], { line });
}

/** The events of a whole text. */
export function readsOfNdjson(text: string): LineRead[] {
  const reader = new NdjsonReader(BEGINNING);
  return [...reader.write(Buffer.from(text)), ...reader.end()].flatMap(({ reads }) => reads);
}
