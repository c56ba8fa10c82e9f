import { Injectable } from '@nestjs/common';

import type { Language } from '../../consents/phrases.js';
import type { ConsentRule } from '../../consents/rule.entity.js';
import { RetailersService } from '../../retailers/retailers.service.js';
import { VocabularyService } from '../../vocabulary/vocabulary.service.js';
import type { Choice, RuleChoices } from './rules.page.js';

/** What rules are about, by the names that people know. */
@Injectable()
export class RuleChoicesService {
  constructor(
    private readonly vocabularies: VocabularyService,
    private readonly retailers: RetailersService,
  ) {}

  async of(language: Language, rules: readonly ConsentRule[] = []): Promise<RuleChoices> {
    const vocabulary = this.vocabularies.current();
    const named = await this.retailers.describe(rules.flatMap(({ when }) => when.retailer_ids ?? []));
    const list = (name: string): Choice[] =>
      (vocabulary.release.code_lists[name]?.codes ?? []).map(({ code, labels }) => ({
        code,
        label: labels[language] ?? labels.en,
      }));
    return {
      sectors: list('sector'),
      purposes: list('purpose'),
      touchpoints: list('touchpoint'),
      attributes: vocabulary.attributes().map(({ path, labels }) => ({ code: path, label: labels[language] })),
      retailers: new Map([...named].map(([id, { name }]) => [id, name])),
    };
  }
}
