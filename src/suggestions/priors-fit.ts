import type { Prior } from './statistics.js';

/** Fewer customers tell nothing of the others, and too much of themselves. */
export const FEWEST_CUSTOMERS = 50;

/** How many opportunities a prior weighs: at least one, and never so many that a customer of years cannot outweigh it. */
const LIGHTEST = 1;
const HEAVIEST = 200;
/** What the prior weighs where nothing tells how much customers differ. */
const UNKNOWN_WEIGHT = 3;

/** What one customer did of one thing: of at least one opportunity. */
export interface Observation {
  readonly k: number;
  readonly n: number;
}

export interface FittedPrior extends Prior {
  /** How many customers it was fitted from. */
  readonly customers: number;
}

/**
 * Where there are too few customers to learn from: a tenth of the opportunities, as if seen in three of them, so that a
 * customer has to show it nine times in a row; and as common as not, since nobody knows, so that they have to stand out
 * from a half.
 */
export const fallbackPrior: Prior = { a: 0.3, b: 2.7, baseRate: 0.5 };

/** What the customers of one cell tell of its prior. */
export interface Moments {
  readonly customers: number;
  /** Of all opportunities, those that were taken. */
  readonly share: number;
  /** By how much the spread between customers is more than chance, and how much it would be were all alike. */
  readonly excess: number;
  readonly scale: number;
}

/**
 * The moments of what customers did, with the numbers of opportunities as weights: Kleinman, Proportions with Extraneous
 * Variance, Journal of the American Statistical Association 68 (1973).
 *
 * With μ = Σk / Σn and S = Σ n (k/n − μ)², the expectation of S is μ(1 − μ)(c − 1 + ρ (N − Σn²/N − (c − 1))) for c
 * observations and N = Σn, where ρ = 1 / (a + b + 1) is how alike two opportunities of one customer are.
 *
 * @param customers how many customers the observations are of, where a customer has several
 */
export function momentsOf(observations: readonly Observation[], customers = observations.length): Moments {
  const n = sum(observations, (one) => one.n);
  const k = sum(observations, (one) => one.k);
  // All of them, or none: the base rate counts half an opportunity the other way, so that a and b stay above 0.
  const share = k === 0 || k === n ? (k + 0.5) / (n + 1) : k / n;
  const chance = share * (1 - share);
  const spread = sum(observations, (one) => one.n * (one.k / one.n - share) ** 2);
  const beyondFirst = observations.length - 1;
  return {
    customers,
    share,
    excess: spread - chance * beyondFirst,
    scale: chance * (n - sum(observations, (one) => one.n ** 2) / n - beyondFirst),
  };
}

/**
 * Fits Beta(a, b) to cells that are alike in how much their customers differ: each has its own share, and one weight
 * a + b goes for all, because a spread takes more to tell than a share. Of the moments, ρ is the excess over the scale, and
 * a + b = 1/ρ − 1; then a = μ(a + b).
 *
 * - Customers who differ no more than by chance (ρ ≤ 0): the heaviest prior, 200 opportunities.
 * - Customers who do it always or never (ρ near 1): the lightest, one opportunity.
 * - One opportunity each: nothing tells how they differ, so the prior weighs as much as the fallback.
 */
export function fitPriors<T extends Moments>(cells: readonly T[]): (T & FittedPrior)[] {
  const excess = cells.reduce((total, cell) => total + cell.excess, 0);
  const scale = cells.reduce((total, cell) => total + cell.scale, 0);
  const weight = weightOf(excess, scale);
  return cells.map((cell) => ({ ...cell, a: cell.share * weight, b: (1 - cell.share) * weight, baseRate: cell.share }));
}

function weightOf(excess: number, scale: number): number {
  if (scale <= 0) return UNKNOWN_WEIGHT;
  if (excess <= 0) return HEAVIEST;
  return Math.min(HEAVIEST, Math.max(LIGHTEST, scale / excess - 1));
}

function sum(observations: readonly Observation[], of: (one: Observation) => number): number {
  return observations.reduce((total, one) => total + of(one), 0);
}
