import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'snapshot-not-found',
  kind: 'not-found',
  title: 'There is no such snapshot',
  advice: 'Check the id, and the number of the part. An expired snapshot is deleted: ask for a new one.',
})
export class SnapshotNotFoundError extends CcxError {
  constructor(id: string, part?: number) {
    super(part === undefined ? `There is no snapshot ${id}.` : `The snapshot ${id} has no part ${part}.`);
  }
}

@Problem({
  code: 'snapshot-not-ready',
  kind: 'conflict',
  title: 'The snapshot is not ready',
  advice: 'Look at its `job`: fetch parts once it has succeeded; ask for another snapshot if it has failed.',
  retryable: true,
})
export class SnapshotNotReadyError extends CcxError {
  constructor(id: string) {
    super(`The snapshot ${id} is not ready.`);
  }
}

@Problem({
  code: 'status-list-not-found',
  kind: 'not-found',
  title: 'There is no such status list',
  advice: 'Its snapshot has expired: what it speaks of must not be used any more.',
})
export class StatusListNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no status list ${id}.`);
  }
}

@Problem({
  code: 'till-not-served',
  kind: 'forbidden',
  title: 'This client does not serve the till',
  advice: 'Use a client of yours that serves it, or ask the operator to add the till to this one’s touchpoints.',
})
export class TillNotServedError extends CcxError {
  constructor() {
    super('This is for tills, and the client does not serve them.');
  }
}
