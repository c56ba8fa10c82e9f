import { CcxError, Problem } from '../errors.js';

@Problem({
  code: 'signing-key-too-new',
  kind: 'conflict',
  title: 'The next signing key is not known to everybody yet',
  advice:
    'Others may keep a copy of the published keys for some minutes. Rotate after the time in `usable_from`, or at once with `emergency` if the keys may have leaked.',
  retryable: true,
})
export class SigningKeyTooNewError extends CcxError {
  constructor(usableFrom: Date) {
    const time = usableFrom.toISOString();
    super(`The next key can be used from ${time}.`, { extensions: { usable_from: time } });
  }
}
