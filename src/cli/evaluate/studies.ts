import type { RuleId } from '../../suggestions/evidence.js';

/** How a data set is divided in time, and which rules can be measured on it. */
export interface Study {
  /** As the replay names it. */
  readonly dataset: string;
  readonly title: string;
  readonly customers: string;
  readonly learned: string;
  readonly heldOut: string;
  readonly rules: readonly RuleId[];
  /** By the clock of the files, in milliseconds since 1970: what happened before is played to the service. */
  readonly split: number;
  /** Where the held-out part ends. */
  readonly end: number;
}

/** Nine months to learn from, and a quarter of a year to be right or wrong in. */
export const studies: readonly Study[] = [
  {
    dataset: 'complete-journey',
    title: 'The Complete Journey 2.0',
    customers: 'households',
    learned: 'January to September 2017',
    heldOut: 'October to December 2017',
    rules: ['brand_kind', 'brand', 'category'],
    split: Date.parse('2017-10-01T00:00:00Z'),
    end: Date.parse('2018-01-01T00:00:00Z'),
  },
  {
    dataset: 'online-retail',
    title: 'Online Retail',
    customers: 'customers',
    learned: 'December 2010 to August 2011',
    heldOut: '1 September to 23 November 2011, three periods of four weeks',
    rules: ['regular_purchase'],
    split: Date.parse('2011-09-01T00:00:00Z'),
    end: Date.parse('2011-11-24T00:00:00Z'),
  },
];

/** What a rule is called in the report. */
export const ruleNames: Partial<Record<RuleId, string>> = {
  brand_kind: 'Store brand',
  regular_purchase: 'Regular purchase',
  brand: 'Brand',
  category: 'Category interest',
};
