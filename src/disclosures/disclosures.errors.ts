import { CcxError, Problem } from '../platform/errors.js';

/** No such read, or somebody else's: the two look the same from outside. */
@Problem({
  code: 'disclosure-not-found',
  kind: 'not-found',
  title: 'No such disclosure',
  advice: 'Take the id from the list of disclosures. Those of days that were over long ago are no longer kept.',
})
export class DisclosureNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no disclosure ${id}.`);
  }
}

/** The customer would have given it; the touchpoint has no use for it. */
@Problem({
  code: 'outside-view',
  kind: 'forbidden',
  title: 'The view of this touchpoint has no room for this',
  advice:
    'Ask for less: `outside` names what is not in the view. Where the touchpoint can honour it, publish that with ' +
    'PUT /v1/retailer/touchpoints.',
})
export class OutsideViewError extends CcxError {
  constructor(touchpoint: string, attributes: readonly string[]) {
    super(`The view of the touchpoint ${touchpoint} has no room for ${attributes.join(', ')}.`, {
      extensions: { outside: { attributes: [...attributes] } },
    });
  }
}

@Problem({
  code: 'too-many-acknowledgements',
  kind: 'conflict',
  title: 'There are too many acknowledgements under this consent',
  advice: 'Leave `key` out: that says of all values of an attribute what holds of each.',
})
export class TooManyAcknowledgementsError extends CcxError {
  constructor(most: number) {
    super(`At most ${most} acknowledgements are kept for one consent.`);
  }
}

@Problem({
  code: 'daily-reads-spent',
  kind: 'too-many',
  title: 'The reads that the consent allows per day are spent',
  advice: 'Work with what was read today, or wait until the next day begins in UTC, as Retry-After says.',
  retryable: true,
})
export class DailyReadsSpentError extends CcxError {
  constructor(mostPerDay: number, at: Date) {
    const tomorrow = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() + 1);
    super(`The customer allows ${mostPerDay} reads per day, and they are spent.`, {
      headers: { 'retry-after': String(Math.ceil((tomorrow - at.getTime()) / 1_000)) },
    });
  }
}
