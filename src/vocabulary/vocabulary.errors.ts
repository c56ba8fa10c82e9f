import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'vocabulary-release-not-found',
  kind: 'not-found',
  title: 'No such release of the vocabulary',
  advice: 'GET /v1/vocabularies names the releases.',
})
export class VocabularyReleaseNotFoundError extends CcxError {
  constructor(version: string) {
    super(`ccx-core has no release ${version}.`);
  }
}
