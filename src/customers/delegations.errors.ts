import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'delegation-not-found',
  kind: 'not-found',
  title: 'No such delegation',
  advice: 'GET /v1/me/delegations lists those that you have given, and those that you hold.',
})
export class DelegationNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no delegation ${id} of yours.`);
  }
}

/** Malformed, unknown, accepted by somebody else, taken back and run out: they must look the same from outside. */
@Problem({
  code: 'delegation-invitation-not-valid',
  kind: 'gone',
  title: 'The invitation is not valid',
  advice: 'An invitation is good once and for seven days. Ask whoever gave it to you for another one.',
})
export class DelegationInvitationNotValidError extends CcxError {
  constructor() {
    super('This invitation does not exist, has been accepted or taken back, or has run out.');
  }
}

@Problem({
  code: 'own-invitation',
  kind: 'conflict',
  title: 'This invitation is your own',
  advice: 'Hand it to whoever is to act for you: they accept it when they are signed in to their own account.',
})
export class OwnInvitationError extends CcxError {
  constructor() {
    super('Nobody acts for themselves by a delegation.');
  }
}

@Problem({
  code: 'delegation-ended',
  kind: 'conflict',
  title: 'The delegation has ended',
  advice: 'What has ended stays as it was. Offer another delegation instead.',
})
export class DelegationEndedError extends CcxError {
  constructor(id: string) {
    super(`The delegation ${id} has ended.`);
  }
}

@Problem({
  code: 'too-many-delegations',
  kind: 'conflict',
  title: 'There are too many delegations',
  advice: 'End one that is no longer needed, then offer the new one.',
})
export class TooManyDelegationsError extends CcxError {
  constructor(limit: number) {
    super(`A customer has at most ${limit} delegations that are offered or active.`);
  }
}
