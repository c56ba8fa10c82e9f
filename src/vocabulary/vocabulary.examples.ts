import { ccxCore100 } from './ccx-core/1.0.0.js';
import { VocabulariesDto } from './vocabulary.dto.js';
import { Vocabulary } from './vocabulary.js';

export const vocabulariesExample = VocabulariesDto.of([new Vocabulary(ccxCore100)]);

/** A release, cut down to one attribute and one short list. */
export const releaseExample = {
  ...ccxCore100,
  attributes: ccxCore100.attributes.filter(({ path }) => path === 'contact.marketing'),
  code_lists: Object.fromEntries(Object.entries(ccxCore100.code_lists).filter(([name]) => name === 'stage')),
};
