/** Examples that several operations show in the API description. */
export const preferenceId = '019a9c45-2f10-7a44-8b21-6c0d9f4e7a10';

const stated = {
  provenance: { kind: 'stated', source: 'customer', at: '2026-11-22T09:30:00.000Z' },
  status: 'active',
  version: 1,
  recorded_at: '2026-11-22T09:30:00.000Z',
  updated_at: '2026-11-22T09:30:00.000Z',
};

export const example = {
  id: preferenceId,
  attribute: 'food.allergen',
  key: 'AP',
  value: { code: 'AP' },
  strength: 'never',
  applies_to: { level: 'everyone' },
  ...stated,
};

export const quietHours = {
  id: '019a9c45-2f11-7b02-9c3a-1d5e8a7b6c21',
  attribute: 'contact.marketing',
  key: null,
  value: { email: false, sms: false, phone: false, push: false },
  strength: 'must',
  applies_to: { level: 'everyone' },
  context: { time: { time_zone: 'Europe/Berlin', from: '21:00', to: '08:00' } },
  ...stated,
};

/** What somebody may say. */
export const statements = {
  allergy: {
    summary: 'Peanuts, never',
    value: { attribute: 'food.allergen', value: { code: 'AP' }, strength: 'never' },
  },
  quiet_hours: {
    summary: 'No marketing between nine in the evening and eight in the morning',
    value: {
      attribute: 'contact.marketing',
      value: { email: false, sms: false, phone: false, push: false },
      strength: 'must',
      context: { time: { time_zone: 'Europe/Berlin', from: '21:00', to: '08:00' } },
    },
  },
  gift_receipt: {
    summary: 'A gift receipt as well, when it is a gift',
    value: {
      attribute: 'receipt.delivery',
      value: { form: 'paper', gift: true },
      strength: 'want',
      context: { touchpoint: ['till'], occasion: 'gift' },
    },
  },
  one_sector: {
    summary: 'Substitutes for groceries, if they cost no more than a tenth more',
    value: {
      attribute: 'fulfilment.substitution',
      value: { allowed: true, keep: ['diet'], max_extra_percent: 10 },
      strength: 'want',
      weight: 60,
      applies_to: { level: 'sector', sector: 'grocery' },
    },
  },
};

export const batch = {
  allergy_and_quiet_hours: {
    summary: 'An allergy and quiet hours',
    value: { items: [statements.allergy.value, statements.quiet_hours.value] },
  },
};

const { attribute: _attribute, ...allergy } = statements.allergy.value;
export const revisions = {
  softer: {
    summary: 'Rather not, instead of never',
    value: { ...allergy, strength: 'avoid', applies_to: { level: 'everyone' } },
  },
};
