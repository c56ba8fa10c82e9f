import { ConsentPausedError, NoConsentError } from '../consents/consents.errors.js';
import { withinToken } from '../consents/intersection.js';
import { UnauthenticatedError } from '../platform/errors.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import type { Standing, StandingConsent } from './reading.queries.js';

/** A consent that lets its retailer read, and the key to what is read. */
export type OpenConsent = StandingConsent & { readonly profileKey: Buffer };

/** Finds the consent that lets a retailer read, or throws why there is none. */
export type Admission = (standing: Standing) => OpenConsent;

/** By a token of the consent, unless the consent has ended or the client's tokens were revoked since. */
export function admitByToken(epoch: number, reader: Pick<RetailerPrincipal, 'narrowedTo'>): Admission {
  return ({ consent, checkedAt }) => {
    if (!isOpen(consent, checkedAt) || consent.tokenEpoch !== epoch) {
      throw new UnauthenticatedError('The consent behind this token has ended, or the token was revoked.');
    }
    const open = unlessPaused(consent);
    return { ...open, details: withinToken(open.details, reader) };
  };
}

/** By the subject alone, with a token of the client's own. */
export const admitBySubject: Admission = ({ consent, checkedAt }) => {
  if (!isOpen(consent, checkedAt)) throw new NoConsentError();
  return unlessPaused(consent);
};

/** Whether it has not ended. A customer who has been erased has no key any longer. */
function isOpen(consent: StandingConsent | null, at: Date): consent is OpenConsent {
  if (!consent || consent.profileKey === null || at >= consent.expiresAt) return false;
  return consent.status === 'active' || consent.status === 'paused';
}

function unlessPaused(consent: OpenConsent): OpenConsent {
  if (consent.status === 'paused') throw new ConsentPausedError();
  return consent;
}
