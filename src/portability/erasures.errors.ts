import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'erasure-under-way',
  kind: 'conflict',
  title: 'The account is going to be erased already',
  advice: 'Wait until the time in `execute_at`, or cancel it with `DELETE /v1/me/erasure` and ask anew.',
})
export class ErasureUnderWayError extends CcxError {
  constructor(executeAt: Date) {
    const time = executeAt.toISOString();
    super(`The account is erased at ${time}.`, { extensions: { execute_at: time } });
  }
}

@Problem({
  code: 'erasure-not-found',
  kind: 'not-found',
  title: 'There is no such erasure',
  advice:
    'Customers: nothing is going to be erased, unless you ask for it with `DELETE /v1/me`. Retailers: check the number ' +
    'against `GET /v1/erasures`; numbers are each retailer’s own.',
})
export class ErasureNotFoundError extends CcxError {
  constructor() {
    super('There is no such erasure.');
  }
}

@Problem({
  code: 'erasure-begun',
  kind: 'conflict',
  title: 'The erasure has begun',
  advice: 'It cannot be cancelled any more. Follow it with the token that it was answered with.',
})
export class ErasureBegunError extends CcxError {
  constructor() {
    super('The erasure has begun and cannot be cancelled any more.');
  }
}

@Problem({
  code: 'erasure-attested',
  kind: 'conflict',
  title: 'The erasure has been attested otherwise',
  advice: 'What has been deleted stays deleted: nothing else can be attested afterwards.',
})
export class ErasureAttestedError extends CcxError {
  constructor() {
    super('Deletion has been attested under this number already.');
  }
}
