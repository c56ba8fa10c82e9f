import { CcxError, type FieldError, Problem } from '../platform/errors.js';
import { OLDEST_DAYS } from './occurrence.js';

@Problem({
  code: 'invalid-event',
  kind: 'unprocessable',
  title: 'The event is not valid',
  advice: 'Correct the members named in `errors`. Names, cards, employees and free text have no place in an event.',
})
export class InvalidEventError extends CcxError {
  constructor(errors: readonly FieldError[]) {
    super('The event has faults; `errors` names each of them.', { errors });
  }
}

@Problem({
  code: 'event-type-not-found',
  kind: 'not-found',
  title: 'No such kind of event',
  advice: 'GET /v1/event-types names them all: `transaction.completed`, without the prefix and the version.',
})
export class EventTypeNotFoundError extends CcxError {
  constructor(name: string) {
    super(`There is no kind of event called ${name}.`);
  }
}

@Problem({
  code: 'invalid-batch',
  kind: 'invalid',
  title: 'The batch is not valid',
  advice: 'Send one event, or a JSON array of 1 to 500 events.',
})
export class InvalidBatchError extends CcxError {
  constructor(detail: string) {
    super(`A batch ${detail}.`, { errors: [{ pointer: '', detail }] });
  }
}

@Problem({
  code: 'event-conflict',
  kind: 'conflict',
  title: 'Another event has this id',
  advice: 'The first one is kept. Report a changed event under an id of its own and void the first.',
})
export class EventConflictError extends CcxError {
  constructor() {
    super('An event with this source and id has been reported with other content.');
  }
}

@Problem({
  code: 'event-in-future',
  kind: 'unprocessable',
  title: 'The event lies in the future',
  advice: 'Set the clock, or send `ccxsenttime` with what your clock shows: we correct by the difference.',
})
export class EventInFutureError extends CcxError {
  constructor() {
    super('The event is more than five minutes ahead of our clock.', {
      errors: [{ pointer: '/time', detail: 'lies in the future' }],
    });
  }
}

@Problem({
  code: 'event-too-old',
  kind: 'unprocessable',
  title: 'The event is too old',
  advice:
    `Events may be reported for ${OLDEST_DAYS} days after they happened. Where a clock has started again at 1970, send ` +
    '`ccxsenttime` with what it shows: we correct by the difference.',
})
export class EventTooOldError extends CcxError {
  constructor() {
    super(`The event happened more than ${OLDEST_DAYS} days ago.`, {
      errors: [{ pointer: '/time', detail: `lies more than ${OLDEST_DAYS} days back` }],
    });
  }
}

@Problem({
  code: 'source-not-allowed',
  kind: 'forbidden',
  title: 'The source is not one of this client',
  advice:
    'Report each event with the client to which its `source` belongs, or have the prefixes of this client changed.',
})
export class SourceNotAllowedError extends CcxError {
  constructor() {
    super('The client may not report events of this source.', {
      errors: [{ pointer: '/source', detail: 'begins with none of the prefixes of this client' }],
    });
  }
}

@Problem({
  code: 'no-consent-at-time',
  kind: 'forbidden',
  title: 'No consent for this event',
  advice:
    'Report what a consent of the customer covers: its event types and touchpoints, from its start or its `since` on. ' +
    'The answer does not tell whether there is such a customer. Do not send the event again.',
})
export class NoConsentAtTimeError extends CcxError {
  constructor() {
    super('No consent of this subject covers the event at the time it happened.');
  }
}

@Problem({
  code: 'consent-withdrawn',
  kind: 'forbidden',
  title: 'The consent has ended',
  advice: 'Stop reporting on this customer. Do not send the event again.',
})
export class ConsentWithdrawnError extends CcxError {
  constructor() {
    super('The consent that covered the event has ended, and the event came too late after it.');
  }
}
