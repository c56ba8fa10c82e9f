import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'kek-missing',
  kind: 'unavailable',
  title: 'The service does not have a KEK that it needs',
  advice: 'Give every process the KEK that the detail names as CCX_KEK or CCX_KEK_PREVIOUS, and begin again.',
  retryable: true,
})
export class KekMissingError extends CcxError {
  constructor(kek: string) {
    super(`A process of this service does not have the KEK ${kek}.`);
  }
}
