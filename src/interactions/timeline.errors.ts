import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'interaction-not-found',
  kind: 'not-found',
  title: 'There is no such interaction',
  advice: 'Check the id. An interaction that was deleted, or is of another customer, is not found either.',
})
export class InteractionNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no interaction ${id}.`);
  }
}

@Problem({
  code: 'note-not-found',
  kind: 'not-found',
  title: 'There is no note',
  advice: 'Write one with PUT.',
})
export class NoteNotFoundError extends CcxError {
  constructor(interactionId: string) {
    super(`Nothing is noted beside the interaction ${interactionId}.`);
  }
}
