import * as fc from 'fast-check';

import { type Question, resolve } from '../src/preferences/resolve.js';
import type { Preference } from '../src/preferences/preference.js';
import type { JsonValue } from '../src/platform/json.js';
import { type NaiveEffective, naiveResolve } from './naive/resolve.js';
import { naiveValidUntil } from './naive/valid-until.js';
import { anyCase, documentsOf, vocabulary } from './support/arbitrary-preferences.js';
import { occurrences, whatOccurs } from './support/occurrences.js';

// Thousands of random profiles, each resolved twice: by the service, and as the rules read.
jest.setTimeout(120_000);

const RUNS = 6000;
/** The fewest of the runs in which anything worth a look must have come up. */
const RARELY = 10;

const mergeOf = (path: string) => vocabulary.attribute(path)!.merge;

function served(all: readonly Preference[], asked: Question) {
  const { effective, valid_until } = resolve(documentsOf(all), vocabulary, asked);
  return {
    effective: effective.map(({ weight, ...rest }) => comparable({ ...rest, weight: weight ?? null })),
    valid_until: valid_until?.getTime() ?? null,
  };
}

function naive(all: readonly Preference[], asked: Question) {
  const effective = naiveResolve(all, mergeOf, asked).map(comparable);
  return {
    effective: effective.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
    valid_until: naiveValidUntil(all, asked),
  };
}

const nameOf = ({ attribute, key }: NaiveEffective) => `${attribute} ${key ?? ''}`;

/** Lists in values are sets: their order says nothing. */
function comparable(effective: NaiveEffective): NaiveEffective {
  const { value } = effective;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return effective;
  const sorted = Object.entries(value).map(([name, member]): [string, JsonValue] => [
    name,
    Array.isArray(member) ? member.toSorted() : member!,
  ]);
  return { ...effective, value: Object.fromEntries(sorted) };
}

describe('what holds', () => {
  it('is what a second, naive implementation of the rules says, and until when', () => {
    const seen = occurrences();
    fc.assert(
      fc.property(anyCase, ([all, asked]) => {
        whatOccurs(all, asked, mergeOf).forEach(seen.add);
        expect(served(all, asked)).toEqual(naive(all, asked));
      }),
      { numRuns: RUNS },
    );
    expect(seen.rarerThan(RARELY)).toEqual([]);
  });
});
