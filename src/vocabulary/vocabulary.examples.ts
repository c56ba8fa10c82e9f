import { ccxCore100 } from './ccx-core/1.0.0.js';
import { ccxCore110 } from './ccx-core/1.1.0.js';
import { VocabulariesDto } from './vocabulary.dto.js';

export const vocabulariesExample = VocabulariesDto.of([ccxCore110, ccxCore100]);

/** A release, cut down to one attribute and one short list. */
export const releaseExample = {
  ...ccxCore110,
  attributes: ccxCore110.attributes.filter(({ path }) => path === 'contact.marketing'),
  code_lists: Object.fromEntries(Object.entries(ccxCore110.code_lists).filter(([name]) => name === 'stage')),
};
