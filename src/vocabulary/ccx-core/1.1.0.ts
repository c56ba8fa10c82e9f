import { gs1ClaimLists } from '../gs1-claims.js';
import type { Release } from '../release.js';
import { ccxCore100 } from './1.0.0.js';
import { defaults } from './defaults.js';
import { product } from './product.js';

/** What products say of themselves, and what holds when nothing is stated. */
export const ccxCore110: Release = {
  ...ccxCore100,
  version: '1.1.0',
  released_on: '2026-11-22',
  attributes: [...ccxCore100.attributes, ...product]
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map((attribute) => ({ ...attribute, default: defaults[attribute.path] })),
  code_lists: { ...ccxCore100.code_lists, ...gs1ClaimLists },
};
