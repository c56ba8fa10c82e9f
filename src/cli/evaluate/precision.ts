import { holds, isJudged, type Judged } from './judged.js';

/** The 97.5 % quantile of the normal distribution: for intervals of 95 %. */
const NORMAL_975 = 1.959964;
/** The 95 % quantile: for bounds on one side. */
export const NORMAL_95 = 1.644854;

export interface Precision {
  readonly suggested: number;
  /** Those of them with an occasion later, and how many of these held. */
  readonly judged: number;
  readonly held: number;
  /** Customers with a suggestion. */
  readonly customers: number;
  readonly value: number;
  /** With a confidence of 95 %. */
  readonly low: number;
  readonly high: number;
}

export interface PrecisionOptions {
  /** How many occasions it takes to be judged; one unless given. */
  readonly opportunities?: number;
  /** What counts as held, in place of the rule's own threshold. */
  readonly holds?: (one: Judged) => boolean;
}

/**
 * How many of these came true. Suggestions to one customer stand and fall together, so the interval is Wilson's with
 * the number of suggestions divided by their design effect (Kish, Survey Sampling, 1965): the variance between
 * customers over that of as many independent ones.
 */
export function precisionOf(
  suggested: readonly Judged[],
  { opportunities = 1, holds: isHeld = holds }: PrecisionOptions = {},
): Precision {
  const judged = suggested.filter((one) => isJudged(one, opportunities));
  const held = judged.filter((one) => isHeld(one)).length;
  const value = held / judged.length;
  return {
    suggested: suggested.length,
    judged: judged.length,
    held,
    customers: new Set(suggested.map(({ customer }) => customer)).size,
    value,
    ...intervalOf(value, effectiveSize(judged, isHeld, value)),
  };
}

function effectiveSize(judged: readonly Judged[], isHeld: (one: Judged) => boolean, value: number): number {
  const deviations = new Map<string, number>();
  for (const one of judged) {
    deviations.set(one.customer, (deviations.get(one.customer) ?? 0) + Number(isHeld(one)) - value);
  }
  const customers = deviations.size;
  // Where all or none came true nothing shows how alike they are: each customer counts once.
  if (value === 0 || value === 1 || customers < 2) return customers;
  const squares = [...deviations.values()].reduce((sum, one) => sum + one ** 2, 0);
  const effect = squares / (judged.length * value * (1 - value));
  return judged.length / Math.max(1, effect);
}

function intervalOf(share: number, size: number): { low: number; high: number } {
  return { low: wilson(share, size, -NORMAL_975), high: wilson(share, size, NORMAL_975) };
}

/**
 * A bound of Wilson's score interval (Probable Inference, the Law of Succession, and Statistical Inference, 1927) for a
 * share of so many: the lower one where `z` is below 0.
 */
export function wilson(share: number, size: number, z: number): number {
  const spread = Math.sqrt((share * (1 - share)) / size + z ** 2 / (4 * size ** 2));
  return (share + z ** 2 / (2 * size) + z * spread) / (1 + z ** 2 / size);
}
