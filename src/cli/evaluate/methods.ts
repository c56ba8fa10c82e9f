import { holds, isJudged, isSeenEnough, type Judged } from './judged.js';
import { NORMAL_95, precisionOf, type Precision, wilson } from './precision.js';

/** One way of choosing what to suggest: what has the highest scores. */
export interface Method {
  readonly name: string;
  /** Of what it chooses. */
  of(candidates: readonly Judged[]): readonly Judged[];
  /** Made for the candidates at hand. */
  scoring(candidates: readonly Judged[]): (one: Judged) => number;
}

/** What most do is no news: the baselines leave it out as the shipped rule does. */
const COMMON = 0.5;

const seenAndUncommon = (candidates: readonly Judged[]) =>
  candidates.filter((one) => isSeenEnough(one) && one.base < COMMON);

export const shipped: Method = {
  name: 'CCX',
  of: (candidates) => candidates.filter((one) => isSeenEnough(one) && !one.lacks.includes('distinctive')),
  scoring: () => (one) => one.probability,
};

export const rawShare: Method = {
  name: 'raw share',
  of: seenAndUncommon,
  scoring: () => (one) => one.k / one.n,
};

export const wilsonBound: Method = {
  name: 'Wilson bound',
  of: seenAndUncommon,
  scoring: () => lowerBound,
};

export const count: Method = {
  name: 'count',
  of: seenAndUncommon,
  scoring: () => (one) => one.k,
};

/** Whatever the customer did once, if only many others did it, too. */
export const popularity: Method = {
  name: 'popularity',
  of: (candidates) => candidates.filter(({ base }) => base < COMMON),
  scoring: (candidates) => {
    const customers = new Map<string, number>();
    for (const one of candidates) customers.set(nameOf(one), (customers.get(nameOf(one)) ?? 0) + 1);
    return (one) => customers.get(nameOf(one)) ?? 0;
  },
};

export const methods: readonly Method[] = [shipped, wilsonBound, rawShare, count, popularity];

/** What Wilson's rule is sure of on one side, with a confidence of 95 %. */
function lowerBound({ k, n }: Judged): number {
  return wilson(k / n, n, -NORMAL_95);
}

function nameOf({ group, value }: Judged): string {
  return JSON.stringify([group, value]);
}

/** A method at one place of its curve. */
export interface Point {
  readonly score: number;
  readonly suggested: number;
  readonly judged: number;
  readonly precision: number;
}

/** How precise a method is when it suggests ever more: a point for each score, from the highest on. */
export function curveOf(method: Method, candidates: readonly Judged[]): Point[] {
  const scoreOf = method.scoring(candidates);
  const scored = method
    .of(candidates)
    .map((one) => ({ one, score: scoreOf(one) }))
    .sort((a, b) => b.score - a.score);
  const points: Point[] = [];
  let [suggested, judged, held] = [0, 0, 0];
  for (const [place, { one, score }] of scored.entries()) {
    suggested++;
    if (isJudged(one)) {
      judged++;
      if (holds(one)) held++;
    }
    // Equal scores come together: there is no order among them.
    if (scored[place + 1]?.score !== score) points.push({ score, suggested, judged, precision: held / judged });
  }
  return points;
}

/** A method as it would be used: what scores at least so much. */
export function chosenBy(method: Method, candidates: readonly Judged[], score: number): Judged[] {
  const scoreOf = method.scoring(candidates);
  return method.of(candidates).filter((one) => scoreOf(one) >= score);
}

/** What the service suggests. */
export function suggestedOf(candidates: readonly Judged[]): Judged[] {
  return candidates.filter(({ suggest }) => suggest);
}

/**
 * The most that a method suggests while it is at least as precise as something else is. It is tuned on the very months
 * on which it is measured, which the shipped rule is not: that favours the method.
 */
export function tunedTo(method: Method, candidates: readonly Judged[], precision: number): Judged[] {
  const enough = curveOf(method, candidates).filter((point) => point.judged > 0 && point.precision >= precision);
  const best = enough.at(-1);
  return best ? chosenBy(method, candidates, best.score) : [];
}

/** As many of the highest scores as something else has suggested, and those that score the same. */
export function asMany(method: Method, candidates: readonly Judged[], number: number): Judged[] {
  const enough = curveOf(method, candidates).find(({ suggested }) => suggested >= number);
  return enough ? chosenBy(method, candidates, enough.score) : [...method.of(candidates)];
}

/** A method at a place, in words, and how it did. */
export interface Comparison {
  readonly words: string;
  readonly precision: Precision;
}

/** The shipped rule beside all baselines. */
export function comparisonsOf(candidates: readonly Judged[]): Comparison[] {
  const suggested = suggestedOf(candidates);
  const ours = precisionOf(suggested);
  const threshold = candidates[0]?.threshold ?? 0;
  const compared = (words: string, chosen: readonly Judged[]) => ({ words, precision: precisionOf(chosen) });
  return [
    { words: 'CCX, as shipped', precision: ours },
    compared('Wilson bound, tuned to the precision of CCX', tunedTo(wilsonBound, candidates, ours.value)),
    compared('Wilson bound above the threshold', chosenBy(wilsonBound, candidates, threshold)),
    compared('raw share above the threshold', chosenBy(rawShare, candidates, threshold)),
    compared('raw share, as many as CCX', asMany(rawShare, candidates, suggested.length)),
    compared('count, as many as CCX', asMany(count, candidates, suggested.length)),
    compared('popularity, as many as CCX', asMany(popularity, candidates, suggested.length)),
  ];
}
