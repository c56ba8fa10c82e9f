import { FEWEST_CUSTOMERS } from '../../suggestions/priors-fit.js';
import { calibrationOf } from './calibration.js';
import { isJudged, isSeenEnough, type Judged } from './judged.js';
import { byRule, type RuleMeasured, type StudyMeasured } from './measured.js';
import { comparisonsOf, suggestedOf, tunedTo, wilsonBound } from './methods.js';
import { calibrationPlot, coverageOf, coveragePlot, precisionPlot } from './plots.js';
import { precisionOf } from './precision.js';
import { definitions, introduction, limits, repeating } from './report-words.js';
import { grouped, share, table, withInterval } from './tables.js';

/** Where the plots lie, beside the report. */
const PLOTS = 'evaluation';
const HALF = 0.5;

/** The report and its plots, by their names. They depend on what was measured and on nothing else: no time, no machine. */
export function filesOf(measured: readonly StudyMeasured[]): Map<string, string> {
  const rules = byRule(measured);
  return new Map([
    ['evaluation.md', reportOf(measured, rules)],
    [`${PLOTS}/calibration.svg`, calibrationPlot(rules)],
    [`${PLOTS}/coverage.svg`, coveragePlot(rules)],
    ...rules.map((rule) => [precisionPlotOf(rule), precisionPlot(rule)] as const),
  ]);
}

/** The figures that matter most, for the terminal. */
export function summaryOf(measured: readonly StudyMeasured[]): string {
  return byRule(measured)
    .map(({ name, candidates }) => {
      const { suggested, judged, value, low, high } = precisionOf(suggestedOf(candidates));
      const { error } = calibrationOf(candidates);
      return (
        `${name.padEnd(18)} ${grouped(suggested).padStart(6)} suggestions, ${grouped(judged).padStart(6)} judged, ` +
        `precision ${withInterval({ value, low, high })}, calibration error ${share(error)}`
      );
    })
    .join('\n');
}

function reportOf(measured: readonly StudyMeasured[], rules: readonly RuleMeasured[]): string {
  const parts = [
    '# How good the suggestions are',
    introduction,
    '## In short',
    inShort(rules),
    '## What was measured',
    studiesOf(measured),
    definitions(rules),
    '## Precision',
    ...rules.map(precisionPart),
    '## Calibration',
    calibrationPart(rules),
    '## Coverage',
    coveragePart(rules),
    '## Limits',
    limits,
    '## To repeat it',
    repeating,
  ];
  return `${parts.join('\n\n')}\n`;
}

function inShort(rules: readonly RuleMeasured[]): string {
  const rows = rules.map(({ name, candidates }) => {
    const suggested = suggestedOf(candidates);
    const precision = precisionOf(suggested);
    return [
      name,
      grouped(precision.suggested),
      grouped(precision.customers),
      grouped(precision.judged),
      withInterval(precision),
      share(calibrationOf(candidates).error),
      grouped(tunedTo(wilsonBound, candidates, precision.value).length),
    ];
  });
  const columns = ['rule', 'suggestions', 'customers', 'judged', 'precision (95 %)', 'calibration error'];
  return table([...columns, 'suggestions of the Wilson rule at that precision'], rows);
}

function studiesOf(measured: readonly StudyMeasured[]): string {
  return table(
    ['data', 'learned from', 'held out', 'customers', 'events reported', 'candidates'],
    measured.map(({ study, customers, events, candidates }) => [
      study.title,
      study.learned,
      study.heldOut,
      `${grouped(customers)} ${study.customers}`,
      grouped(events),
      grouped(candidates.length),
    ]),
  );
}

function precisionPart({ name, rule, candidates, ...one }: RuleMeasured): string {
  return [
    `### ${name}`,
    table(
      ['what is suggested', 'suggestions', 'customers', 'judged', 'precision (95 %)'],
      comparisonsOf(candidates).map(({ words, precision }) => [
        words,
        grouped(precision.suggested),
        grouped(precision.customers),
        grouped(precision.judged),
        withInterval(precision),
      ]),
    ),
    `![${name}: precision against the number of suggestions](${precisionPlotOf({ rule })})`,
    sensitivity(candidates),
    `${grouped(candidates.filter(isSeenEnough).length)} of ${grouped(candidates.length)} candidates were seen at least ` +
      `three times on at least three occasions, in ${grouped(one.customers)} ${one.study.customers}.`,
  ].join('\n\n');
}

/** What becomes of the figure when "held" means something else. */
function sensitivity(candidates: readonly Judged[]): string {
  const suggested = suggestedOf(candidates);
  const threshold = candidates[0]?.threshold ?? 0;
  const over = (least: number) => (one: Judged) => one.later.k / one.later.n > least;
  const kinds = [
    { words: `at least the share of the rule (${threshold})`, holds: undefined },
    { words: 'more than half', holds: over(HALF) },
    { words: 'at least once', holds: over(0) },
  ] as const;
  return table(
    ['held means', 'with 1 occasion or more', 'with 2 or more', 'with 3 or more'],
    kinds.map(({ words, holds }) => [
      words,
      ...[1, 2, 3].map((opportunities) => {
        const precision = precisionOf(suggested, { opportunities, ...(holds && { holds }) });
        return precision.judged === 0 ? '–' : `${withInterval(precision)} of ${grouped(precision.judged)}`;
      }),
    ]),
  );
}

function calibrationPart(rules: readonly RuleMeasured[]): string {
  const errorOf = (candidates: readonly Judged[]) => {
    const { candidates: number, error } = calibrationOf(candidates);
    return number === 0 ? '–' : `${share(error)} (${grouped(number)})`;
  };
  return [
    'The expected calibration error over ten bins, and in brackets of how many candidates with an occasion later:',
    table(
      ['rule', 'all candidates', 'seen often enough', 'suggested'],
      [...rules, { name: 'all rules', candidates: rules.flatMap(({ candidates }) => candidates) }].map(
        ({ name, candidates }) => [
          name,
          errorOf(candidates),
          errorOf(candidates.filter(isSeenEnough)),
          errorOf(suggestedOf(candidates)),
        ],
      ),
    ),
    `![Reliability diagram](${PLOTS}/calibration.svg)`,
    'How sure the service said it was of what it suggested, beside how often that held:',
    table(
      ['rule', 'mean probability of being above the threshold', 'held'],
      rules.map(({ name, candidates }) => {
        const judged = suggestedOf(candidates).filter((one) => isJudged(one));
        const sure = judged.reduce((sum, { probability }) => sum + probability, 0) / judged.length;
        return [name, share(sure), share(precisionOf(judged).value)];
      }),
    ),
  ].join('\n\n');
}

function coveragePart(rules: readonly RuleMeasured[]): string {
  const shown = rules.map(({ name, candidates, shoppingDays }) => ({ name, by: coverageOf(candidates, shoppingDays) }));
  return [
    'Customers with at least one suggestion, by their shopping days in the months learned from; in brackets how many ' +
      'customers there are:',
    table(
      ['rule', ...(shown[0]?.by ?? []).map(({ words }) => words)],
      shown.map(({ name, by }) => [name, ...by.map((one) => `${share(one.share)} (${grouped(one.customers)})`)]),
    ),
    `![Coverage](${PLOTS}/coverage.svg)`,
    `Below ${FEWEST_CUSTOMERS} customers in a group the service uses a cautious prior of its own, and hardly suggests anything.`,
  ].join('\n\n');
}

function precisionPlotOf({ rule }: Pick<RuleMeasured, 'rule'>): string {
  return `${PLOTS}/precision-${rule.replaceAll('_', '-')}.svg`;
}
