import type { Prepared } from './prepared.js';

/** Why a preference won or lost, in words for the customer. */
export const reasons = {
  only: 'Nothing else applies here.',
  most_specific: 'It is the most specific statement that applies here.',
  newest: 'Of the most specific statements that apply here it is the newest.',
  hardest: 'A harder statement is not weakened by a softer one.',
  overrides: 'It sets aside what is said more generally, as it was told to.',
  combined: 'It was combined with others: of each part the strictest holds.',
  less_specific: 'A more specific statement holds instead.',
  older: 'A newer statement, just as specific, holds instead.',
  softer: 'It is softer than what is said more generally and does not override it.',
  overridden: 'A more specific statement overrides it.',
  pending: 'It waits to be confirmed.',
  other_sector: 'It applies to another kind of retailer.',
  other_retailer: 'It applies to another retailer.',
  other_stage: 'It applies to another stage of the journey.',
  other_touchpoint: 'It applies to another touchpoint.',
  other_place: 'It applies to another place.',
  other_occasion: 'It applies to another occasion.',
  other_time: 'It applies to another time.',
  not_yet_valid: 'It is not valid yet.',
  no_longer_valid: 'It is no longer valid.',
  unknown_attribute: 'The vocabulary does not know its attribute.',
} as const;
export type Reason = keyof typeof reasons;

export const outcomes = ['won', 'combined', 'lost'] as const;
export type Outcome = (typeof outcomes)[number];

/** What became of one preference when a question was answered. */
export interface Verdict {
  readonly preference_id: string;
  readonly attribute: string;
  readonly key: string | null;
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly detail: string;
  /** The preference that took its place, where one did. */
  readonly beaten_by: string | null;
}

export function verdict({ preference }: Prepared, outcome: Outcome, reason: Reason, beatenBy?: Prepared): Verdict {
  return {
    preference_id: preference.id,
    attribute: preference.attribute,
    key: preference.key,
    outcome,
    reason,
    detail: reasons[reason],
    beaten_by: beatenBy?.preference.id ?? null,
  };
}
