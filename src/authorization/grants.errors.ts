import { CcxError, Problem } from '../platform/errors.js';

/** No such grant, or an ended one, or another retailer's: the three look the same from outside. */
@Problem({
  code: 'grant-not-found',
  kind: 'not-found',
  title: 'No such grant',
  advice: 'A grant is here while the consent holds. Ask the customer again when you need one.',
})
export class GrantNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no grant ${id}.`);
  }
}
