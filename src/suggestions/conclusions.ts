import { checkDraft, type Draft } from '../preferences/draft.js';
import type { Preference } from '../preferences/preference.js';
import { canonicalJson } from '../platform/json.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { Candidate } from './candidates.js';
import type { Conclusion } from './presentation.js';
import type { Rule } from './rules.js';

/** The preference that a candidate comes to once the customer accepts it, in the words of a vocabulary. */
export function draftOf(candidate: Candidate, vocabulary: Vocabulary): Draft {
  const { rule } = candidate;
  return {
    attribute: vocabulary.nameOf(rule.attribute),
    value: rule.says(candidate),
    strength: 'want',
    applies_to: rule.appliesTo?.(candidate) ?? { level: 'everyone' },
  };
}

/** Of the candidates, those that are worth suggesting and can be stated; what several of them say, by the most probable. */
export function conclusionsOf(
  candidates: readonly Candidate[],
  { preferences, never }: { readonly preferences: readonly Preference[]; readonly never: readonly string[] },
  vocabulary: Vocabulary,
): Map<string, Conclusion> {
  const stated = new Set(preferences.map(({ attribute, key }) => subjectOf(attribute, key)));
  const conclusions = new Map<string, Conclusion>();
  for (const candidate of candidates) {
    if (!candidate.assessment.suggest) continue;
    const draft = draftOf(candidate, vocabulary);
    if (checkDraft(draft, vocabulary, '').length > 0) continue;
    const key = vocabulary.keyOf(draft.attribute, draft.value);
    const name = nameOf(candidate, draft, key);
    const other = conclusions.get(name);
    if (other && other.candidate.assessment.probability >= candidate.assessment.probability) continue;
    const { attribute } = candidate.rule;
    const isSettled = never.includes(attribute) || stated.has(subjectOf(draft.attribute, key));
    conclusions.set(name, { name, attribute, candidate, isSettled });
  }
  return conclusions;
}

/** By what a conclusion is known again, whatever its numbers: what is refused is this, and not all about its subject. */
function nameOf({ rule, value }: Pick<Candidate, 'value'> & { rule: Rule }, draft: Draft, key: string | null): string {
  return canonicalJson([rule.attribute, key, value, draft.applies_to]);
}

function subjectOf(attribute: string, key: string | null): string {
  return canonicalJson([attribute, key]);
}
