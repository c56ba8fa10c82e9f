import { Injectable } from '@nestjs/common';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';

import { PasskeyNotValidError, PasskeyRefusedError } from '../../customers/customers.errors.js';
import { type PasskeyRecord, PasskeysService } from '../../customers/passkeys.service.js';
import type { IssuedSession, SignInContext } from '../../customers/sessions.service.js';
import { isDisplayText } from '../../customers/text.js';
import type { CustomerPrincipal } from '../../platform/http/access.js';
import { readNewPasskey, readPasskeyAnswer } from '../../platform/webauthn/credential-json.js';
import { type Form, textOf } from './place.js';

const LONGEST_NAME = 80;

/** What the forms with passkeys send, understood and done. */
@Injectable()
export class PasskeyForms {
  constructor(private readonly passkeys: PasskeysService) {}

  /**
   * Begins a session.
   *
   * @param email The account that it must be, where somebody shows that it is still them.
   * @throws PasskeyRefusedError, RateLimitedError
   */
  async signIn(form: Form, context: SignInContext, email?: string): Promise<IssuedSession> {
    const sent = jsonOf(form);
    if (sent === undefined) throw new PasskeyRefusedError();
    return this.passkeys.signIn({ passkey: readPasskeyAnswer(sent, '/passkey'), email }, context);
  }

  /** What the browser needs to make a passkey. @throws RecentSignInRequiredError */
  options(principal: CustomerPrincipal): Promise<PublicKeyCredentialCreationOptionsJSON> {
    return this.passkeys.creationOptions(principal);
  }

  /** @throws RecentSignInRequiredError, PasskeyNotValidError, PasskeyExistsError, TooManyPasskeysError */
  async add(principal: CustomerPrincipal, form: Form): Promise<PasskeyRecord> {
    const sent = jsonOf(form);
    if (sent === undefined) throw new PasskeyNotValidError();
    const name = textOf(form, 'name').trim();
    return this.passkeys.add(principal, {
      name: isDisplayText(name, LONGEST_NAME) ? name : 'Passkey',
      credential: readNewPasskey(sent, '/passkey'),
    });
  }

  /** @throws RecentSignInRequiredError, PasskeyNotFoundError */
  remove(principal: CustomerPrincipal, id: string): Promise<void> {
    return this.passkeys.remove(principal, id);
  }
}

/** What the script wrote into the form; nothing when it never ran. */
function jsonOf(form: Form): unknown {
  try {
    return JSON.parse(textOf(form, 'passkey')) as unknown;
  } catch {
    return undefined;
  }
}
