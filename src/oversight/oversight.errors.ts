import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'entry-not-found',
  kind: 'not-found',
  title: 'No such audit entry',
  advice: 'Check the index. An entry outside the period, retailers or purposes of your engagement is not found either.',
})
export class EntryNotFoundError extends CcxError {
  constructor(index: number) {
    super(`There is no entry ${index} within this engagement.`);
  }
}

@Problem({
  code: 'no-engagement',
  kind: 'forbidden',
  title: 'No engagement is under way',
  advice: 'An auditor reads the log within an engagement. Ask an operator to invite you to one that covers today.',
})
export class NoEngagementError extends CcxError {
  constructor() {
    super('There is no engagement under way for this account.');
  }
}
