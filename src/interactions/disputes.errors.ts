import { CcxError, Problem } from '../platform/errors.js';

/** No such dispute, or it is about somebody else's event: the two look the same from outside. */
@Problem({
  code: 'dispute-not-found',
  kind: 'not-found',
  title: 'There is no such dispute',
  advice: 'Check the id; the list of disputes names those that are yours. One whose event was deleted is gone, too.',
})
export class DisputeNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no dispute ${id}.`);
  }
}

@Problem({
  code: 'not-disputed',
  kind: 'not-found',
  title: 'The interaction is not disputed',
  advice: 'There is nothing to take back: it was never disputed.',
})
export class NotDisputedError extends CcxError {
  constructor(interactionId: string) {
    super(`The interaction ${interactionId} has no dispute.`);
  }
}

@Problem({
  code: 'already-disputed',
  kind: 'conflict',
  title: 'The interaction is disputed already',
  advice: '`dispute_id` names the dispute. To say something else, take it back first.',
})
export class AlreadyDisputedError extends CcxError {
  constructor(disputeId: string) {
    super('The interaction has a dispute that was not taken back.', { extensions: { dispute_id: disputeId } });
  }
}

@Problem({
  code: 'nothing-to-dispute',
  kind: 'conflict',
  title: 'There is nothing to dispute',
  advice: 'The interaction feeds nothing: its retailer took it back or corrected it. What corrects it can be disputed.',
})
export class NothingToDisputeError extends CcxError {
  constructor(why: string) {
    super(`The interaction ${why}.`);
  }
}

@Problem({
  code: 'dispute-closed',
  kind: 'conflict',
  title: 'The dispute can no longer be answered so',
  advice: '`status` says where it stands: the customer has taken it back, or you have taken back the event.',
})
export class DisputeClosedError extends CcxError {
  constructor(status: 'retracted' | 'withdrawn') {
    const why = status === 'retracted' ? 'The customer has taken the dispute back' : 'The event has been taken back';
    super(`${why}.`, { extensions: { status } });
  }
}

@Problem({
  code: 'not-its-correction',
  kind: 'unprocessable',
  title: 'The event named does not correct the disputed one',
  advice: 'Name an event whose `ccxcorrects` is the `id` of the disputed one. It may be reported after the answer.',
})
export class NotItsCorrectionError extends CcxError {
  constructor() {
    super('The event is known, and corrects another one or none.', {
      errors: [{ pointer: '/correction', detail: 'does not correct the disputed event' }],
    });
  }
}
