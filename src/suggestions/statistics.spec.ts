import { assess, type Counts, type Prior } from './statistics.js';

const rare: Prior = { a: 0.6, b: 2.9, baseRate: 0.17 };
const common: Prior = { a: 9, b: 1, baseRate: 0.9 };
const counts = (k: number, n: number, days = n): Counts => ({ k, n, days });

describe('an assessment', () => {
  it('is the posterior of the customer', () => {
    // Beta(1 + 3, 1 + 1): the mean is 4/6, and 1 - I(0.5; 4, 2) = 1 - 6/32.
    const { mean, probability, base } = assess(counts(3, 4), { a: 1, b: 1, baseRate: 0.3 }, { threshold: 0.5 });
    expect(mean).toBeCloseTo(4 / 6, 12);
    expect(probability).toBeCloseTo(26 / 32, 12);
    expect(base).toBe(0.3);
  });

  it('suggests what is seen often enough, surely and not by everybody', () => {
    expect(assess(counts(7, 7), rare, { threshold: 0.5 })).toMatchObject({ suggest: true, lacks: [] });
  });

  it('waits for three of three days, however sure it is', () => {
    const sure: Prior = { a: 0.6, b: 0.4, baseRate: 0.4 };
    expect(assess(counts(3, 3), sure, { threshold: 0.5 }).lacks).toEqual([]);
    expect(assess(counts(3, 3, 2), sure, { threshold: 0.5 }).lacks).toEqual(['days']);
    expect(assess(counts(2, 3), sure, { threshold: 0.1 }).lacks).toEqual(['support']);
  });

  it('says all that is missing, in one order', () => {
    expect(assess(counts(1, 2), common, { threshold: 0.95 }).lacks).toEqual([
      'days',
      'support',
      'confidence',
      'distinctive',
    ]);
  });

  it('does not tell a customer that they do what most do, unless they do it clearly more', () => {
    expect(assess(counts(40, 40), common, { threshold: 0.5 }).lacks).toEqual(['distinctive']);
    const half: Prior = { a: 5, b: 5, baseRate: 0.5 };
    expect(assess(counts(12, 16), half, { threshold: 0.4 }).lacks).toEqual(['distinctive']);
    expect(assess(counts(40, 40), half, { threshold: 0.4 }).lacks).toEqual([]);
  });

  it('asks a rule of mere interest to stand out from any base rate', () => {
    const claim = { threshold: 0.15, commonFrom: 0 };
    const group: Prior = { a: 2, b: 8, baseRate: 0.2 };
    expect(assess(counts(12, 40), group, claim).lacks).toEqual(['distinctive']);
    expect(assess(counts(24, 40), group, claim).lacks).toEqual([]);
  });

  it('takes more to believe what is rarer', () => {
    const chance = (baseRate: number) =>
      assess(counts(4, 5), { a: 4 * baseRate, b: 4 * (1 - baseRate), baseRate }, { threshold: 0.5 }).probability;
    expect(chance(0.05)).toBeLessThan(chance(0.2));
    expect(chance(0.2)).toBeLessThan(chance(0.45));
  });

  it('grows with every opportunity that supports it and falls with every other', () => {
    for (let n = 3; n < 20; n++) {
      for (let k = 0; k <= n; k++) {
        const at = (more: Counts) => assess(more, rare, { threshold: 0.5 }).probability;
        expect(at(counts(k + 1, n + 1))).toBeGreaterThan(at(counts(k, n)));
        expect(at(counts(k, n + 1))).toBeLessThan(at(counts(k, n)));
      }
    }
  });
});
