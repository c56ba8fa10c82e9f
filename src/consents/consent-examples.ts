/** What the API description shows: one request, and what became of it. */

export const exampleIds = {
  request: '019aa7c2-5d10-7a3c-9e41-6b0d2f8e1a55',
  consent: '019aa7c9-0b72-7e18-8c55-2f4a9d7b3c01',
  retailer: '019aa6a0-7c00-7000-8000-00000000a1b2',
  preferences: '019aa7c2-5d11-7b60-a4d2-0c9e5f713b28',
  interactions: '019aa7c2-5d12-7c41-b9f3-51e7a2d6c804',
  subject: 'p1kJ3mX0sPzv9qYw4bT8uLQA',
};

const asked = {
  type: 'ccx_preferences',
  attributes: ['size.footwear', 'contact'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
  retention: 'P30D',
};

const reported = {
  type: 'ccx_interactions',
  event_types: ['transaction.completed', 'return.completed'],
  purposes: ['dpv:PersonalisedBenefits'],
  touchpoints: ['till', 'web'],
};

/** `authorization_details` as a retailer sends them. */
export const askedExample = [asked, { ...reported, since: 'P90D' }];

/** The same, read: categories expanded, defaults filled in. */
export const readExample = [
  {
    id: exampleIds.preferences,
    ...asked,
    attributes: ['contact.marketing', 'contact.service', 'size.footwear'],
    delivery: ['live'],
  },
  { id: exampleIds.interactions, ...reported, since: 'P90D', late_reporting: 'P3D' },
];

const expires_at = '2027-11-21T09:30:00.000Z';

/** What the customer gave of it. */
export const givenExample = [
  { ...readExample[0], attributes: ['size.footwear'], touchpoints: ['till'], expires_at },
  { ...readExample[1], since: '2026-08-23T09:30:00.000Z', expires_at },
];

const retailer = {
  id: exampleIds.retailer,
  name: 'Albatross Groceries',
  privacy_url: 'https://albatross.example/privacy',
};

const open = {
  id: exampleIds.request,
  status: 'open',
  use: 'standing',
  lifetime_days: 365,
  created_at: '2026-11-21T09:12:00.000Z',
  expires_at: '2026-12-05T09:12:00.000Z',
  decided_at: null,
};

const decided = { status: 'narrowed', decided_at: '2026-11-21T09:30:00.000Z' };

/** The request in the customer's list. */
export const requestExample = {
  ...open,
  origin: 'inbox',
  retailer,
  details: readExample,
  message: 'For the fitting that you asked for.',
  consent_id: null,
};

export const consentExample = {
  id: exampleIds.consent,
  version: 1,
  status: 'active',
  use: 'standing',
  retailer,
  details: givenExample,
  vocabulary_version: '1.0.0',
  given_at: '2026-11-21T09:30:00.000Z',
  expires_at,
  ended_at: null,
  reported_data: null,
};

export const withdrawnExample = {
  ...consentExample,
  version: 2,
  status: 'withdrawn',
  ended_at: '2026-12-01T17:45:00.000Z',
  reported_data: 'keep',
};

const versionExample = {
  version: 1,
  change: 'given',
  status: 'active',
  details: givenExample,
  expires_at,
  by: 'customer',
  at: '2026-11-21T09:30:00.000Z',
};

export const historyExample = { ...consentExample, versions: [versionExample] };

export const refusedExample = { ...requestExample, ...decided, status: 'refused' };

export const decidedExample = {
  request: { ...requestExample, ...decided, consent_id: exampleIds.consent },
  consent: consentExample,
};

/** The request as the retailer sees it, when it is made and once it is decided. */
export const inboxExample = { ...open, authorization_details: readExample, consent: null };

export const answeredExample = {
  ...inboxExample,
  ...decided,
  consent: {
    id: exampleIds.consent,
    subject: exampleIds.subject,
    version: 1,
    status: 'active',
    expires_at,
    authorization_details: givenExample,
  },
};

export const wordedExample = {
  ...requestExample,
  in_words: {
    title: {
      en: 'Albatross Groceries asks for your consent.',
      de: 'Albatross Groceries bittet um Ihre Einwilligung.',
    },
    incentive: 'Delivery is free for a year.',
    details: [
      {
        id: exampleIds.preferences,
        items: [
          {
            code: 'size.footwear',
            label: { en: 'Shoe size', de: 'Schuhgröße' },
            sentence: {
              en: 'Albatross Groceries may see what you have stated under “Shoe size”.',
              de: 'Albatross Groceries darf sehen, was Sie unter „Schuhgröße“ angegeben haben.',
            },
            standing: 'new',
          },
        ],
        purposes: [
          {
            code: 'dpv:ServicePersonalisation',
            label: { en: 'Personalising the service', de: 'Leistung anpassen' },
            sentence: {
              en: 'To serve you the way you like, in the store and online.',
              de: 'Um Sie im Laden und online so zu bedienen, wie Sie es mögen.',
            },
          },
        ],
        conditions: [
          { en: 'Only here: Till and Website.', de: 'Nur hier: Kasse und Website.' },
          { en: 'Only at this time: Shopping.', de: 'Nur zu dieser Zeit: Einkaufen.' },
          {
            en: 'Albatross Groceries may keep it for 30 days.',
            de: 'Albatross Groceries darf es 30 Tage lang behalten.',
          },
        ],
      },
    ],
    life: {
      en: 'This holds for 12 months, unless you end it before.',
      de: 'Das gilt 12 Monate lang, wenn Sie es nicht vorher beenden.',
    },
    ending: {
      en: 'You can end it whenever you like, and it ends at once.',
      de: 'Sie können es jederzeit beenden; dann endet es sofort.',
    },
    refusing: {
      en: 'If you refuse, Albatross Groceries gets nothing.',
      de: 'Wenn Sie ablehnen, erhält Albatross Groceries nichts.',
    },
  },
};
