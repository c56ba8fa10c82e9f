import { ConsentPausedError, OutsideConsentError } from '../consents/consents.errors.js';
import {
  type Coverage,
  coverageOf,
  coverages,
  outsideOfReport,
  type Report,
  type ReportedConsent,
} from '../consents/reporting.js';
import type { CcxError } from '../platform/errors.js';
import { ConsentWithdrawnError, NoConsentAtTimeError } from './interactions.errors.js';

/**
 * The consent that lets an event in, or the error of the one that comes closest. A customer may have given a retailer
 * several, one after the other: an event belongs to the one under which it happened.
 */
export function admit<C extends ReportedConsent>(report: Report, consents: readonly C[]): C | CcxError {
  const answers = new Map<Coverage, C>();
  for (const consent of consents) {
    const coverage = coverageOf(consent, report);
    if (!answers.has(coverage)) answers.set(coverage, consent);
  }
  const covering = answers.get('covered');
  if (covering) return covering;

  switch (coverages.find((coverage) => answers.has(coverage))) {
    case 'consent-paused':
      return new ConsentPausedError();
    case 'consent-withdrawn':
      return new ConsentWithdrawnError();
    case 'outside-consent':
      return new OutsideConsentError(
        outsideOfReport(
          consents.flatMap(({ details }) => details),
          report,
        ),
      );
    default:
      // The same for a subject that nobody has: nothing is told of who is a customer.
      return new NoConsentAtTimeError();
  }
}
