import type { EntryFilter, LoggedEntry } from '../audit/audit.queries.js';
import type { Consent } from '../consents/consent.entity.js';
import type { ConsentDetail } from '../consents/detail.js';
import type { Engagement } from '../staff/engagement.js';

/** What is left of an engagement once something is asked for: both hold. */
export interface Bounds {
  /** Left out for all. */
  readonly retailerIds?: readonly string[];
  /** Left out for all. */
  readonly purposes?: readonly string[];
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

export interface AskedBounds {
  readonly retailer_id?: string;
  readonly purpose?: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** All that an engagement reaches. */
export function wholeOf({ retailerIds, purposes, from, to }: Engagement): Bounds {
  return { ...(retailerIds && { retailerIds }), ...(purposes && { purposes }), from, to };
}

/** The asked and the allowed together, or null when they have nothing in common. */
export function boundsOf(engagement: Engagement, asked: AskedBounds): Bounds | null {
  const retailerIds = both(asked.retailer_id, engagement.retailerIds);
  const purposes = both(asked.purpose, engagement.purposes);
  if (retailerIds?.length === 0 || purposes?.length === 0) return null;
  return {
    ...(retailerIds && { retailerIds }),
    ...(purposes && { purposes }),
    from: asked.from && asked.from > engagement.from ? asked.from : engagement.from,
    to: asked.to && asked.to < engagement.to ? asked.to : engagement.to,
  };
}

function both(asked: string | undefined, allowed: readonly string[] | null): readonly string[] | undefined {
  if (asked === undefined) return allowed ?? undefined;
  return allowed === null || allowed.includes(asked) ? [asked] : [];
}

/** Whether the engagement reaches an entry of the log. */
export function coversEntry(engagement: Engagement, { at, retailerId, purposes }: LoggedEntry): boolean {
  return (
    at >= engagement.from &&
    at < engagement.to &&
    coversRetailer(engagement, retailerId) &&
    coversPurposes(engagement, purposes)
  );
}

/** Whether it reaches a consent: one with a line for its purposes, which stood at some time of its period. */
export function coversConsent(
  engagement: Engagement,
  consent: Pick<Consent, 'retailerId' | 'details' | 'givenAt' | 'endedAt'>,
): boolean {
  return (
    consent.givenAt < engagement.to &&
    (consent.endedAt === null || consent.endedAt >= engagement.from) &&
    coversRetailer(engagement, consent.retailerId) &&
    linesWithin(engagement, consent.details).length > 0
  );
}

/** The lines of a consent that are for the engagement's purposes. */
export function linesWithin(engagement: Engagement, details: readonly ConsentDetail[]): ConsentDetail[] {
  return details.filter((line) => coversPurposes(engagement, line.purposes));
}

function coversRetailer({ retailerIds }: Engagement, retailerId: string | null): boolean {
  return retailerIds === null || (retailerId !== null && retailerIds.includes(retailerId));
}

function coversPurposes({ purposes: allowed }: Engagement, purposes: readonly string[]): boolean {
  return allowed === null || purposes.some((purpose) => allowed.includes(purpose));
}

/** The part of a filter of entries that bounds say. */
export function filterOf({ retailerIds, purposes, from, to }: Bounds): EntryFilter {
  return { ...(retailerIds && { retailerIds }), ...(purposes && { purposes }), from, to };
}
