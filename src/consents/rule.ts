import type { Purpose, Sector, Touchpoint } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { ConsentRequest } from './consent-request.entity.js';
import { type AskedDetail, attributesOf, recipientsOf } from './detail.js';

export const ruleEffects = ['allow', 'refuse'] as const;
export type RuleEffect = (typeof ruleEffects)[number];

/** What a rule is about. All that is named must be so; what is not named does not matter. */
export interface RuleConditions {
  /** A retailer of one of these sectors. */
  sectors?: Sector[];
  retailer_ids?: string[];
  purposes?: Purpose[];
  /** Attributes by their paths; to refuse, whole categories as well. */
  attributes?: string[];
  touchpoints?: Touchpoint[];
  /** To refuse: lines that pass something on to others. To allow: these as well. */
  third_party_sharing?: true;
}

/** What a customer has decided beforehand. */
export interface Rule {
  id: string;
  name: string;
  effect: RuleEffect;
  when: RuleConditions;
  /** For how many days what it allows holds at most; null: as long as was asked for. */
  lifetimeDays: number | null;
  enabled: boolean;
  /** Since when it says this. */
  updatedAt: Date;
}

/** A rule as it is named where it decided something: it may be renamed or removed afterwards. */
export type RuleRef = Pick<Rule, 'id' | 'name'>;

/** A line that a rule refused, so that the customer is not asked for it. */
export interface StruckLine {
  detail: AskedDetail;
  rule: RuleRef;
}

/** Who asks. */
export interface AskingRetailer {
  id: string;
  sectors: readonly string[];
  /** Whether it may get anything at this moment. */
  isActive: boolean;
  /** When something that it had been given was last ended or narrowed by hand; null: never. */
  takenBackAt: Date | null;
}

export type Verdict =
  /** No rule decides it: the customer is asked for what was not struck. */
  | { outcome: 'ask'; struck: StruckLine[] }
  /** One rule allows all that was not struck. */
  | { outcome: 'allow'; struck: StruckLine[]; rule: Rule }
  /** Everything was struck; the oldest of the rules that did it stands for them. */
  | { outcome: 'refuse'; struck: StruckLine[]; rule: RuleRef };

/**
 * What the customer's rules say to a request. Refusing is stronger than allowing: each line that a refusing rule meets
 * is struck, and only what remains can be allowed, all of it by one rule or not at all. In which order the rules are
 * given does not matter.
 */
export function applyRules(
  rules: readonly Rule[],
  { details, use, action }: Pick<ConsentRequest, 'details' | 'use' | 'action'>,
  retailer: AskingRetailer,
  vocabulary: Vocabulary,
): Verdict {
  const inForce = rules
    .filter((rule) => rule.enabled && isAbout(rule, retailer))
    .map((rule) => ({ ...rule, when: whenUnderNamesOf(rule.when, vocabulary) }))
    .toSorted(byAge);
  const refusing = inForce.filter(({ effect }) => effect === 'refuse');
  const struck = details.flatMap((detail) => {
    const rule = refusing.find(({ when }) => meets(when, detail, vocabulary));
    return rule ? [{ detail, rule: { id: rule.id, name: rule.name } }] : [];
  });
  const oldest = struck.map(({ rule }) => rule).toSorted(byAge)[0];
  if (oldest && struck.length === details.length) return { outcome: 'refuse', struck, rule: oldest };

  const rest = details.filter((detail) => !struck.some((line) => line.detail === detail));
  const allowing = inForce.filter(
    (rule) =>
      rule.effect === 'allow' && !isOverruled(rule, retailer) && rest.every((detail) => reachesOver(rule.when, detail)),
  );
  const rule = allowing.toSorted(byReach)[0];
  // What is given once is given by somebody who is there, and what takes the place of something ends that: no rule has
  // a word for either.
  const mayAllow = retailer.isActive && use === 'standing' && action === 'merge';
  return rule && mayAllow ? { outcome: 'allow', struck, rule } : { outcome: 'ask', struck };
}

/** A rule means an attribute by whatever name it has today. */
function whenUnderNamesOf(when: RuleConditions, vocabulary: Vocabulary): RuleConditions {
  return when.attributes ? { ...when, attributes: when.attributes.map((name) => vocabulary.nameOf(name)) } : when;
}

function isAbout({ when }: Rule, retailer: AskingRetailer): boolean {
  return (
    (when.sectors?.some((sector) => retailer.sectors.includes(sector)) ?? true) &&
    (when.retailer_ids?.includes(retailer.id) ?? true)
  );
}

/** What somebody has taken back by hand is not given again by what they had said before. */
function isOverruled({ updatedAt }: Rule, { takenBackAt }: AskingRetailer): boolean {
  return takenBackAt !== null && updatedAt <= takenBackAt;
}

/** Whether anything of the line is what the rule refuses. */
function meets(when: RuleConditions, detail: AskedDetail, vocabulary: Vocabulary): boolean {
  return (
    (when.purposes?.some((purpose) => detail.purposes.includes(purpose)) ?? true) &&
    (when.touchpoints?.some((touchpoint) => detail.touchpoints.includes(touchpoint)) ?? true) &&
    (when.attributes?.some((name) => isOf(name, detail, vocabulary)) ?? true) &&
    (!when.third_party_sharing || isPassedOn(detail))
  );
}

/**
 * Whether everything of the line is what the rule allows. What is special, what is reported, and copies beyond an
 * answer to the till are never allowed by a rule: it has no word for them.
 */
function reachesOver(when: RuleConditions, detail: AskedDetail): boolean {
  return (
    detail.type === 'ccx_preferences' &&
    detail.delivery.every((delivery) => delivery === 'live') &&
    detail.attributes.every((path) => when.attributes?.includes(path)) &&
    detail.purposes.every((purpose) => when.purposes?.includes(purpose)) &&
    detail.touchpoints.every((touchpoint) => when.touchpoints?.includes(touchpoint) ?? true) &&
    (when.third_party_sharing === true || !isPassedOn(detail))
  );
}

/** Whether the line is about the attribute, or about any of the category. */
function isOf(name: string, detail: AskedDetail, vocabulary: Vocabulary): boolean {
  return attributesOf([detail]).some((path) => path === name || vocabulary.attribute(path)?.category === name);
}

function isPassedOn(detail: AskedDetail): boolean {
  return recipientsOf(detail).length > 0;
}

/** Ids are made in the order of time. */
function byAge(one: RuleRef, other: RuleRef): number {
  return one.id < other.id ? -1 : 1;
}

/** Of rules that all allow it, the one that allows it for longest: so more is never allowed by saying less. */
function byReach(one: Rule, other: Rule): number {
  return (other.lifetimeDays ?? Infinity) - (one.lifetimeDays ?? Infinity) || byAge(one, other);
}
