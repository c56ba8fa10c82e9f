import { decodeSubject } from '../platform/crypto/pairwise.js';
import { type CustomerKey, sameCustomer } from '../platform/customer-key.js';
import { CcxError } from '../platform/errors.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import { isOfSources } from '../retailers/source-prefixes.js';
import type { Read, ReportedEvent } from './cloud-event.js';
import { contentHashOf, keyHashOf } from './identity.js';
import {
  EventInFutureError,
  EventTooOldError,
  InvalidEventError,
  SourceNotAllowedError,
} from './interactions.errors.js';
import { type Occurred, occurrenceOf, type OutOfTime } from './occurrence.js';

/** Who reports: a client of a retailer, with a token of a customer's consent or without. */
export type Reporter = Pick<RetailerPrincipal, 'retailerId' | 'clientId' | 'consent' | 'narrowedTo'>;

/** What the broker knows of a reporter. */
export interface ReporterTerms {
  /** Under which key the retailer knows its customers. */
  readonly pairwiseKey: Buffer;
  /** With what the `source` of the client's events begins; none where any will do. */
  readonly sourcePrefixes: readonly string[];
}

/** A valid event, with when it happened (unless that is refused) and by what it is known again. */
export interface Candidate {
  readonly event: ReportedEvent;
  readonly occurred: Occurred | CcxError;
  readonly keyHash: Buffer;
  readonly contentHash: Buffer;
}

/** Decides what can be decided about an event by itself: whoever its customer is, and whatever is known already. */
export function candidateOf(
  { event, errors }: Read,
  { clientId, consent }: Reporter,
  { sourcePrefixes }: ReporterTerms,
  now: Date,
): Candidate | CcxError {
  if (!event) return new InvalidEventError(errors);
  if (event.subject === undefined && !consent) {
    return new InvalidEventError([{ pointer: '/subject', detail: 'is required with this token' }]);
  }
  const { source, id } = event;
  if (!isOfSources(sourcePrefixes, source)) return new SourceNotAllowedError();
  const occurrence = occurrenceOf(event, now);
  return {
    event,
    occurred: 'refused' in occurrence ? errorOf(occurrence) : occurrence,
    keyHash: keyHashOf(clientId, source, id),
    contentHash: contentHashOf(event),
  };
}

function errorOf({ refused }: OutOfTime): CcxError {
  return refused === 'event-too-old' ? new EventTooOldError() : new EventInFutureError();
}

/** Whom an event is about, or null when the retailer was never given such a subject or the token names another. */
export function customerOf(
  { subject }: ReportedEvent,
  { consent }: Reporter,
  { pairwiseKey }: ReporterTerms,
): CustomerKey | null {
  if (subject === undefined) return consent?.customer ?? null;
  const customer = decodeSubject(subject, pairwiseKey);
  return customer && consent && !sameCustomer(customer, consent.customer) ? null : customer;
}
