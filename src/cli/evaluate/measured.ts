import type { RuleId } from '../../suggestions/evidence.js';
import type { Judged } from './judged.js';
import type { Study } from './studies.js';
import { ruleNames } from './studies.js';

/** What the service concluded from one data set, beside what came later. */
export interface StudyMeasured {
  readonly study: Study;
  /** How many customers there were to learn from, and how many events of theirs. */
  readonly customers: number;
  readonly events: number;
  /** On how many days each of them shopped in the months learned from. */
  readonly shoppingDays: ReadonlyMap<string, number>;
  readonly candidates: readonly Judged[];
}

export interface RuleMeasured extends StudyMeasured {
  readonly rule: RuleId;
  readonly name: string;
}

/** The same, rule by rule. */
export function byRule(measured: readonly StudyMeasured[]): RuleMeasured[] {
  return measured.flatMap((one) =>
    one.study.rules.map((rule) => ({
      ...one,
      rule,
      name: ruleNames[rule] ?? rule,
      candidates: one.candidates.filter((candidate) => candidate.rule === rule),
    })),
  );
}
