import { CcxError, Problem } from '../platform/errors.js';

/** Of a consent of which nothing can be taken along: a dry run says why. */
@Problem({
  code: 'nothing-to-switch',
  kind: 'conflict',
  title: 'There is nothing to take along',
  advice:
    'Send the same with `dry_run` to see why. What is given once, and what is special, have to be asked for by the ' +
    'other retailer itself.',
})
export class NothingToSwitchError extends CcxError {
  constructor(consentId: string) {
    super(`Nothing of the consent ${consentId} can be taken along to this retailer.`);
  }
}
