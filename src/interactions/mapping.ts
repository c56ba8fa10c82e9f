import type { FieldError } from '../platform/errors.js';
import type { Read } from './cloud-event.js';

export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

/** What the file of an old till does not say itself. */
export interface MappingOptions {
  /** The `source` of all events; `/pos/<store>/<workstation>` where left out. */
  readonly source?: string;
  /** The IANA zone of times that have no offset; without it they are refused. */
  readonly timeZone?: string;
  /** ISO 4217, for amounts that say nothing of their currency. */
  readonly currency?: string;
  /** Between the cells of a CSV; the one of the usual ones that its header has most of where left out. */
  readonly delimiter?: Delimiter;
}

/** From where a file is read on: after the last record that was read, or from its beginning. */
export interface ReadState {
  /** In bytes. */
  readonly offset: number;
  /** Of the next line; the first of a file is 1. */
  readonly line: number;
  /** What at the beginning of the file says how all the rest is read. */
  readonly head?: string;
}

export const BEGINNING: ReadState = { offset: 0, line: 1 };

/** An event of a file, or the reason why there is none, and which lines of the file that is about. */
export interface LineRead extends Read {
  readonly line: number;
  /** How many lines, from that one on. */
  readonly lines: number;
  /** Why nothing of this is reported although nothing is wrong with it: a sale without a customer. */
  readonly ignored?: string;
}

/** What belongs together in a file and can only be taken as a whole: a line, or the lines of one transaction. */
export interface FileRecord {
  readonly reads: readonly LineRead[];
  /** Where to go on after it. */
  readonly next: ReadState;
}

/**
 * Takes a file apart, wherever it is cut: `write` and `end` answer the records that are complete. Reading on from the
 * `next` of a record gives the same as reading through it.
 */
export interface RecordReader {
  write(chunk: Buffer): FileRecord[];
  /** There is no more: what is left is the last record. */
  end(): FileRecord[];
}

/** Something in a file that cannot be read as an event. */
export function unreadable(errors: readonly FieldError[], { line }: { line: number }): LineRead {
  return { errors: [...errors], warnings: [], id: null, source: null, line, lines: 1 };
}
