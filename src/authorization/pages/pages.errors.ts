import { CcxError, Problem } from '../../platform/errors.js';

@Problem({
  code: 'visit-over',
  kind: 'gone',
  title: 'This page is no longer open',
  advice: 'Go back to the service that sent you here and begin again.',
})
export class VisitOverError extends CcxError {
  constructor() {
    super('The page was opened in another browser, has been used, or has waited for too long.');
  }
}

@Problem({
  code: 'forged-form',
  kind: 'forbidden',
  title: 'The form did not come from our page',
  advice: 'Open the page again and use its form.',
})
export class ForgedFormError extends CcxError {
  constructor() {
    super('The form was not made for this page and this session.');
  }
}

/** Not a fault: the page that was asked for has to wait until somebody has been elsewhere. */
export class LedElsewhere extends Error {
  constructor(readonly address: string) {
    super(`The way leads to ${address} first.`);
  }
}
