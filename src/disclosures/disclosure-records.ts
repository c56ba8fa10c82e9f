import type { CustomerKey } from '../platform/customer-key.js';
import { type CcxError, problemOf } from '../platform/errors.js';
import type { Errand, GivenAnswer } from './answering.service.js';
import type { Disclosure } from './disclosure.js';

/** Whose consent was found, and when. */
export interface Checked {
  readonly customer: CustomerKey;
  readonly checkedAt: Date;
  readonly consent: { readonly id: string; readonly version: number };
}

/** What is recorded of an answer. */
export function disclosureOf({ reader, inquiry }: Errand, answer: GivenAnswer): Disclosure {
  const { customer, consent, circumstances, view, disclosureId, at, unchanged } = answer;
  return {
    id: disclosureId,
    customer,
    consent: { id: consent.id, version: consent.version },
    retailerId: reader.retailerId,
    clientId: reader.clientId,
    attributes: inquiry.tells ?? view.told,
    purpose: circumstances.purpose,
    touchpoint: circumstances.touchpoint,
    stage: circumstances.stage,
    checkedAt: at,
    unchanged,
    refused: null,
  };
}

/** What is recorded of a refusal, in the words of the question. */
export function refusalOf(
  { reader, inquiry, named }: Errand,
  { customer, consent, checkedAt }: Checked,
  { id, error }: { id: string; error: CcxError },
): Disclosure {
  const { purpose = null, touchpoint = null, stage = null } = inquiry;
  return {
    id,
    customer,
    consent: { id: consent.id, version: consent.version },
    retailerId: reader.retailerId,
    clientId: reader.clientId,
    attributes: [...(named?.attributes ?? [])],
    purpose,
    touchpoint,
    stage,
    checkedAt,
    unchanged: false,
    refused: problemOf(error).code,
  };
}
