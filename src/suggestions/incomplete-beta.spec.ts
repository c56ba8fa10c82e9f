import { betaAbove, incompleteBeta } from './incomplete-beta.js';

/** Made with mpmath 1.3.0 at 40 digits: betainc(a, b, 0, x, regularized=True). */
const reference: readonly (readonly [x: number, a: number, b: number, value: number])[] = [
  [0.5, 1, 1, 0.5],
  [0.75, 3.4, 1.2, 0.451164421884403],
  [0.75, 9.41, 2.93, 0.41344261792065],
  [0.5, 7.61, 2.93, 0.0627595786630287],
  [0.15, 12.5, 80.25, 0.687683940584023],
  [0.6, 6, 4, 0.482609664],
  [0.9, 200, 20, 0.301934255717077],
  [0.05, 0.3, 2.7, 0.575894967571366],
  [0.001, 50, 0.11, 3.57051542990581e-153],
  [0.3, 1000, 2300, 0.354016133125713],
  [0.5, 0.001, 0.001, 0.5],
  [0.99, 2, 0.02, 0.0699313460248432],
  [0.02, 0.02, 2, 0.942866980146415],
];

describe('the incomplete beta function', () => {
  it.each(reference)('at %p for a = %p and b = %p is %p', (x, a, b, value) => {
    expect(Math.abs(incompleteBeta(x, a, b) - value) / value).toBeLessThan(1e-11);
  });

  it.each([0.001, 0.1, 0.37, 0.5, 0.82, 0.999])('has its closed forms at %p', (x) => {
    expect(incompleteBeta(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 13);
    expect(incompleteBeta(x, 7, 1)).toBeCloseTo(x ** 7, 13);
    expect(incompleteBeta(x, 1, 7)).toBeCloseTo(1 - (1 - x) ** 7, 13);
  });

  it('is the sum of a binomial distribution for whole numbers', () => {
    for (let n = 1; n <= 30; n++) {
      for (let k = 1; k <= n; k++) expect(betaAbove(0.7, k, n - k + 1)).toBeCloseTo(fewerThan(k, n, 0.7), 12);
    }
  });

  it('adds up with its other side to one, at every place and for every weight', () => {
    for (const a of [0.01, 0.6, 1, 3, 40, 500]) {
      for (const b of [0.01, 0.6, 1, 3, 40, 500]) {
        let last = 0;
        for (let x = 0; x <= 1; x += 1 / 64) {
          const value = incompleteBeta(x, a, b);
          expect(value + betaAbove(x, a, b)).toBeCloseTo(1, 11);
          expect(value).toBeGreaterThanOrEqual(last - 1e-12);
          last = value;
        }
        expect(last).toBe(1);
      }
    }
  });

  it('is 0 and 1 at and beyond the ends', () => {
    expect([-0.1, 0, 1, 1.1].map((x) => incompleteBeta(x, 2, 3))).toEqual([0, 0, 1, 1]);
  });
});

/** P(X < k) of a binomial distribution, term by term. */
function fewerThan(k: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let sum = 0;
  for (let j = 0; j < k; j++) {
    sum += term;
    term *= ((n - j) / (j + 1)) * (p / (1 - p));
  }
  return sum;
}
