import { type CcxError, problemOf } from '../platform/errors.js';
import type { EventResultDto, Outcome } from './interactions.dto.js';
import { EventConflictError, InvalidBatchError } from './interactions.errors.js';

export const LARGEST_BATCH = 500;

/** The events of a body: one event, or an array of them. @throws InvalidBatchError */
export function eventsOf(body: unknown): { events: readonly unknown[]; single: boolean } {
  if (!Array.isArray(body)) {
    if (typeof body !== 'object' || body === null)
      throw new InvalidBatchError('must be an event or an array of events');
    return { events: [body], single: true };
  }
  if (body.length === 0) throw new InvalidBatchError('must have at least one event');
  if (body.length > LARGEST_BATCH) throw new InvalidBatchError(`must have at most ${LARGEST_BATCH} events`);
  return { events: body, single: false };
}

/** What becomes of one event: kept, known already, or an error that says why not. */
export type Fate = 'stored' | 'duplicate' | CcxError;

/** A fate in the form in which a batch reports it. */
export function resultOf(
  fate: Fate,
  { index, id, source, warnings }: { index: number; id: string | null; source: string | null; warnings: string[] },
): EventResultDto {
  const named = { index, id, source, ...(warnings.length > 0 && { warnings }) };
  if (typeof fate === 'string') return { ...named, outcome: fate };
  const { code, retryable } = problemOf(fate);
  const outcome: Outcome = fate instanceof EventConflictError ? 'conflict' : 'rejected';
  return {
    ...named,
    outcome,
    code,
    detail: fate.message,
    retryable,
    ...(fate.errors && { errors: [...fate.errors] }),
  };
}
