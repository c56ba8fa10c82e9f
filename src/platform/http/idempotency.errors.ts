import { CcxError, Problem } from '../errors.js';

@Problem({
  code: 'idempotency-key-reused',
  kind: 'unprocessable',
  title: 'The Idempotency-Key belongs to another request',
  advice: 'Use a new key for each new request, and the same key only to repeat the very same one.',
})
export class IdempotencyKeyReusedError extends CcxError {
  constructor() {
    super('This Idempotency-Key was used for a different request in the last 24 hours.');
  }
}

@Problem({
  code: 'idempotency-in-progress',
  kind: 'conflict',
  title: 'The request with this Idempotency-Key is about to be answered',
  advice: 'Wait a moment and repeat the request with the same key; it answers what the first one answered.',
  retryable: true,
})
export class IdempotencyInProgressError extends CcxError {
  constructor() {
    super('The first request with this Idempotency-Key has not been answered yet.', {
      headers: { 'retry-after': '1' },
    });
  }
}

@Problem({
  code: 'idempotency-outcome-unknown',
  kind: 'conflict',
  title: 'The answer to the request with this Idempotency-Key is lost',
  advice: 'Read what it has created. What is not there needs a request with a new key.',
})
export class IdempotencyOutcomeUnknownError extends CcxError {
  constructor() {
    super('The first request with this Idempotency-Key was carried out, and its answer was lost with what gave it.');
  }
}
