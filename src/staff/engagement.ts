import { InvalidRequestError } from '../platform/errors.js';

const DAY_MS = 24 * 3_600_000;
const USUAL_DAYS = 90;

/** What an auditor is invited to; what is left out is not narrowed, and 90 days from now on. */
export interface EngagementTerms {
  readonly from?: Date;
  readonly to?: Date;
  readonly retailerIds?: readonly string[];
  readonly purposes?: readonly string[];
}

/** What an auditor may look at: what happened in this period, of these retailers and for these purposes. */
export interface Engagement {
  readonly from: Date;
  readonly to: Date;
  /** Null for all. */
  readonly retailerIds: readonly string[] | null;
  /** Null for all. */
  readonly purposes: readonly string[] | null;
  /** 32 bytes that make the pseudonyms by which this engagement knows customers. */
  readonly key: Buffer;
}

/** @throws InvalidRequestError when the period has no length or is over already */
export function engagementPeriod({ from, to }: EngagementTerms, now: Date): { from: Date; to: Date } {
  const start = from ?? now;
  const end = to ?? new Date(start.getTime() + USUAL_DAYS * DAY_MS);
  if (end <= start || end <= now) {
    throw new InvalidRequestError([{ pointer: '/engagement/to', detail: 'must lie after now and after from' }]);
  }
  return { from: start, to: end };
}

export function isUnderWay({ from, to }: Pick<Engagement, 'from' | 'to'>, now: Date): boolean {
  return from <= now && now < to;
}
