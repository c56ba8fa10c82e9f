import { isJudged, type Judged } from './judged.js';

const BINS = 10;

/** The opportunities of all candidates that expected about the same. */
export interface Bin {
  readonly opportunities: number;
  /** What they expected, and what happened: shares. */
  readonly expected: number;
  readonly observed: number;
}

export interface Calibration {
  readonly candidates: number;
  readonly bins: readonly Bin[];
  /** How far the two are apart on average, over all opportunities. */
  readonly error: number;
}

/**
 * Whether what is expected to happen in a share of cases happens in that share: the expected calibration error over ten
 * bins of equal width (Naeini, Cooper, Hauskrecht, Obtaining Well Calibrated Probabilities Using Bayesian Binning,
 * 2015). Expected is the mean of the posterior, observed are the opportunities in the held-out months.
 */
export function calibrationOf(candidates: readonly Judged[]): Calibration {
  const judged = candidates.filter((one) => isJudged(one));
  const sums = Array.from({ length: BINS }, () => ({ opportunities: 0, expected: 0, observed: 0 }));
  for (const { mean, later } of judged) {
    const bin = sums[Math.min(BINS - 1, Math.floor(mean * BINS))]!;
    bin.opportunities += later.n;
    bin.expected += mean * later.n;
    bin.observed += later.k;
  }
  const filled = sums.filter(({ opportunities }) => opportunities > 0);
  const all = filled.reduce((sum, { opportunities }) => sum + opportunities, 0);
  return {
    candidates: judged.length,
    bins: filled.map(({ opportunities, expected, observed }) => ({
      opportunities,
      expected: expected / opportunities,
      observed: observed / opportunities,
    })),
    error: filled.reduce((sum, { expected, observed }) => sum + Math.abs(expected - observed), 0) / all,
  };
}
