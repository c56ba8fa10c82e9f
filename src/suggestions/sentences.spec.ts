import { fallbackPrior } from './priors-fit.js';
import { sentences } from './sentences.js';

const shopping = { k: 12, n: 13, value: 'coffee', about: { name: 'Coffee' }, since: '2026-10-19', retailer: 'Wren' };
const campaigns = { k: 9, n: 10, value: 'email', about: {}, since: '2026-10-19' };

describe('the sentence of a suggestion', () => {
  it('compares with others where something is known of them', () => {
    const assessment = { base: 0.2 };
    expect(sentences.category({ ...shopping, assessment })).toEqual({
      en: 'You bought Coffee on 12 of 13 days of shopping at Wren since 19 October 2026, more often than others do.',
      de: 'An 12 von 13 Einkaufstagen bei Wren seit dem 19. Oktober 2026 kauften Sie Coffee, öfter als andere.',
    });
    expect(sentences.contactChannel({ ...campaigns, assessment })).toEqual({
      en: 'You answered 9 of 10 offers that came by e-mail since 19 October 2026, more than others do.',
      de: 'Sie haben auf 9 von 10 Angeboten geantwortet, die seit dem 19. Oktober 2026 per E-Mail kamen, mehr als andere.',
    });
  });

  it('says nothing of others where nothing is known of them', () => {
    const assessment = { base: fallbackPrior.baseRate };
    expect(sentences.category({ ...shopping, assessment })).toEqual({
      en: 'You bought Coffee on 12 of 13 days of shopping at Wren since 19 October 2026.',
      de: 'An 12 von 13 Einkaufstagen bei Wren seit dem 19. Oktober 2026 kauften Sie Coffee.',
    });
    expect(sentences.contactChannel({ ...campaigns, assessment }).en).toBe(
      'You answered 9 of 10 offers that came by e-mail since 19 October 2026.',
    );
  });
});
