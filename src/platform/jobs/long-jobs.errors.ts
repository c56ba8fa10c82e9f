import { CcxError, Problem } from '../errors.js';

@Problem({
  code: 'job-not-found',
  kind: 'not-found',
  title: 'There is no such job',
  advice: 'Check the id. A finished job is kept for 30 days; one of somebody else is answered like none.',
})
export class LongJobNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no job ${id}.`);
  }
}

@Problem({
  code: 'job-failed',
  kind: 'internal',
  title: 'The job could not be done',
  advice: 'The fault is ours, and trying it several times did not help. Name the id of the job when you report it.',
  retryable: true,
})
export class LongJobFailedError extends CcxError {
  constructor() {
    super('An unexpected fault occurred several times. It has been logged under the id of this job.');
  }
}
