import type { Draft } from '../../preferences/draft.js';

/** Ada, who shows what a customer can state. */
export const ada = {
  email: 'ada@example.org',
  password: 'customer-of-a-development-ccx',
  displayName: 'Ada',
  language: 'en',
};

/** Their password is a setting. */
export const operator = { email: 'operator@example.org', name: 'Development operator' };

export const auditor = {
  email: 'auditor@example.org',
  password: 'auditor-of-a-development-ccx',
  name: 'Development auditor',
};

const everyone = { level: 'everyone' } as const;
const grocers = { level: 'sector', sector: 'grocery' } as const;

/** An allergy, quiet hours, sizes, and how she likes to be served: everything a first read can show. */
export const preferencesOfAda: readonly Draft[] = [
  { attribute: 'food.allergen', value: { code: 'AP' }, strength: 'never', applies_to: everyone },
  { attribute: 'food.diet', value: { code: 'VEGETARIAN' }, strength: 'want', weight: 70, applies_to: everyone },
  {
    attribute: 'contact.marketing',
    value: { email: true, sms: false, phone: false, topics: ['offers'], max_per_week: 1 },
    strength: 'must',
    applies_to: everyone,
  },
  {
    attribute: 'contact.marketing',
    value: { email: false, sms: false, phone: false },
    strength: 'must',
    applies_to: everyone,
    context: { time: { time_zone: 'Europe/Berlin', from: '20:00', to: '08:00' } },
  },
  { attribute: 'contact.service', value: { email: true, sms: true }, strength: 'want', applies_to: everyone },
  {
    attribute: 'size.footwear',
    value: { system: 'EUROPE', size: '39', width: 'wide' },
    strength: 'must',
    applies_to: everyone,
  },
  {
    attribute: 'fulfilment.substitution',
    value: { allowed: true, without_asking: false, keep: ['diet'], max_extra_percent: 10 },
    strength: 'must',
    applies_to: grocers,
  },
  { attribute: 'receipt.delivery', value: { form: 'email' }, strength: 'want', applies_to: everyone },
  {
    attribute: 'assistance.style',
    value: { style: 'left_alone' },
    strength: 'want',
    applies_to: everyone,
    context: { stage: ['exploring'] },
  },
];
