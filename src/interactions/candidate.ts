import { decodeSubjects } from '../platform/crypto/pairwise.js';
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
  NoConsentAtTimeError,
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

/** A candidate of which it is known whom it is about. */
export type Recognised = Candidate & { readonly customer: CustomerKey };

/** Who of these is whom: null when the retailer was never given such a subject, or the token names another. */
export function recognise(
  candidates: readonly (Candidate | CcxError)[],
  { consent }: Reporter,
  { pairwiseKey }: ReporterTerms,
): (Recognised | CcxError)[] {
  const subjects = candidates.flatMap((one) => (one instanceof CcxError ? [] : (one.event.subject ?? [])));
  const known = decodeSubjects(subjects, pairwiseKey);
  const customerOf = ({ event: { subject } }: Candidate): CustomerKey | undefined => {
    if (subject === undefined) return consent?.customer;
    const customer = known.get(subject);
    return customer && consent && !sameCustomer(customer, consent.customer) ? undefined : customer;
  };
  return candidates.map((one) => {
    if (one instanceof CcxError) return one;
    const customer = customerOf(one);
    // The same as for a customer who has given the retailer nothing.
    return customer ? { ...one, customer } : new NoConsentAtTimeError();
  });
}
