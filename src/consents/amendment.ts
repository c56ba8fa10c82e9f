import { isDeepStrictEqual } from 'node:util';

import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import type { Purpose } from '../vocabulary/code-lists.js';
import { NothingKeptError } from './consents.errors.js';
import type { ConsentDetail } from './detail.js';
import { faultsOfItems, keep, type Kept } from './narrowing.js';
import { endingBy, holds } from './renewal.js';

/** What the customer takes back of a consent. What is left out stays as it is. */
export interface Amendment {
  /** The lines that are kept, whole or in part; those not named are dropped. */
  items?: readonly Kept[];
  /** An earlier end. Lines that end before it stay as they are. */
  expiresAt?: Date;
  /** Fewer reads per day. */
  maxReadsPerDay?: number;
}

export interface Narrowed {
  details: ConsentDetail[];
  maxReadsPerDay: number | null;
}

/**
 * What is left of a consent: never more than it was, in nothing. Null when that is all of it.
 *
 * @throws InvalidRequestError when the amendment reaches beyond the consent
 * @throws NothingKeptError
 */
export function narrow(
  held: Narrowed & { expiresAt: Date },
  { items, expiresAt, maxReadsPerDay = held.maxReadsPerDay ?? undefined }: Amendment,
  now: Date,
): Narrowed | null {
  const faults = [
    ...(items ? faultsOfItems(held.details, items) : []),
    ...faultsOfEnd(expiresAt, held.expiresAt, now),
    ...faultsOfLimit(maxReadsPerDay, held.maxReadsPerDay),
  ];
  if (faults.length > 0) throw new InvalidRequestError(faults);

  const kept = items ? held.details.flatMap((line) => keep(line, items)) : held.details;
  if (!kept.some((line) => holds(line, now))) throw new NothingKeptError();
  const narrowed = {
    details: kept.map((line) => (expiresAt ? endingBy(line, expiresAt) : line)),
    maxReadsPerDay: maxReadsPerDay ?? null,
  };
  const before = { details: held.details, maxReadsPerDay: held.maxReadsPerDay };
  return isDeepStrictEqual(narrowed, before) ? null : narrowed;
}

/** The lines without a purpose: what they allow for others stays. Null when none of them is for it. */
export function withoutPurpose(details: readonly ConsentDetail[], purpose: Purpose): ConsentDetail[] | null {
  if (!details.some(({ purposes }) => purposes.includes(purpose))) return null;
  return details
    .map((line) => ({ ...line, purposes: line.purposes.filter((other) => other !== purpose) }))
    .filter(({ purposes }) => purposes.length > 0);
}

function faultsOfEnd(end: Date | undefined, latest: Date, now: Date): FieldError[] {
  const pointer = '/expires_at';
  if (!end) return [];
  if (end <= now) return [{ pointer, detail: 'must lie in the future; to end the consent now, withdraw it' }];
  return end > latest
    ? [{ pointer, detail: `must not be later than its end, ${latest.toISOString()}; to move that, renew it` }]
    : [];
}

function faultsOfLimit(limit: number | undefined, most: number | null): FieldError[] {
  return limit !== undefined && most !== null && limit > most
    ? [{ pointer: '/max_reads_per_day', detail: `must not be more than it is now, ${most}` }]
    : [];
}
