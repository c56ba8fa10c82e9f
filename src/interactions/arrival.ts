import type { ReportConsent } from '../consents/consents.queries.js';
import { specialsKept } from '../consents/reporting.js';
import { CcxError } from '../platform/errors.js';
import { admit } from './admission.js';
import type { Candidate, Recognised, Reporter } from './candidate.js';
import { VOIDED } from './event-types.js';
import { keyHashOf } from './identity.js';
import type { KeyOfCustomer, NewInteraction } from './interactions.queries.js';
import { clockWarning } from './occurrence.js';
import { withheld, withheldWarning } from './special-products.js';

/** An event as it is to be kept, but for the id that it is given. */
export type Admitted = Omit<NewInteraction, 'id'>;

/** A candidate, judged by the consents of its customer. */
export interface Arrival extends KeyOfCustomer {
  readonly contentHash: Buffer;
  /** What is kept of it where nothing is known under its key, or why nothing is. */
  readonly admitted: Admitted | CcxError;
  /** What the sender should look at when it is kept. */
  readonly warnings: readonly string[];
}

/** Decides by the customer's consents with the retailer, newest first, whether and how an event would be kept. */
export function arrivalOf(
  { event, occurred, customer, keyHash, contentHash }: Recognised,
  consents: readonly ReportConsent[],
  { clientId }: Reporter,
  now: Date,
): Arrival {
  const answer = (admitted: Admitted | CcxError, warnings: string[] = []): Arrival => ({
    customer,
    keyHash,
    contentHash,
    admitted,
    warnings,
  });
  if (occurred instanceof CcxError) return answer(occurred);

  const { type, touchpoint, stage, source, time, correlation, corrects } = event;
  const report = { eventType: type, touchpoint, occurredAt: occurred.at, arrivedAt: now };
  const consent = admit(report, consents);
  if (consent instanceof CcxError) return answer(consent);

  const kept = withheld(event, specialsKept(consent, report));
  // Written out: an object of so many members that begins as a copy of another costs several times as much.
  const admitted = {
    customer,
    keyHash,
    contentHash,
    occurredAt: occurred.at,
    clock: occurred.clock,
    consentId: consent.id,
    consentVersion: consent.version,
    type,
    touchpoint,
    stage,
    source,
    eventId: event.id,
    time,
    correlation: correlation ?? null,
    data: kept.data,
    withheld: kept.withheld.length > 0,
    voids: voidedBy(event, clientId),
    corrects: corrects === undefined ? null : keyHashOf(clientId, source, corrects),
  };
  return answer(admitted, [...clockWarning(occurred), ...withheldWarning(kept.withheld)]);
}

function voidedBy({ type, source, data }: Candidate['event'], clientId: string): Buffer | null {
  if (type !== VOIDED) return null;
  const target = data as { id: string; source?: string };
  return keyHashOf(clientId, target.source ?? source, target.id);
}
