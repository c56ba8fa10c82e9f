import { Injectable } from '@nestjs/common';

import type { Language } from '../../consents/phrases.js';
import type { CustomerKey } from '../../platform/customer-key.js';
import { Database } from '../../platform/database/database.js';
import { PreferenceDocuments } from '../../preferences/preference-documents.js';
import type { Preference } from '../../preferences/preference.js';
import type { Retailer } from '../../retailers/retailer.entity.js';
import { VocabularyService } from '../../vocabulary/vocabulary.service.js';
import { statementWords } from './value-words.js';

/** What the customer has stated that this retailer could come to see, in words, so that nobody decides in the dark. */
@Injectable()
export class StatedValues {
  constructor(
    private readonly documents: PreferenceDocuments,
    private readonly vocabularies: VocabularyService,
    private readonly database: Database,
  ) {}

  async of(
    customer: CustomerKey,
    retailer: Pick<Retailer, 'id' | 'sectors'>,
    attributes: readonly string[],
    language: Language,
  ): Promise<Map<string, string[]>> {
    const vocabulary = this.vocabularies.current();
    const categories = [...new Set(attributes.flatMap((path) => vocabulary.attribute(path)?.category ?? []))];
    const documents = categories.length > 0 ? await this.documents.of(this.database.reader, customer, categories) : [];
    const values = new Map<string, string[]>();
    for (const preference of documents.flatMap((document) => document.preferences)) {
      const { attribute } = preference;
      if (!attributes.includes(attribute) || !concerns(preference, retailer)) continue;
      values.set(attribute, [...(values.get(attribute) ?? []), statementWords(preference, vocabulary, language)]);
    }
    return values;
  }
}

function concerns({ status, applies_to: appliesTo }: Preference, retailer: Pick<Retailer, 'id' | 'sectors'>): boolean {
  if (status !== 'active') return false;
  switch (appliesTo.level) {
    case 'everyone':
      return true;
    case 'sector':
      return retailer.sectors.includes(appliesTo.sector);
    case 'retailer':
      return appliesTo.retailer_id === retailer.id;
  }
}
