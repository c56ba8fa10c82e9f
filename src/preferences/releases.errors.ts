import { CcxError, Problem } from '../platform/errors.js';
import type { Finding } from './release-findings.js';

@Problem({
  code: 'vocabulary-version-taken',
  kind: 'conflict',
  title: 'There is a draft of this version already',
  advice: 'Discard the draft, or publish it and build on it.',
})
export class VocabularyVersionTakenError extends CcxError {
  constructor(version: string) {
    super(`There is a draft ${version} of ccx-core already.`);
  }
}

@Problem({
  code: 'vocabulary-release-published',
  kind: 'conflict',
  title: 'The release is published',
  advice: 'What was released never changes: make another release.',
})
export class VocabularyReleasePublishedError extends CcxError {
  constructor(version: string) {
    super(`ccx-core ${version} is published and stays as it is.`);
  }
}

@Problem({
  code: 'vocabulary-draft-outdated',
  kind: 'conflict',
  title: 'The draft builds on a release that is no longer the newest',
  advice: 'Discard the draft and make it again.',
})
export class VocabularyDraftOutdatedError extends CcxError {
  constructor(version: string, basedOn: string, newest: string) {
    super(`The draft ${version} builds on ${basedOn}; the newest release is ${newest}.`);
  }
}

@Problem({
  code: 'vocabulary-draft-unchecked',
  kind: 'conflict',
  title: 'What is stored has not been checked against the draft',
  advice: 'Wait until its check has succeeded, or have it checked again, then publish it.',
})
export class VocabularyDraftUncheckedError extends CcxError {
  constructor(version: string, why: string) {
    super(`The draft ${version} cannot be published: ${why}.`);
  }
}

@Problem({
  code: 'vocabulary-breaks-values',
  kind: 'conflict',
  title: 'Stored values would become invalid',
  advice: 'Give the release upcasts that mend or drop what `invalid` lists, in a new draft.',
})
export class VocabularyBreaksValuesError extends CcxError {
  constructor(version: string, invalid: readonly Finding[]) {
    super(`ccx-core ${version} would make values invalid that customers have stated.`, { extensions: { invalid } });
  }
}
