import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { Consent, ReportedData } from './consent.entity.js';
import type { ConsentRequest } from './consent-request.entity.js';
import { type AskedDetail, type ConsentDetail, isSpecialDetail } from './detail.js';
import { type Asked, differenceOf, type Holding } from './difference.js';
import { intersectionOf } from './intersection.js';
import { type Approval, latestEndOf } from './narrowing.js';
import { holdingOf } from './renamed.js';

/** What becomes of the consent that is taken along: it stays, ends at once, or ends when the other one begins. */
export const sourceWithdrawals = ['no', 'now', 'on_completion'] as const;
export type SourceWithdrawal = (typeof sourceWithdrawals)[number];

/** What belongs to a request that the customer has approved before the retailer has made it. */
export interface PreApproval {
  /** The consent with another retailer, from which it is taken. */
  sourceId: string;
  withdrawSource: SourceWithdrawal;
  /** What then becomes of what that retailer has reported. */
  reportedData: ReportedData;
  /** Until when each line would hold, by its id: no longer than with the other retailer. */
  ends: Readonly<Record<string, string>>;
}

type PreApproved = Pick<ConsentRequest, 'details' | 'maxReadsPerDay' | 'createdAt' | 'preApproval'>;

/** What has been approved beforehand, as if it were given. Reports reach back no further than that. */
export function anticipatedHolding({ details, maxReadsPerDay, createdAt, preApproval }: PreApproved): Holding {
  const lines = details.flatMap((detail): ConsentDetail[] => {
    const end = preApproval?.ends[detail.id];
    if (end === undefined || isSpecialDetail(detail)) return [];
    return detail.type === 'ccx_interactions'
      ? [{ ...detail, since: createdAt.toISOString(), expires_at: end }]
      : [{ ...detail, expires_at: end }];
  });
  return { details: lines, maxReadsPerDay };
}

/** When the last of it would end. */
export function lastEndOf({ ends }: PreApproval): Date {
  return new Date(Math.max(...Object.values(ends).map((end) => Date.parse(end))));
}

/**
 * The customer's answer to a request of which nothing goes beyond what they have approved beforehand, or given already;
 * null when anything does. Nothing holds for longer, or is read more often, than that lets it.
 */
export function approvalOf(
  asked: Asked & { readonly lifetimeDays: number },
  preApproved: PreApproved,
  standing: Pick<Consent, 'details' | 'maxReadsPerDay' | 'status'> | null,
  vocabulary: Vocabulary,
  now: Date,
): Approval | null {
  if (asked.details.some(isSpecialDetail)) return null;
  const given = together(anticipatedHolding(preApproved), standing?.status === 'active' ? standing : null);
  const held = holdingOf(given, vocabulary);
  const { complete, items } = differenceOf(asked, held, now);
  if (!complete) return null;

  const ends = Object.values(items)
    .flatMap((line) => Object.values(line))
    .flatMap((item) => (item.standing === 'given' ? [item.until.getTime()] : []));
  const end = new Date(Math.min(...ends));
  const reads = leastOf(asked.maxReadsPerDay, held.maxReadsPerDay);
  return {
    decision: 'approve',
    ...(end < latestEndOf(asked, now) && { expiresAt: end }),
    ...(reads !== null && { maxReadsPerDay: reads }),
  };
}

/** Whether anything of what was given is what was approved beforehand. */
export function fulfils(given: readonly ConsentDetail[], { details }: { details: readonly AskedDetail[] }): boolean {
  return intersectionOf(given, details).length > 0;
}

function together(one: Holding, other: Holding | null): Holding {
  if (!other) return one;
  return {
    details: [...one.details, ...other.details],
    maxReadsPerDay: leastOf(one.maxReadsPerDay, other.maxReadsPerDay),
  };
}

/** The lowest of limits; null where there is none. */
function leastOf(...limits: readonly (number | null | undefined)[]): number | null {
  const set = limits.filter((limit) => limit != null);
  return set.length > 0 ? Math.min(...set) : null;
}
