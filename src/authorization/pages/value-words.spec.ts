import { ccxCore100 } from '../../vocabulary/ccx-core/1.0.0.js';
import { Vocabulary } from '../../vocabulary/vocabulary.js';
import { statementWords } from './value-words.js';

const vocabulary = new Vocabulary(ccxCore100);

describe('a statement in words', () => {
  it.each([
    [
      'size.footwear',
      { system: 'EUROPE', size: '42.5', width: 'wide' },
      'want',
      'Europe, 42.5, Wide (preferred)',
      'Europa, 42.5, Weit (bevorzugt)',
    ],
    ['fulfilment.substitution', { allowed: false }, 'must', 'not allowed (always)', 'nicht erlaubt (immer)'],
    [
      'contact.marketing',
      { email: true, sms: false, topics: ['offers'], max_per_week: 1 },
      'must',
      'by e-mail, not by text message, Offers and prices, at most per week: 1 (always)',
      'per E-Mail, nicht per SMS, Angebote und Preise, höchstens pro Woche: 1 (immer)',
    ],
    ['brand.affinity', { brand: 'Acme' }, 'avoid', 'Acme (rather not)', 'Acme (lieber nicht)'],
  ] as const)('of %s', (attribute, value, strength, en, de) => {
    const statement = { attribute, value: JSON.parse(JSON.stringify(value)), strength };
    expect(statementWords(statement, vocabulary, 'en')).toBe(en);
    expect(statementWords(statement, vocabulary, 'de')).toBe(de);
  });

  it('can be made of every attribute’s example, in both languages', () => {
    for (const { path, example } of vocabulary.attributes()) {
      for (const language of ['en', 'de'] as const) {
        const words = statementWords({ attribute: path, value: example, strength: 'want' }, vocabulary, language);
        expect(words).toMatch(/^[^…{}[\]]+ \(.+\)$/);
      }
    }
  });
});
