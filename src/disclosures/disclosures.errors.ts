import { CcxError, Problem } from '../platform/errors.js';

/** Unknown, malformed, another retailer's, ended or never given: all of these look the same from outside. */
@Problem({
  code: 'no-consent',
  kind: 'forbidden',
  title: 'There is no open consent of this subject',
  advice:
    'Ask the customer for consent. Whether the subject is unknown or its consent has ended is not told apart; stop ' +
    'using what was read of it.',
})
export class NoConsentError extends CcxError {
  constructor() {
    super('There is no open consent of this subject for this retailer.');
  }
}

@Problem({
  code: 'daily-reads-spent',
  kind: 'too-many',
  title: 'The reads that the consent allows per day are spent',
  advice: 'Work with what was read today, or wait until the next day begins in UTC, as Retry-After says.',
  retryable: true,
})
export class DailyReadsSpentError extends CcxError {
  constructor(mostPerDay: number, at: Date) {
    const tomorrow = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() + 1);
    super(`The customer allows ${mostPerDay} reads per day, and they are spent.`, {
      headers: { 'retry-after': String(Math.ceil((tomorrow - at.getTime()) / 1_000)) },
    });
  }
}
