import { CcxError, Problem } from '../errors.js';

/** Malformed, unknown, somebody else's and ended: they must look the same from outside. */
@Problem({
  code: 'delegation-not-valid',
  kind: 'forbidden',
  title: 'There is no such delegation for you',
  advice:
    'GET /v1/me/delegations?role=delegate lists those that you hold. One that has ended, or has changed while the ' +
    'request ran, allows nothing any more.',
})
export class DelegationNotValidError extends CcxError {
  constructor() {
    super('CCX-Acting-For names no delegation that you hold and that is good now.');
  }
}

@Problem({
  code: 'not-delegable',
  kind: 'forbidden',
  title: 'Nobody can do this for somebody else',
  advice: 'Leave out CCX-Acting-For to do it for yourself, or have the customer do it in person.',
})
export class NotDelegableError extends CcxError {
  constructor(message = 'This is for the customer in person. A delegation does not allow it.') {
    super(message);
  }
}

/**
 * The delegation is good, but does not go so far. It says nothing about whether there is anything: what the caller has
 * not named itself, it does not name either.
 */
@Problem({
  code: 'outside-delegation',
  kind: 'forbidden',
  title: 'The delegation does not reach as far',
  advice:
    'Leave out the attributes named in `attributes`, or have the customer give a delegation that names them. Where none ' +
    'are named, have the customer do it in person.',
})
export class OutsideDelegationError extends CcxError {
  constructor(attributes: readonly string[] = []) {
    const reach = attributes.length > 0 ? attributes.join(', ') : 'all that this is about';
    super(`The delegation does not reach ${reach}.`, { extensions: { attributes } });
  }
}
