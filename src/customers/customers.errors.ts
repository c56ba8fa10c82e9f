import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'email-taken',
  kind: 'conflict',
  title: 'This e-mail address has an account',
  advice: 'Sign in with it, or recover the account with one of its recovery codes.',
})
export class EmailTakenError extends CcxError {
  constructor() {
    super('There is an account with this e-mail address already.');
  }
}

/** No such address and a wrong password: the two must look the same from outside. */
@Problem({
  code: 'sign-in-refused',
  kind: 'unauthenticated',
  title: 'The sign-in was refused',
  advice: 'Check the e-mail address and the password. If the password is lost, use a recovery code.',
})
export class SignInRefusedError extends CcxError {
  constructor() {
    super('This e-mail address and this password do not belong together.');
  }
}

/** No such address, a wrong code and a used one: they must look the same from outside. */
@Problem({
  code: 'recovery-refused',
  kind: 'unauthenticated',
  title: 'The recovery was refused',
  advice: 'Check the e-mail address and the code, and use a code that has not been used before.',
})
export class RecoveryRefusedError extends CcxError {
  constructor() {
    super('This e-mail address and this recovery code do not belong together, or the code has been used.');
  }
}

@Problem({
  code: 'wrong-password',
  kind: 'forbidden',
  title: 'The current password is wrong',
  advice: 'Send the password with which you sign in. A session alone does not allow this.',
})
export class WrongPasswordError extends CcxError {
  constructor() {
    super('The current password is not the one that was sent.', {
      errors: [{ pointer: '/current_password', detail: 'is not the current password' }],
    });
  }
}

@Problem({
  code: 'session-not-found',
  kind: 'not-found',
  title: 'No such session',
  advice: 'It may have ended already. GET /v1/me/sessions lists those that are open.',
})
export class SessionNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no session ${id}.`);
  }
}

@Problem({
  code: 'personal-token-not-found',
  kind: 'not-found',
  title: 'No such token',
  advice: 'It may have been revoked already. GET /v1/me/tokens lists those that are valid.',
})
export class PersonalTokenNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no personal token ${id}.`);
  }
}

@Problem({
  code: 'too-many-tokens',
  kind: 'conflict',
  title: 'There are too many personal tokens',
  advice: 'Revoke one that is no longer used, then make the new one.',
})
export class TooManyTokensError extends CcxError {
  constructor(limit: number) {
    super(`A customer has at most ${limit} personal tokens.`);
  }
}

/** An unknown passkey, a removed one, an answer that was used, came late or was signed elsewhere: all alike. */
@Problem({
  code: 'passkey-refused',
  kind: 'unauthenticated',
  title: 'The passkey was refused',
  advice:
    'Begin again with POST /v1/passkeys/options: its challenge is good once and for five minutes. Or sign in with the ' +
    'password.',
})
export class PasskeyRefusedError extends CcxError {
  constructor() {
    super('This passkey opens no account here, or its answer came too late.');
  }
}

@Problem({
  code: 'passkey-not-valid',
  kind: 'unprocessable',
  title: 'The passkey cannot be added',
  advice:
    'Begin again with POST /v1/me/passkeys/options: its challenge is good once and for five minutes. The authenticator ' +
    'has to verify who uses it, and to keep the passkey itself.',
})
export class PasskeyNotValidError extends CcxError {
  constructor() {
    super('This passkey was not made for this account and service, or came too late.', {
      errors: [{ pointer: '/credential', detail: 'is no answer to an open challenge' }],
    });
  }
}

@Problem({
  code: 'passkey-exists',
  kind: 'conflict',
  title: 'This passkey has been added before',
  advice: 'Sign in with it, or make another one with another authenticator.',
})
export class PasskeyExistsError extends CcxError {
  constructor() {
    super('The account has this passkey already.');
  }
}

@Problem({
  code: 'passkey-not-found',
  kind: 'not-found',
  title: 'No such passkey',
  advice: 'It may have been removed already. GET /v1/me/passkeys lists those that open the account.',
})
export class PasskeyNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no passkey ${id}.`);
  }
}

@Problem({
  code: 'too-many-passkeys',
  kind: 'conflict',
  title: 'There are too many passkeys',
  advice: 'Remove one that is no longer used, then add the new one.',
})
export class TooManyPasskeysError extends CcxError {
  constructor(limit: number) {
    super(`A customer has at most ${limit} passkeys.`);
  }
}
