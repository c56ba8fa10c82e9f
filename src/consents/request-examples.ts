import { sha256 } from '../platform/crypto/seal.js';
import { askedExample, exampleIds } from './consent-examples.js';

/** The words in which a special attribute is given. */
export const statementExample = statement(
  'I expressly consent to Albatross Groceries seeing what I have stated under “Allergen”. This may reveal something ' +
    'about my health. Only for this purpose: Personalising the service. Only here: Till. Only at this time: Shopping. ' +
    'Albatross Groceries may not keep it. My consent holds for at most 90 days from now on. I can withdraw it in my ' +
    'CCX account whenever I like, and it then ends at once.',
);

export const germanStatementExample = statement(
  'Ich willige ausdrücklich darin ein, dass Albatross Groceries sehen darf, was ich unter „Allergen“ angegeben habe. ' +
    'Das kann etwas über meine Gesundheit verraten. Nur für diesen Zweck: Leistung anpassen. Nur hier: Kasse. Nur zu ' +
    'dieser Zeit: Einkaufen. Albatross Groceries darf es nicht behalten. Meine Einwilligung gilt von jetzt an ' +
    'höchstens 90 Tage lang. Ich kann sie jederzeit in meinem CCX-Konto widerrufen; dann endet sie sofort.',
);

const customer = { email: 'ada@example.org' };

/** What retailers ask for. */
export const newRequests = {
  ordinary: {
    summary: 'Preferences and what happens, decided together',
    value: { customer, authorization_details: askedExample, message: 'For the fitting that you asked for.' },
  },
  special: {
    summary: 'A special attribute, asked for by itself',
    value: {
      customer,
      authorization_details: [
        {
          type: 'ccx_preferences_special',
          attributes: ['food.allergen'],
          purposes: ['dpv:ServicePersonalisation'],
          touchpoints: ['till'],
          stages: ['shopping'],
          retention: 'PT0S',
        },
      ],
      message: 'So that the till warns you.',
    },
  },
  products: {
    summary: 'To name special products in what is reported, asked for by itself',
    value: {
      customer,
      authorization_details: [
        {
          type: 'ccx_interactions_special',
          products: ['pharmacy'],
          event_types: ['transaction.completed', 'return.completed'],
          purposes: ['dpv:ServicePersonalisation'],
          touchpoints: ['till'],
        },
      ],
      message: 'So that you see your medicines in your account.',
    },
  },
};

/** What customers give of it. */
export const approvals = {
  whole: { summary: 'All of it', value: { language: 'en' } },
  part: {
    summary: 'A part of it, for less long',
    value: {
      items: [
        { id: exampleIds.preferences, attributes: ['size.footwear'], touchpoints: ['till'] },
        { id: exampleIds.interactions },
      ],
      expires_at: '2027-03-31T22:00:00Z',
      max_reads_per_day: 10,
    },
  },
  special: {
    summary: 'A special attribute, by express consent to the statement that was shown',
    value: { statement: germanStatementExample.hash, language: 'de' },
  },
};

function statement(text: string): { text: string; hash: string } {
  return { text, hash: sha256(text).toString('base64url') };
}
