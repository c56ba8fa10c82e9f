import { CcxError, Problem } from '../errors.js';
import type { CustomerPrincipal } from './access.js';

/** For so long a sign-in counts as recent. */
export const RECENT_SIGN_IN_SECONDS = 300;

/** The session is good, but too old for this (RFC 9470 §3). */
@Problem({
  code: 'recent-sign-in-required',
  kind: 'unauthenticated',
  title: 'This needs a recent sign-in',
  advice: 'Sign in again, with the password or a passkey, and repeat the request within five minutes.',
})
export class RecentSignInRequiredError extends CcxError {
  constructor() {
    super('This needs a sign-in of the last five minutes. Personal tokens cannot do it.', {
      headers: {
        'WWW-Authenticate': `Bearer error="insufficient_user_authentication", max_age="${RECENT_SIGN_IN_SECONDS}"`,
      },
    });
  }
}

/** Whether somebody has shown in the last minutes that it is them. */
export function isRecentSignIn({ signedInAt }: Pick<CustomerPrincipal, 'signedInAt'>, now: Date): boolean {
  return signedInAt !== undefined && now.getTime() - signedInAt.getTime() <= RECENT_SIGN_IN_SECONDS * 1000;
}

/**
 * For what somebody with a stolen session or a forgotten browser must not be able to do.
 *
 * @throws RecentSignInRequiredError
 */
export function assertRecentSignIn(principal: Pick<CustomerPrincipal, 'signedInAt'>, now: Date): void {
  if (!isRecentSignIn(principal, now)) throw new RecentSignInRequiredError();
}
