import { CcxError, Problem } from '../errors.js';

/** It was not begun: nothing has happened. */
@Problem({
  code: 'overloaded',
  kind: 'unavailable',
  title: 'The service has more to do than it can',
  advice:
    'Nothing was done. Try again after the seconds named in Retry-After, and have fewer requests under way at the same time.',
  retryable: true,
})
export class OverloadedError extends CcxError {
  constructor(message: string, retryAfterSeconds: number) {
    super(message, { headers: { 'retry-after': String(retryAfterSeconds) } });
  }
}
