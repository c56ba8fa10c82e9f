import { calibrationOf } from './calibration.js';
import { type Axis, drawn, type Mark } from './chart.js';
import type { Judged } from './judged.js';
import { curveOf, methods, suggestedOf } from './methods.js';
import type { RuleMeasured } from './measured.js';
import { precisionOf } from './precision.js';
import { grouped } from './tables.js';

/** Fewer tell nothing: the left end of every curve is noise. */
const FEWEST_JUDGED = 10;
/** Points of a curve that are drawn, at most. */
const MOST_POINTS = 120;

const shares = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;
const percent = (share: number) => `${Math.round(share * 100)} %`;
const shareAxis = (label: string): Axis => ({ label, from: 0, to: 1, ticks: shares, write: percent });

/** Expected beside observed: what is well calibrated lies on the diagonal. */
export function calibrationPlot(rules: readonly RuleMeasured[]): string {
  return drawn({
    title: 'What was expected, and what happened',
    description:
      'For each rule, the expected share of opportunities against the share in the held-out months. Points on the ' +
      'diagonal are well calibrated; larger points stand for more opportunities.',
    x: shareAxis('Expected share (mean of the posterior)'),
    y: shareAxis('Share in the held-out months'),
    reference: {
      name: 'as expected',
      points: [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ],
    },
    series: rules.map(({ name, candidates }) => ({
      name,
      isLine: true,
      hasMarks: true,
      points: calibrationOf(candidates).bins.map(({ expected, observed, opportunities }) => ({
        x: expected,
        y: observed,
        size: Math.min(9, 2 + Math.log10(opportunities)),
      })),
    })),
  });
}

/** How precise each way of choosing is when it suggests ever more. */
export function precisionPlot({ name, candidates }: RuleMeasured): string {
  const curves = methods.map((method) => ({
    name: method.name,
    points: thinned(
      curveOf(method, candidates)
        .filter(({ judged }) => judged >= FEWEST_JUDGED)
        .map(({ suggested, precision }) => ({ x: suggested, y: precision })),
    ),
  }));
  const shipped = suggestedOf(candidates);
  const { value, low, high } = precisionOf(shipped);
  return drawn({
    title: `${name}: precision and number of suggestions`,
    description:
      'Each line is a way of choosing what to suggest, from its surest suggestions on the left to all on the right. ' +
      'The point with the bar is the rule as shipped, with its 95 % interval.',
    x: numberAxis(curves.flatMap(({ points }) => points.map(({ x }) => x))),
    y: shareAxis('Held in the held-out months'),
    series: curves.map((curve) => ({ ...curve, isLine: true, hasMarks: false })),
    highlight: shipped.length > 0 ? { x: shipped.length, y: value, size: 6, range: [low, high] } : undefined,
  });
}

/** Who gets a suggestion at all, by how much there is to go by. */
export function coveragePlot(rules: readonly RuleMeasured[]): string {
  return drawn({
    title: 'Customers with a suggestion, by how often they shopped',
    description:
      'For each rule, the share of customers with at least one suggestion, by their shopping days in the months learned from.',
    x: {
      label: 'Shopping days in the months learned from',
      from: -0.3,
      to: visits.length - 0.7,
      ticks: visits.map((_, place) => place),
      write: (place) => visits[place]!.words,
    },
    y: shareAxis('Customers with a suggestion'),
    series: rules.map(({ name, candidates, shoppingDays }) => ({
      name,
      isLine: true,
      hasMarks: true,
      points: coverageOf(candidates, shoppingDays).map(({ share }, place) => ({ x: place, y: share })),
    })),
  });
}

/** How often somebody shopped. */
const visits = [
  { words: '1–2', from: 1, to: 2 },
  { words: '3–5', from: 3, to: 5 },
  { words: '6–10', from: 6, to: 10 },
  { words: '11–20', from: 11, to: 20 },
  { words: '21–40', from: 21, to: 40 },
  { words: '41 or more', from: 41, to: Infinity },
] as const;

export interface Coverage {
  readonly words: string;
  readonly customers: number;
  readonly share: number;
}

/** The share of customers with a suggestion, by their shopping days. */
export function coverageOf(candidates: readonly Judged[], shoppingDays: ReadonlyMap<string, number>): Coverage[] {
  const reached = new Set(suggestedOf(candidates).map(({ customer }) => customer));
  return visits.map(({ words, from, to }) => {
    const customers = [...shoppingDays].filter(([, days]) => days >= from && days <= to).map(([customer]) => customer);
    const share = customers.length === 0 ? 0 : customers.filter((one) => reached.has(one)).length / customers.length;
    return { words, customers: customers.length, share };
  });
}

function numberAxis(numbers: readonly number[]): Axis {
  const from = 10 ** Math.floor(Math.log10(Math.min(...numbers, 10)));
  const to = Math.max(...numbers, 10 * from);
  const ticks = [1, 10, 100, 1_000, 10_000, 100_000].filter((tick) => tick >= from && tick <= to);
  return { label: 'Suggestions', from, to, ticks, isLogarithmic: true, write: grouped };
}

/** Evenly over the logarithm, with the last one. */
function thinned(points: readonly Mark[]): Mark[] {
  const last = points.at(-1);
  const first = points[0];
  if (!first || !last || points.length <= MOST_POINTS) return [...points];
  const step = Math.log(last.x / first.x) / MOST_POINTS;
  const kept: Mark[] = [];
  for (const point of points) {
    const previous = kept.at(-1);
    if (!previous || Math.log(point.x / previous.x) >= step) kept.push(point);
  }
  return kept.at(-1) === last ? kept : [...kept, last];
}
