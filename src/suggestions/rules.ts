import type { Draft } from '../preferences/draft.js';
import type { JsonObject } from '../platform/json.js';
import type { DayRule, RuleId } from './evidence.js';
import { answeredCampaigns, type Count, everyFourWeeks, type Fold, keptSizes, partsOfDay, shares } from './folds.js';
import { inferable, type InferablePath } from './inferable.js';
import { sentences, type Sentence } from './sentences.js';
import * as signs from './signs.js';
import type { Claim } from './statistics.js';

/** What a count says, in the group in which it was made. */
export interface Found extends Count {
  readonly group: string;
}

/** One way of concluding something from what a customer does. */
export interface Rule extends DayRule {
  /** What is concluded. */
  readonly attribute: InferablePath;
  readonly fold: Fold;
  /** From which share on it is worth suggesting. */
  readonly claim: Claim;
  /**
   * How customers are compared: by value, each for itself; by value, with one spread for the whole rule (`rule`); or so,
   * counting from the first time on, and by the whole group where a value is rare (`group`).
   */
  readonly prior: 'value' | 'rule' | 'group';
  /** The value of the preference. */
  readonly says: (found: Found) => JsonObject;
  /** Whether each group is a retailer, by its id. */
  readonly byRetailer?: true;
  /** To whom it applies; to everyone where left out. */
  readonly appliesTo?: (found: Found) => Draft['applies_to'];
  readonly sentence: Sentence;
}

/** Each of them was measured on months that it had not seen: docs/evaluation.md has the figures. */
export const rules: readonly Rule[] = [
  {
    id: 'brand',
    attribute: inferable('brand.affinity'),
    reads: signs.brands,
    day: 'most',
    fold: shares,
    claim: { threshold: 0.5 },
    prior: 'rule',
    says: ({ about }) => ({ brand: about.brand! }),
    sentence: sentences.brand,
  },
  {
    id: 'brand_kind',
    attribute: inferable('brand.kind'),
    reads: signs.brandKinds,
    day: 'most',
    fold: shares,
    claim: { threshold: 0.5 },
    prior: 'rule',
    says: ({ about, value }) => ({ category: about.category!, kind: value }),
    sentence: sentences.brandKind,
  },
  {
    id: 'category',
    attribute: inferable('category.interest'),
    byRetailer: true,
    reads: signs.categories,
    day: 'any',
    fold: shares,
    // Everybody buys milk: only whoever buys more of it than others is interested.
    claim: { threshold: 0.1, commonFrom: 0 },
    prior: 'value',
    says: ({ about }) => ({ name: about.name! }),
    sentence: sentences.category,
  },
  {
    id: 'regular_purchase',
    attribute: inferable('habit.purchase'),
    byRetailer: true,
    reads: signs.products,
    day: 'items',
    fold: everyFourWeeks,
    claim: { threshold: 0.5 },
    prior: 'group',
    says: ({ about }) => about,
    // By its own number a product is known to its retailer alone, and what is bought there is nobody else's business.
    appliesTo: ({ group }) => ({ level: 'retailer', retailer_id: group }),
    sentence: sentences.regularPurchase,
  },
  {
    id: 'footwear_size',
    attribute: inferable('size.footwear'),
    reads: signs.footwearSizes,
    day: 'items',
    fold: keptSizes,
    claim: { threshold: 0.5 },
    prior: 'value',
    says: ({ about }) => about,
    sentence: sentences.footwearSize,
  },
  {
    id: 'apparel_size',
    attribute: inferable('size.apparel'),
    reads: signs.apparelSizes,
    day: 'items',
    fold: keptSizes,
    claim: { threshold: 0.5 },
    prior: 'value',
    says: ({ about }) => about,
    sentence: sentences.apparelSize,
  },
  {
    id: 'fulfilment',
    attribute: inferable('fulfilment.delivery'),
    reads: signs.fulfilments,
    day: 'most',
    fold: shares,
    claim: { threshold: 0.6 },
    prior: 'value',
    says: ({ value }) => ({ method: methods[value]! }),
    sentence: sentences.fulfilment,
  },
  {
    id: 'receipt',
    attribute: inferable('receipt.delivery'),
    reads: signs.receipts,
    day: 'most',
    fold: shares,
    claim: { threshold: 0.6 },
    prior: 'value',
    says: ({ value }) => ({ form: value }),
    sentence: sentences.receipt,
  },
  {
    id: 'language',
    attribute: inferable('language.spoken'),
    reads: signs.languages,
    day: 'most',
    fold: shares,
    claim: { threshold: 0.75 },
    prior: 'value',
    says: ({ value }) => ({ language: value }),
    sentence: sentences.language,
  },
  {
    id: 'contact_channel',
    attribute: inferable('habit.contact_channel'),
    reads: signs.campaigns,
    day: 'any',
    fold: answeredCampaigns,
    claim: { threshold: 0.25, commonFrom: 0 },
    prior: 'value',
    says: ({ value }) => ({ channel: value }),
    sentence: sentences.contactChannel,
  },
  {
    id: 'contact_time',
    attribute: inferable('habit.contact_time'),
    reads: signs.times,
    day: 'any',
    fold: partsOfDay,
    claim: { threshold: 0.5 },
    prior: 'value',
    says: ({ value }) => ({ part: value }),
    sentence: sentences.contactTime,
  },
];

/** How `fulfilment.delivery` calls the ways of getting a purchase. */
const methods: Readonly<Record<string, string>> = { carried: 'take_away', delivery: 'home', pickup: 'pickup' };

export const ruleNamed: ReadonlyMap<RuleId, Rule> = new Map(rules.map((rule) => [rule.id, rule]));
