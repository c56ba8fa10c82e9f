import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { DayEvidence, RuleId } from './evidence.js';
import type { Count, DayTally, GroupCounts } from './folds.js';
import { mayBeInferred } from './inferable.js';
import type { Priors } from './priors.js';
import { type Rule, rules } from './rules.js';
import { assess, type Assessment } from './statistics.js';

/** What could be concluded about a customer, and how far it is from being suggested. */
export interface Candidate extends Count {
  readonly rule: Rule;
  /** Within which values compete. */
  readonly group: string;
  readonly assessment: Assessment;
}

/** What the days of one customer come to, before anything is known of other customers. */
export interface RuleCounts {
  readonly rule: Rule;
  readonly groups: readonly GroupCounts[];
}

/** The rules that a vocabulary lets conclude anything. */
export function rulesOf(vocabulary: Vocabulary): Rule[] {
  return rules.filter(({ attribute }) => mayBeInferred(attribute, vocabulary));
}

/**
 * @param days In any order, each once.
 * @param zone Where the customer is, for what depends on the time of day.
 */
export function countsOf(
  days: readonly DayEvidence[],
  { rules: allowed, zone }: { readonly rules: readonly Rule[]; readonly zone: string | null },
): RuleCounts[] {
  const byRule = new Map<RuleId, DayTally[]>(allowed.map(({ id }) => [id, []]));
  for (const { day, tallies } of days.toSorted((a, b) => (a.day < b.day ? -1 : 1))) {
    for (const tally of tallies) byRule.get(tally.rule)?.push({ ...tally, day });
  }
  return allowed.map((rule) => ({ rule, groups: rule.fold(byRule.get(rule.id)!, zone) }));
}

/** What could be concluded: a function of what was counted and of the priors, and of nothing else. */
export function candidatesOf(counts: readonly RuleCounts[], priors: Priors): Candidate[] {
  return counts.flatMap(({ rule, groups }) =>
    groups.flatMap(({ group, counts: ofGroup }) =>
      ofGroup.flatMap((count) => {
        if (count.k === 0) return [];
        const assessment = assess(count, priors.of(rule, group, count.value), rule.claim);
        return [{ ...count, rule, group, assessment }];
      }),
    ),
  );
}
