import type { Release } from '../release.js';
import { ccxCore110 } from './1.1.0.js';
import { defaults } from './defaults.js';
import { habit, habitLists } from './habit.js';

/** What can be learned from what people usually do. */
export const ccxCore120: Release = {
  ...ccxCore110,
  version: '1.2.0',
  released_on: '2026-11-22',
  attributes: [
    ...ccxCore110.attributes,
    ...habit.map((attribute) => ({ ...attribute, default: defaults[attribute.path] })),
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  code_lists: { ...ccxCore110.code_lists, ...habitLists },
};
