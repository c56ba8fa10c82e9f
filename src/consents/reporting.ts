import type { Consent } from './consent.entity.js';
import type { Outside } from './consents.errors.js';
import type { ConsentDetail, ReportingDetail } from './detail.js';
import { checkedDurationMs } from './duration.js';
import type { SpecialClass } from './special-products.js';

/** One event as a retailer reports it, reduced to what consent is about. */
export interface Report {
  /** A type that a line can name, or `event.voided` and its like, which any line lets through. */
  eventType: string;
  touchpoint: string;
  occurredAt: Date;
  arrivedAt: Date;
}

/** Best answer first. The last four say why an event cannot be taken; none but `consent-paused` may change later. */
export const coverages = [
  'covered',
  'consent-paused',
  'consent-withdrawn',
  'no-consent-at-time',
  'outside-consent',
] as const;
export type Coverage = (typeof coverages)[number];

export type ReportedConsent = Pick<Consent, 'details' | 'status' | 'endedAt' | 'reportedData'>;

/** Whether some line of the consent lets the event be reported; if none does, the answer of the one that comes closest. */
export function coverageOf(consent: ReportedConsent, report: Report): Coverage {
  const answers = new Set(consent.details.map((detail) => coversReport(detail, report, consent)));
  return coverages.find((coverage) => answers.has(coverage)) ?? 'outside-consent';
}

/**
 * Whether this one line lets the event be reported: it happened while the line held (or since the time that the line
 * reaches back to), and it arrives while the line holds or soon enough afterwards. Whoever ended the consent with
 * `reported_data: delete` wants nothing more to arrive.
 */
export function coversReport(
  detail: ConsentDetail,
  report: Report,
  consent: Omit<ReportedConsent, 'details'>,
): Coverage {
  return detail.type === 'ccx_interactions' ? coverageBy(detail, report, consent) : 'outside-consent';
}

/**
 * Of which special classes this consent lets the products of an event be named: the one that lets the event in. A line
 * for special products lets no event in by itself.
 */
export function specialsKept(consent: ReportedConsent, report: Report): ReadonlySet<SpecialClass> {
  const lines = consent.details.filter((detail) => detail.type === 'ccx_interactions_special');
  const covering = lines.filter((line) => coverageBy(line, report, consent) === 'covered');
  return new Set(covering.flatMap(({ products }) => products));
}

/** What of an event no line covers: the touchpoint when no line has it at all, else the event's type. */
export function outsideOfReport(details: readonly ConsentDetail[], { eventType, touchpoint }: Report): Outside {
  const lines = details.filter((detail) => detail.type === 'ccx_interactions');
  const nowhere = !lines.some((line) => reaches(line, touchpoint));
  const named = lines.some((line) => names(line, eventType));
  return { ...(!(nowhere && named) && { event_types: [eventType] }), ...(nowhere && { touchpoint }) };
}

function coverageBy(
  detail: ReportingDetail,
  { eventType, touchpoint, occurredAt, arrivedAt }: Report,
  { status, endedAt, reportedData }: Omit<ReportedConsent, 'details'>,
): Coverage {
  if (!names(detail, eventType) || !reaches(detail, touchpoint)) return 'outside-consent';

  const end = Math.min(Date.parse(detail.expires_at), endedAt?.getTime() ?? Infinity);
  const happened = occurredAt.getTime();
  if (happened < Date.parse(detail.since) || happened >= end) return 'no-consent-at-time';
  if (status === 'paused') return 'consent-paused';
  if (status === 'withdrawn' && reportedData === 'delete') return 'consent-withdrawn';
  if (arrivedAt.getTime() < end + checkedDurationMs(detail.late_reporting)) return 'covered';
  return status === 'withdrawn' ? 'consent-withdrawn' : 'no-consent-at-time';
}

function names({ event_types }: ReportingDetail, eventType: string): boolean {
  return eventType.startsWith('event.') || (event_types as readonly string[]).includes(eventType);
}

function reaches({ touchpoints }: ReportingDetail, touchpoint: string): boolean {
  return (touchpoints as readonly string[]).includes(touchpoint);
}
