import { sharedCodeLists } from '../code-lists.js';
import { gs1CodeLists } from '../gs1-codes.js';
import type { Release } from '../release.js';
import { assistance, assistanceLists } from './assistance.js';
import { contact, contactLists } from './contact.js';
import { food } from './food.js';
import { fulfilment, fulfilmentLists } from './fulfilment.js';
import { shopping, shoppingLists } from './shopping.js';
import { size, sizeLists } from './size.js';

export const ccxCore100: Release = {
  name: 'ccx-core',
  version: '1.0.0',
  released_on: '2026-11-01',
  languages: ['en', 'de'],
  attributes: [...food, ...size, ...contact, ...fulfilment, ...shopping, ...assistance].toSorted((a, b) =>
    a.path < b.path ? -1 : 1,
  ),
  code_lists: {
    ...sharedCodeLists,
    ...gs1CodeLists,
    ...sizeLists,
    ...contactLists,
    ...fulfilmentLists,
    ...shoppingLists,
    ...assistanceLists,
  },
};
