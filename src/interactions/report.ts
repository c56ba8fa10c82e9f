import { type CcxError, InvalidRequestError, problemOf } from '../platform/errors.js';
import { type Read, readEvent } from './cloud-event.js';
import type { EventResultDto, Outcome } from './interactions.dto.js';
import { EventConflictError, InvalidBatchError } from './interactions.errors.js';
import type { MappingOptionsDto } from './mapping.dto.js';
import { readsOfCsv } from './mapping-csv.js';
import { readsOfNdjson } from './mapping-ndjson.js';

export const LARGEST_BATCH = 500;
export const NDJSON = 'application/x-ndjson';
export const CSV = 'text/csv';

/** What a request reports: its events in their order, and whether it asks about one alone. */
export interface Sent {
  readonly reads: readonly (Read & { readonly line?: number })[];
  readonly single: boolean;
}

/**
 * The events of a body of this content type.
 *
 * @throws InvalidBatchError
 * @throws ContentUnreadableError when the header of a table cannot be used
 * @throws InvalidRequestError for options that mean nothing for it
 */
export function sentAs(contentType: string | undefined, body: unknown, options: MappingOptionsDto): Sent {
  const mediaType = contentType?.toLowerCase().split(';', 1)[0]?.trim();
  if (mediaType === CSV) {
    return { reads: batchOf(readsOfCsv(body as string, options.toOptions())), single: false };
  }
  const unused = Object.entries(options).find(([, value]) => value !== undefined);
  if (unused)
    throw new InvalidRequestError([{ pointer: `query/${unused[0]}`, detail: `means nothing for ${mediaType}` }]);
  return mediaType === NDJSON ? { reads: batchOf(readsOfNdjson(body as string)), single: false } : sentAsJson(body);
}

/** One event, or an array of them. */
function sentAsJson(body: unknown): Sent {
  if (Array.isArray(body)) return { reads: batchOf(body).map(readEvent), single: false };
  if (typeof body !== 'object' || body === null) throw new InvalidBatchError('must be an event or an array of events');
  return { reads: [readEvent(body)], single: true };
}

/** The events that a body has, where it is JSON: whether they are any is not looked at. */
export function eventsIn(body: unknown): unknown {
  return typeof body === 'object' && !Array.isArray(body) ? [body] : body;
}

/** The same events, unless there are too few or too many of them. */
function batchOf<Event>(events: readonly Event[]): readonly Event[] {
  if (events.length === 0) throw new InvalidBatchError('must have at least one event');
  if (events.length > LARGEST_BATCH) throw new InvalidBatchError(`must have at most ${LARGEST_BATCH} events`);
  return events;
}

/** What becomes of one event, and what its sender should look at. */
export interface Fate {
  /** Kept, known already, or an error that says why not; `valid` where nothing is kept. */
  readonly became: 'stored' | 'duplicate' | 'valid' | CcxError;
  readonly warnings: readonly string[];
}

/** A fate in the form in which it is reported. */
export function resultOf(
  { became, warnings }: Fate,
  { id, source }: Pick<Read, 'id' | 'source'>,
): Omit<EventResultDto, 'index' | 'line'> {
  const named = { id, source, ...(warnings.length > 0 && { warnings: [...warnings] }) };
  if (typeof became === 'string') return { ...named, outcome: became };
  const { code, retryable } = problemOf(became);
  const outcome: Outcome = became instanceof EventConflictError ? 'conflict' : 'rejected';
  return {
    ...named,
    outcome,
    code,
    detail: became.message,
    retryable,
    ...(became.errors && { errors: [...became.errors] }),
  };
}

/** What became of what was sent, event by event. */
export function resultsOf({ reads }: Sent, fates: readonly Fate[]): EventResultDto[] {
  return reads.map((read, index) => ({
    index,
    ...(read.line !== undefined && { line: read.line }),
    ...resultOf(fates[index] as Fate, read),
  }));
}
