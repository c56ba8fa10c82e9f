import { betaAbove } from './incomplete-beta.js';

/** Fewer are an accident, whatever their share. */
const FEWEST_DAYS = 3;
const FEWEST_SUPPORTING = 3;
/** How sure a conclusion has to be. */
const SURE = 0.9;
/** What at least half of all customers do is common. */
const COMMON = 0.5;
/** By how much a customer stands out from what is common. */
const DISTINCTION = 0.1;

/** How often something happened, of all the times when it could have. */
export interface Counts {
  /** Opportunities that support it; at most `n`. */
  readonly k: number;
  /** All opportunities. */
  readonly n: number;
  /** On how many different days, or in how many periods, the opportunities were. */
  readonly days: number;
}

/** What is known before anything is known of this customer: Beta(a, b), and the share among all customers. */
export interface Prior {
  readonly a: number;
  readonly b: number;
  readonly baseRate: number;
}

/** What a rule says of a customer: that it is so in more than a share of cases. */
export interface Claim {
  readonly threshold: number;
  /** From which base rate on a thing is common, and only worth a word where the customer stands out; 0 is always. */
  readonly commonFrom?: number;
}

/** What a candidate still lacks to be suggested. */
export type Lack = 'days' | 'support' | 'confidence' | 'distinctive';

export interface Assessment {
  /** The share to be expected from now on: the mean of the posterior. */
  readonly mean: number;
  /** How probable it is that the customer's share is above the threshold. */
  readonly probability: number;
  /** The share among all customers. */
  readonly base: number;
  readonly suggest: boolean;
  /** Empty exactly when it is suggested. */
  readonly lacks: readonly Lack[];
}

/**
 * Judges what was counted of one customer against what is known of all: the one formula behind every suggestion.
 *
 * Each customer has a share p of their own. Among customers it is distributed as Beta(a, b), fitted from all of them
 * (empirical Bayes); of n opportunities k support it, binomially. Then p is distributed as Beta(a + k, b + n − k): its
 * mean is (a + k) / (a + b + n), and P(p > t) = 1 − Iₜ(a + k, b + n − k). Gelman et al., Bayesian Data Analysis, 3rd
 * edition, §2.4 (binomial with a beta prior) and §5.1 (the prior from the other groups).
 *
 * Suggested is what was seen at least 3 times on at least 3 days, has p above the rule's threshold with a probability
 * of 0.9, and tells this customer from others: it is not common, or p is above the base rate by 0.1 with the same
 * probability.
 */
export function assess({ k, n, days }: Counts, prior: Prior, { threshold, commonFrom = COMMON }: Claim): Assessment {
  const a = prior.a + k;
  const b = prior.b + n - k;
  const probability = betaAbove(threshold, a, b);
  const distinctive = prior.baseRate < commonFrom || betaAbove(prior.baseRate + DISTINCTION, a, b) >= SURE;
  const lacks: Lack[] = [];
  if (days < FEWEST_DAYS) lacks.push('days');
  if (k < FEWEST_SUPPORTING) lacks.push('support');
  if (probability < SURE) lacks.push('confidence');
  if (!distinctive) lacks.push('distinctive');
  return { mean: a / (a + b), probability, base: prior.baseRate, suggest: lacks.length === 0, lacks };
}
