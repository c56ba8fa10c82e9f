import { exampleIds, receiptExample, requestExample, wordedExample } from '../consents/consent-examples.js';

/** What the API description shows of a switch. */

export const otherRetailerId = '019aa6a0-7c00-7000-8000-00000000c3d4';

const ends = '2027-11-21T09:30:00.000Z';
const line = {
  id: exampleIds.preferences,
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
  delivery: ['live'],
  retention: 'P30D',
};
const retailer = { id: otherRetailerId, name: 'Tailor T', privacy_url: 'https://tailor.example/privacy' };

const difference = {
  kept: [{ ...line, expires_at: ends }],
  max_reads_per_day: null,
  cut: [
    {
      line: exampleIds.preferences,
      reason: 'touchpoint',
      codes: ['kiosk'],
      rule: null,
      in_words: {
        en: 'Tailor T cannot ask for this here: Kiosk.',
        de: 'Tailor T kann hier nicht darum bitten: Kiosk.',
      },
    },
  ],
  ask_anew: [
    {
      line: exampleIds.interactions,
      attribute: 'food.allergen',
      in_words: {
        en: '“Allergens” is specially protected: Tailor T has to ask you for it itself.',
        de: '„Allergene“ ist besonders geschützt: Tailor T muss Sie selbst darum bitten.',
      },
    },
  ],
  existing: null,
  overrides: null,
};

const title = {
  en: 'You agree to this beforehand, for when Tailor T asks for it.',
  de: 'Sie stimmen dem im Voraus zu, für den Fall, dass Tailor T darum bittet.',
};

const source = { consent_id: exampleIds.consent, status: 'active' };

const { in_words, notices } = wordedExample;

export const switchedExample = {
  dry_run: false,
  source,
  retailer,
  difference,
  in_words: { ...in_words, title, incentive: null },
  notices,
  request: {
    ...requestExample,
    status: 'pre_approved',
    origin: 'switch',
    retailer,
    details: [line],
    message: null,
    pre_approval: {
      source_consent_id: exampleIds.consent,
      withdraw_source: 'on_completion',
      ends: { [exampleIds.preferences]: ends },
    },
  },
  receipt: { ...receiptExample, event: 'pre_approved', version: null },
  continue_url: 'https://tailor.example/login?iss=https%3A%2F%2Fccx.example',
};

const order = { retailer_id: otherRetailerId, copy_overrides: true, withdraw_source: 'on_completion' };

export const orders = {
  look: { summary: 'See what would happen', value: { ...order, dry_run: true } },
  move: { summary: 'Take it along; the first consent ends when the other begins', value: order },
  add: { summary: 'Let the other retailer have the same', value: { retailer_id: otherRetailerId } },
};
