import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'log-not-published',
  kind: 'not-found',
  title: 'The log has no checkpoint yet',
  advice: 'Ask again in a few seconds: the first checkpoint is published soon after the first entry.',
  retryable: true,
})
export class LogNotPublishedError extends CcxError {
  constructor() {
    super('No checkpoint of the log has been published yet.');
  }
}

@Problem({
  code: 'log-resource-not-found',
  kind: 'not-found',
  title: 'The log has no such tile or bundle',
  advice:
    'Fetch the checkpoint and ask for what a tree of its size has, at the one path that C2SP tlog-tiles gives it: ' +
    '`tile/0/x001/234.p/56`.',
})
export class LogResourceNotFoundError extends CcxError {
  constructor() {
    super('The last published checkpoint covers no such tile or entry bundle.');
  }
}

@Problem({
  code: 'not-in-published-log',
  kind: 'not-found',
  title: 'The published log does not reach so far',
  advice:
    'Ask within `log_size`, the size of the last published checkpoint. An entry that was written just now is covered ' +
    'within seconds.',
})
export class NotInPublishedLogError extends CcxError {
  constructor(what: string, size: number) {
    super(`The last published checkpoint covers ${size} entries and not ${what}.`, { extensions: { log_size: size } });
  }
}

/** It is promised and will be there: what was done is in the log's queue, or no checkpoint has covered it so far. */
@Problem({
  code: 'not-yet-in-the-log',
  kind: 'conflict',
  title: 'No published checkpoint covers the entry yet',
  advice:
    'Ask again after the seconds named in Retry-After. If it lasts for minutes, keep the receipt: its `audit.leaf_hash` ' +
    'is a promise, and an entry that never comes is a promise broken.',
  retryable: true,
})
export class NotYetInTheLogError extends CcxError {
  constructor() {
    super('The entry is written and not covered by a published checkpoint yet.', { headers: { 'retry-after': '2' } });
  }
}
