import { calibrationOf } from './calibration.js';
import type { Judged } from './judged.js';
import {
  asMany,
  chosenBy,
  comparisonsOf,
  count,
  curveOf,
  popularity,
  rawShare,
  shipped,
  suggestedOf,
  tunedTo,
  wilsonBound,
} from './methods.js';
import { precisionOf, wilson } from './precision.js';

const judged = (given: Partial<Judged>): Judged => ({
  customer: 'a',
  rule: 'brand_kind',
  group: 'cheese',
  value: 'store',
  k: 4,
  n: 4,
  mean: 0.8,
  probability: 0.95,
  base: 0.3,
  threshold: 0.5,
  suggest: true,
  lacks: [],
  later: { k: 1, n: 1 },
  ...given,
});
const later = (k: number, n: number) => ({ later: { k, n } });

describe('a precision', () => {
  it('is the share of those with an occasion that went on at least as often as the rule says', () => {
    const suggested = [
      judged({ customer: 'a', ...later(2, 4) }), // exactly a half
      judged({ customer: 'b', ...later(1, 3) }),
      judged({ customer: 'c', ...later(3, 3) }),
      judged({ customer: 'd', ...later(0, 0) }),
    ];
    const precision = precisionOf(suggested);
    expect(precision).toMatchObject({ suggested: 4, judged: 3, held: 2, customers: 4 });
    expect(precision.value).toBeCloseTo(2 / 3, 12);
    expect(precisionOf(suggested, { opportunities: 4 })).toMatchObject({ judged: 1, held: 1 });
    expect(precisionOf(suggested, { holds: (one) => one.later.k * 2 > one.later.n })).toMatchObject({ held: 1 });
  });

  it("has Wilson's interval where customers have one suggestion each", () => {
    // 8 of 10: the interval of the textbooks is 0.490 to 0.943.
    const suggested = Array.from({ length: 10 }, (_, place) =>
      judged({ customer: String(place), ...later(place < 8 ? 1 : 0, 1) }),
    );
    const { low, high } = precisionOf(suggested);
    expect(low).toBeCloseTo(0.49, 3);
    expect(high).toBeCloseTo(0.943, 3);
  });

  it('is less sure where suggestions stand and fall together', () => {
    const suggestions = (customers: number) =>
      Array.from({ length: 40 }, (_, place) => {
        const customer = place % customers;
        return judged({ customer: String(customer), ...later(customer % 4 === 0 ? 0 : 1, 1) });
      });
    const [apart, together] = [precisionOf(suggestions(40)), precisionOf(suggestions(8))];
    expect(apart.value).toBe(together.value);
    expect(together.high - together.low).toBeGreaterThan(1.5 * (apart.high - apart.low));
  });

  it('counts customers, not suggestions, where all came true', () => {
    const suggested = Array.from({ length: 30 }, (_, place) => judged({ customer: String(place % 3) }));
    expect(precisionOf(suggested).low).toBeCloseTo(wilson(1, 3, -1.959964), 12);
  });
});

describe('a calibration', () => {
  it('is off by the distance between what was expected and what happened, weighted by opportunities', () => {
    const { error, bins, candidates } = calibrationOf([
      judged({ mean: 0.72, ...later(3, 4) }),
      judged({ mean: 0.78, ...later(4, 4) }), // the same bin: 0.75 expected, 7 of 8 happened
      judged({ mean: 0.2, ...later(1, 2) }),
      judged({ mean: 0.9, ...later(0, 0) }),
    ]);
    expect(candidates).toBe(3);
    expect(bins).toHaveLength(2);
    expect(error).toBeCloseTo((8 * (7 / 8 - 0.75) + 2 * (0.5 - 0.2)) / 10, 12);
  });

  it('is perfect where just that happens', () => {
    expect(calibrationOf([judged({ mean: 0.25, ...later(1, 4) }), judged({ mean: 1, ...later(3, 3) })]).error).toBe(0);
  });
});

describe('a way of choosing', () => {
  const candidates = [
    judged({ customer: 'a', k: 9, n: 10, probability: 0.99, ...later(1, 1) }),
    judged({ customer: 'b', k: 4, n: 4, probability: 0.93, ...later(1, 2) }),
    judged({ customer: 'c', k: 3, n: 3, probability: 0.8, suggest: false, lacks: ['confidence'], ...later(0, 1) }),
    judged({ customer: 'd', k: 2, n: 2, suggest: false, lacks: ['days', 'support'], ...later(1, 1) }),
    judged({ customer: 'e', k: 8, n: 8, base: 0.9, suggest: false, lacks: ['distinctive'], ...later(1, 1) }),
    judged({ customer: 'f', k: 1, n: 4, value: 'rare', suggest: false, lacks: ['support'], ...later(0, 1) }),
  ];
  const customers = (chosen: readonly Judged[]) => chosen.map(({ customer }) => customer).join('');

  it('takes what was seen often enough and is not what all do, popularity also what was done once', () => {
    expect(customers(shipped.of(candidates))).toBe('abc');
    expect(customers(wilsonBound.of(candidates))).toBe('abc');
    expect(customers(popularity.of(candidates))).toBe('abcdf');
    expect(customers(suggestedOf(candidates))).toBe('ab');
  });

  it('chooses by its score', () => {
    expect(customers(chosenBy(rawShare, candidates, 0.95))).toBe('bc');
    expect(customers(chosenBy(count, candidates, 4))).toBe('ab');
    expect(customers(chosenBy(popularity, candidates, 2))).toBe('abcd');
    // The lower bounds on one side: 0.652 for 9 of 10, 0.597 for 4 of 4, 0.526 for 3 of 3.
    expect(customers(chosenBy(wilsonBound, candidates, 0.6))).toBe('a');
    expect(customers(chosenBy(wilsonBound, candidates, 0.59))).toBe('ab');
  });

  it('is as precise as all that scores higher, equal scores together', () => {
    expect(curveOf(shipped, candidates).map(({ suggested, precision }) => [suggested, precision])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2 / 3],
    ]);
    expect(curveOf(rawShare, candidates).map(({ suggested, judged: number }) => [suggested, number])).toEqual([
      [2, 2],
      [3, 3],
    ]);
  });

  it('is tuned to the most it can suggest without being less precise', () => {
    expect(customers(tunedTo(wilsonBound, candidates, 1))).toBe('ab');
    expect(customers(tunedTo(wilsonBound, candidates, 0.6))).toBe('abc');
    expect(tunedTo(rawShare, candidates, 1)).toEqual([]);
    expect(customers(asMany(rawShare, candidates, 1))).toBe('bc');
  });

  it('is compared with the others at the same place', () => {
    expect(comparisonsOf(candidates).map(({ words, precision }) => [words, precision.suggested])).toEqual([
      ['CCX, as shipped', 2],
      ['Wilson bound, tuned to the precision of CCX', 2],
      ['Wilson bound above the threshold', 3],
      ['raw share above the threshold', 3],
      ['raw share, as many as CCX', 2],
      ['count, as many as CCX', 2],
      ['popularity, as many as CCX', 4],
    ]);
  });
});
