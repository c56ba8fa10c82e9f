import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'demand-not-released',
  kind: 'not-found',
  title: 'Nothing is released of this month',
  advice:
    'The list names the months that are. A month is released once it is over and no event of it has arrived for a week.',
})
export class DemandNotReleasedError extends CcxError {
  constructor(month: string) {
    super(`Nothing is released of ${month}.`);
  }
}
