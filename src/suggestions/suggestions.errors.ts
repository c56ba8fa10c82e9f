import { CcxError, Problem } from '../platform/errors.js';

/** No such suggestion, or it is somebody else's, or it holds no longer: all look the same. */
@Problem({
  code: 'suggestion-not-found',
  kind: 'not-found',
  title: 'No such suggestion',
  advice: 'List the suggestions to see which are open. One that no longer follows from what was reported is withdrawn.',
})
export class SuggestionNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no suggestion ${id}.`);
  }
}

@Problem({
  code: 'suggestion-decided',
  kind: 'conflict',
  title: 'The suggestion has been decided',
  advice: 'It was answered before, the other way. To change your mind, state or remove the preference itself.',
})
export class SuggestionDecidedError extends CcxError {
  constructor(id: string, status: string) {
    super(`Suggestion ${id} was ${status} before.`, { extensions: { status } });
  }
}
