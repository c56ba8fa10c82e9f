/** Within how many days a retailer is to answer. */
export const ANSWER_DAYS = 30;
const DAY_MS = 86_400_000;

export const disputeStatuses = ['open', 'corrected', 'withdrawn', 'stands', 'retracted'] as const;
export type DisputeStatus = (typeof disputeStatuses)[number];

/** Until when the retailer is to answer. */
export function dueAt(disputedAt: Date): Date {
  return new Date(disputedAt.getTime() + ANSWER_DAYS * DAY_MS);
}

export function isOverdue({ status, disputedAt }: { status: DisputeStatus; disputedAt: Date }, now: Date): boolean {
  return status === 'open' && now >= dueAt(disputedAt);
}
