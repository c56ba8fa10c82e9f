import { CcxError, Problem } from '../platform/errors.js';

/**
 * Unknown, too old, used before, or of somebody who has given this retailer no consent: all of these look the same, so
 * that a till learns of nobody that they have an account here.
 */
@Problem({
  code: 'till-code-not-found',
  kind: 'not-found',
  title: 'The code tells this retailer nothing',
  advice:
    'Ask the customer to show a new code: one is good once, for 60 seconds. If that does not help, the customer has ' +
    'given you no consent. Serve them as anybody else.',
})
export class TillCodeNotFoundError extends CcxError {
  constructor() {
    super('There is no such code, it is too old or was used, or its customer has given this retailer no consent.');
  }
}
