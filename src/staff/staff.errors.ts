import { CcxError, Problem } from '../platform/errors.js';
import { EnrolmentDto } from './enrolment.dto.js';
import type { Enrolment } from './enrolments.service.js';

@Problem({
  code: 'staff-exists',
  kind: 'conflict',
  title: 'This e-mail address belongs to a member of staff',
  advice:
    'Somebody who has joined keeps role and engagement. Invite another address, or let this member in again with ' +
    'POST /v1/admin/staff/resets.',
})
export class StaffExistsError extends CcxError {
  constructor() {
    super('There is a member of staff with this e-mail address already.');
  }
}

/** Unknown, spent and run out: they must look the same from outside. */
@Problem({
  code: 'invitation-not-valid',
  kind: 'gone',
  title: 'The invitation is not valid',
  advice: 'An invitation is good once and for seven days. Ask an operator for another one.',
})
export class InvitationNotValidError extends CcxError {
  constructor() {
    super('This invitation does not exist, has been accepted or has run out.');
  }
}

/** No such address, a wrong password and a wrong second factor: they must look the same from outside. */
@Problem({
  code: 'staff-sign-in-refused',
  kind: 'unauthenticated',
  title: 'The sign-in was refused',
  advice:
    'Send address, password, and a new code of the authenticator app (or a passkey). A code is good once. If one of ' +
    'them is lost, ask an operator to reset the sign-in.',
})
export class StaffSignInRefusedError extends CcxError {
  constructor() {
    super('Address, password and second factor do not belong together, or the code was used before.');
  }
}

/** The password is right, and there has never been a second factor. */
@Problem({
  code: 'second-factor-missing',
  kind: 'forbidden',
  title: 'A second factor has to be set up first',
  advice:
    'Set one up with `enrolment` within fifteen minutes: add `enrolment.totp.uri` to an authenticator app and send a ' +
    'code of it to POST /v1/staff/enrolments/confirm.',
})
export class SecondFactorMissingError extends CcxError {
  constructor(enrolment: Enrolment) {
    super('Nobody signs in with a password alone, and this member has no second factor yet.', {
      extensions: { enrolment: EnrolmentDto.of(enrolment) },
    });
  }
}

/** Unknown, used and run out, or no longer wanted: they must look the same from outside. */
@Problem({
  code: 'enrolment-not-valid',
  kind: 'gone',
  title: 'The enrolment is not valid',
  advice:
    'An enrolment is good once and for fifteen minutes. Accept the invitation again, or sign in again, to get another one.',
})
export class EnrolmentNotValidError extends CcxError {
  constructor() {
    super('This enrolment does not exist, has been completed or has run out.');
  }
}

@Problem({
  code: 'second-factor-not-confirmed',
  kind: 'unprocessable',
  title: 'The second factor was not confirmed',
  advice: 'Send the code that the authenticator app shows now; its clock must be right. A passkey needs new options.',
})
export class SecondFactorNotConfirmedError extends CcxError {
  constructor() {
    super('The code, or the passkey, is not that of this enrolment.');
  }
}

@Problem({
  code: 'staff-not-found',
  kind: 'not-found',
  title: 'No such member of staff',
  advice: 'Check the e-mail address. POST /v1/admin/auditors and `ccx operator invite` invite new ones.',
})
export class StaffNotFoundError extends CcxError {
  constructor() {
    super('Nobody of the staff has this e-mail address.');
  }
}
