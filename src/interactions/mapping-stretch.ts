import type { FileRecord, LineRead, MappingOptions, ReadState, RecordReader } from './mapping.js';
import { ContentUnreadableError } from './mapping.errors.js';
import { CsvReader } from './mapping-csv.js';
import { NdjsonReader } from './mapping-ndjson.js';
import { PoslogReader } from './mapping-poslog.js';

export const fileFormats = ['ndjson', 'csv', 'poslog'] as const;
export type FileFormat = (typeof fileFormats)[number];

/** A part of a file that is taken as one. */
export interface Stretch {
  readonly reads: readonly LineRead[];
  /** Where the next one begins. */
  readonly next: ReadState;
  /** Whether there is none after it. */
  readonly isLast: boolean;
}

/** How many events a stretch has, but for a record that has more by itself. */
const STRETCH_READS = 500;
/** How much is read for a stretch, but for a record that is larger by itself. */
const STRETCH_BYTES = 4_194_304;
/** So little is read at a time that not much is read in vain. */
const SLICE_BYTES = 16_384;

const readers: Readonly<Record<FileFormat, (options: MappingOptions, from: ReadState) => RecordReader>> = {
  ndjson: (_, from) => new NdjsonReader(from),
  csv: (options, from) => new CsvReader(options, from),
  poslog: (options, from) => new PoslogReader(options, from),
};

/**
 * Reads the next stretch of a file, whose content begins at `from`. What comes before a fault of the file itself is
 * answered; the fault is met again when the file is read on from there.
 *
 * @throws ContentUnreadableError
 */
export async function readOn(
  content: AsyncIterable<Buffer>,
  { format, options }: { format: FileFormat; options: MappingOptions },
  from: ReadState,
): Promise<Stretch> {
  const reader = readers[format](options, from);
  const records: FileRecord[] = [];
  let count = 0;
  let bytes = 0;
  const take = (some: readonly FileRecord[]) => {
    records.push(...some);
    for (const { reads } of some) count += reads.length;
  };
  try {
    for await (const block of content) {
      for (let start = 0; start < block.length; start += SLICE_BYTES) {
        const slice = block.subarray(start, start + SLICE_BYTES);
        take(reader.write(slice));
        bytes += slice.length;
        if (count >= STRETCH_READS || (bytes >= STRETCH_BYTES && records.length > 0))
          return stretchOf(records, from, false);
      }
    }
    take(reader.end());
  } catch (error) {
    if (!(error instanceof ContentUnreadableError) || records.length === 0) throw error;
    return stretchOf(records, from, false);
  }
  return stretchOf(records, from, true);
}

/** As many of the records as fit, and at least one. */
function stretchOf(records: readonly FileRecord[], from: ReadState, isLast: boolean): Stretch {
  const reads: LineRead[] = [];
  let next = from;
  for (const [index, record] of records.entries()) {
    if (index > 0 && reads.length + record.reads.length > STRETCH_READS) return { reads, next, isLast: false };
    reads.push(...record.reads);
    next = record.next;
  }
  return { reads, next, isLast };
}
