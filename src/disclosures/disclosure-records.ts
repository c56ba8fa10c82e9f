import { type CcxError, problemOf } from '../platform/errors.js';
import type { Answer, Errand, Party } from './answering.service.js';
import type { Disclosure } from './disclosure.js';
import type { StandingConsent } from './reading.queries.js';

/** What is recorded of an answer. */
export function disclosureOf(errand: Errand, party: Party, answer: Answer): Disclosure {
  const { purpose, touchpoint, stage } = answer.circumstances;
  return {
    ...recordOf(errand, party, answer.consent),
    id: answer.disclosureId,
    attributes: errand.inquiry.tells ?? answer.view.told,
    purpose,
    touchpoint,
    stage,
    unchanged: answer.unchanged,
    refused: null,
  };
}

/** What is recorded of a refusal, in the words of the question. */
export function refusalOf(
  errand: Errand,
  party: Party,
  consent: StandingConsent,
  { id, error }: { id: string; error: CcxError },
): Disclosure {
  const { purpose = null, touchpoint = null, stage = null } = errand.inquiry;
  return {
    ...recordOf(errand, party, consent),
    id,
    attributes: [...(errand.named?.attributes ?? [])],
    purpose,
    touchpoint,
    stage,
    unchanged: false,
    refused: problemOf(error).code,
  };
}

function recordOf({ reader }: Errand, { customer, standing }: Party, { id, version }: StandingConsent) {
  const { retailerId, clientId } = reader;
  return { customer, consent: { id, version }, retailerId, clientId, checkedAt: standing.checkedAt };
}
