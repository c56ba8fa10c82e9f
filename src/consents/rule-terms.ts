import type { FieldError } from '../platform/errors.js';
import { isSpecial } from '../vocabulary/attribute.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { Rule } from './rule.js';

/** What is wrong with a rule, as pointers into it; empty when nothing is. Codes of closed lists have been checked. */
export function faultsOfTerms(
  terms: Pick<Rule, 'effect' | 'when' | 'lifetimeDays'>,
  vocabulary: Vocabulary,
): FieldError[] {
  return [
    ...(terms.when.attributes ?? []).flatMap((path, index) => {
      const fault = faultOfAttribute(path, terms.effect, vocabulary);
      return fault ? [{ pointer: `/when/attributes/${index}`, detail: fault }] : [];
    }),
    ...(terms.effect === 'allow' ? faultsOfAllowing(terms) : faultsOfRefusing(terms)),
  ];
}

/**
 * A rule as it is kept. What is allowed is named one by one: an attribute that joins a category later was not meant, and
 * nor were special ones. What is refused may well be a category with all that ever joins it.
 */
export function settled<Terms extends Pick<Rule, 'effect' | 'when'>>(terms: Terms, vocabulary: Vocabulary): Terms {
  const { effect, when } = terms;
  if (effect === 'refuse' || !when.attributes) return terms;
  const attributes = [...new Set(when.attributes.flatMap((path) => vocabulary.expand(path)))].toSorted();
  return { ...terms, when: { ...when, attributes } };
}

function faultOfAttribute(path: string, effect: Rule['effect'], vocabulary: Vocabulary): string | null {
  const named = vocabulary.attributes().filter((attribute) => attribute.path === path || attribute.category === path);
  if (named.length === 0) return `is neither an attribute nor a category of ccx-core ${vocabulary.version}`;
  return effect === 'allow' && named.every(isSpecial) ? 'is special: no rule allows it, you are asked each time' : null;
}

/** Consent names what is given and what for (GDPR Art. 4(11)), also when it is given beforehand. */
function faultsOfAllowing({ when }: Pick<Rule, 'when'>): FieldError[] {
  return (['attributes', 'purposes'] as const).flatMap((name) =>
    when[name] ? [] : [{ pointer: `/when/${name}`, detail: 'is required of a rule that allows' }],
  );
}

function faultsOfRefusing({ lifetimeDays }: Pick<Rule, 'lifetimeDays'>): FieldError[] {
  return lifetimeDays === null ? [] : [{ pointer: '/lifetime_days', detail: 'belongs to rules that allow' }];
}
