import { fallbackPrior, type FittedPrior, fitPriors, momentsOf, type Observation } from './priors-fit.js';
import { assess } from './statistics.js';

const times = (count: number, k: number, n: number): Observation[] => Array.from({ length: count }, () => ({ k, n }));

const fitPrior = (observations: readonly Observation[]): FittedPrior => fitPriors([momentsOf(observations)])[0]!;

describe('a prior', () => {
  it('has the moments of the customers', () => {
    // N = 400, the sum of n²/N is 4, and there are 99 beyond the first.
    const observations = [...times(30, 4, 4), ...times(40, 1, 4), ...times(30, 2, 4)];
    const share = 220 / 400;
    const spread = 30 * 4 * (1 - share) ** 2 + 40 * 4 * (0.25 - share) ** 2 + 30 * 4 * (0.5 - share) ** 2;
    const alike = (spread / (share * (1 - share)) - 99) / (400 - 4 - 99);
    expect(alike).toBeGreaterThan(0);
    const { a, b, baseRate, customers } = fitPrior(observations);
    expect(baseRate).toBeCloseTo(share, 12);
    expect(a / (a + b)).toBeCloseTo(share, 12);
    expect(1 / (a + b + 1)).toBeCloseTo(alike, 12);
    expect(customers).toBe(100);
  });

  it('finds again what customers were drawn from', () => {
    const random = lehmer(20_260_101);
    const observations = Array.from({ length: 4_000 }, () => {
      const p = draw(2, 6, random);
      const n = 1 + Math.floor(random() * 12);
      return { n, k: Array.from({ length: n }, random).filter((one) => one < p).length };
    });
    const { a, b } = fitPrior(observations);
    expect(a).toBeGreaterThan(1.7);
    expect(a).toBeLessThan(2.3);
    expect(b).toBeGreaterThan(5.2);
    expect(b).toBeLessThan(6.9);
  });

  it('counts the customers that it is told of, where they have several observations', () => {
    expect(momentsOf(times(500, 3, 4), 60).customers).toBe(60);
  });

  it('weighs most where customers differ no more than by chance', () => {
    const { a, b } = fitPrior(times(60, 2, 5));
    expect(a + b).toBeCloseTo(200, 9);
    expect(a / (a + b)).toBeCloseTo(0.4, 9);
  });

  it('weighs one opportunity where every customer does it always or never', () => {
    const { a, b } = fitPrior([...times(20, 10, 10), ...times(60, 0, 10)]);
    expect(a + b).toBeCloseTo(1, 9);
    expect(a).toBeCloseTo(0.25, 9);
  });

  it('stays between nothing and all where nobody or everybody does it', () => {
    for (const k of [0, 5]) {
      const { a, b, baseRate } = fitPrior(times(80, k, 5));
      expect(Math.min(a, b)).toBeGreaterThan(0);
      expect(Math.abs(baseRate - k / 5)).toBeLessThan(0.01);
    }
  });

  it('weighs as much as the fallback where each customer had one opportunity', () => {
    const { a, b } = fitPrior([...times(30, 1, 1), ...times(70, 0, 1)]);
    expect([a, b].map((one) => Number(one.toFixed(9)))).toEqual([0.9, 2.1]);
  });

  it('lets the fallback suggest after nine of nine, and not before', () => {
    const suggested = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12].find(
      (n) => assess({ k: n, n, days: n }, fallbackPrior, { threshold: 0.5 }).suggest,
    );
    expect(suggested).toBe(9);
  });

  it('has its own share, and a weight that all together have', () => {
    const differing = momentsOf([...times(40, 4, 4), ...times(40, 0, 4)]);
    const alike = momentsOf(times(80, 1, 4));
    const fitted = fitPriors([differing, alike]);
    expect(fitted.map(({ baseRate }) => baseRate)).toEqual([0.5, 0.25]);
    const [first, second] = fitted.map(({ a, b }) => a + b) as [number, number];
    expect(first).toBeCloseTo(second, 12);
    // By hand: (80 - 0.25 * 79 - 0.1875 * 79) / ((0.25 + 0.1875) * (320 - 4 - 79)).
    expect(1 / (first + 1)).toBeCloseTo((80 - 0.4375 * 79) / (0.4375 * 237), 12);
  });
});

/** The "minimal standard" generator: the same numbers at every run. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** One draw of Beta(a, b) for whole numbers: the a-th smallest of a + b - 1 uniform ones. */
function draw(a: number, b: number, random: () => number): number {
  return Array.from({ length: a + b - 1 }, random).sort((one, other) => one - other)[a - 1] as number;
}
