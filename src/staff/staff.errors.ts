import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'staff-exists',
  kind: 'conflict',
  title: 'This e-mail address belongs to a member of staff',
  advice: 'Somebody who has joined keeps role and engagement. Invite another address.',
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

/** No such address and a wrong password: the two must look the same from outside. */
@Problem({
  code: 'staff-sign-in-refused',
  kind: 'unauthenticated',
  title: 'The sign-in was refused',
  advice: 'Check the e-mail address and the password. If the password is lost, ask an operator to invite you again.',
})
export class StaffSignInRefusedError extends CcxError {
  constructor() {
    super('This e-mail address and this password do not belong together.');
  }
}
