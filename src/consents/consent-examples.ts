/** What the API description shows: one request, and what became of it. */

export const exampleIds = {
  request: '019aa7c2-5d10-7a3c-9e41-6b0d2f8e1a55',
  consent: '019aa7c9-0b72-7e18-8c55-2f4a9d7b3c01',
  retailer: '019aa6a0-7c00-7000-8000-00000000a1b2',
  preferences: '019aa7c2-5d11-7b60-a4d2-0c9e5f713b28',
  interactions: '019aa7c2-5d12-7c41-b9f3-51e7a2d6c804',
  receipt: '019aa7c9-0b73-7d02-9f1e-84c6b1a5d377',
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

/** By which what was shown is kept. */
export const noticeHashExample = '9f2c4e1d7a60b85c3e1f0a97d4b2c6583a1e7f90c5d4b2a8e6f1037c9b5d2e48';

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
  max_reads_per_day: null,
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
  action: 'merge',
  details: readExample,
  struck: [],
  message: 'For the fitting that you asked for.',
  consent_id: null,
  decided_by_rule: null,
  pre_approval: null,
  shown_at: null,
};

export const consentExample = {
  id: exampleIds.consent,
  version: 1,
  status: 'active',
  use: 'standing',
  retailer,
  details: givenExample,
  max_reads_per_day: null,
  vocabulary_version: '1.2.0',
  given_at: '2026-11-21T09:30:00.000Z',
  expires_at,
  reminder: null,
  paused_at: null,
  ended_at: null,
  reported_data: null,
};

const versionExample = {
  version: 1,
  change: 'given',
  status: 'active',
  details: givenExample,
  max_reads_per_day: null,
  expires_at,
  notice: '9f2c4e1d7a60b85c3e1f0a97d4b2c6583a1e7f90c5d4b2a8e6f1037c9b5d2e48',
  by: 'customer',
  delegation: null,
  rule: null,
  at: '2026-11-21T09:30:00.000Z',
};

export const historyExample = { ...consentExample, versions: [versionExample] };

const receipt = {
  id: exampleIds.receipt,
  event: 'given',
  version: 1,
  at: decided.decided_at,
  jws: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImNvbnNlbnQtcmVjZWlwdCtqd3QiLCJraWQiOiI…',
};

export const refusedExample = {
  ...requestExample,
  ...decided,
  status: 'refused',
  receipt: { ...receipt, event: 'refused', version: null },
};

export const decidedExample = {
  request: { ...requestExample, ...decided, consent_id: exampleIds.consent },
  consent: { ...consentExample, receipt },
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
    max_reads_per_day: null,
    authorization_details: givenExample,
  },
};

export const wordedExample = {
  ...requestExample,
  shown_at: '2026-11-21T09:28:00.000Z',
  notices: {
    en: noticeHashExample,
    de: '17b0d3c8e5f2a4961c7d0e8b3f5a2946d8c1b7e0f3a5926c4d8e1b7f0a3c5296',
  },
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
            already: null,
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
    removed: [],
    statement: null,
    life: {
      en: 'This holds for 12 months, unless you end it before.',
      de: 'Das gilt 12 Monate lang, wenn Sie es nicht vorher beenden.',
    },
    ending: {
      en: 'You can end it whenever you like, and it ends at once.',
      de: 'Sie können es jederzeit beenden; dann endet es sofort.',
    },
    refusing: {
      en: 'If you refuse, Albatross Groceries gets nothing of this.',
      de: 'Wenn Sie ablehnen, erhält Albatross Groceries nichts davon.',
    },
  },
};

/** One line of a notice, as it is kept. */
export const preferencesNoticeExample = {
  id: exampleIds.preferences,
  type: 'ccx_preferences',
  items: [
    {
      code: 'size.footwear',
      label: 'Shoe size',
      sentence: 'Albatross Groceries may see what you have stated under “Shoe size”.',
      standing: 'new',
      already: null,
    },
  ],
  purposes: [
    {
      code: 'dpv:ServicePersonalisation',
      label: 'Personalising the service',
      sentence: 'To serve you the way you like, in the store and online.',
    },
  ],
  touchpoints: [{ code: 'till', label: 'Till' }],
  conditions: ['Only here: Till.', 'Albatross Groceries may keep it for 30 days.'],
};

/** A receipt, as its two holders get it. */
export const receiptExample = {
  id: exampleIds.receipt,
  event: 'given',
  version: 1,
  at: '2026-11-21T09:30:00.000Z',
  jws: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImNvbnNlbnQtcmVjZWlwdCtqd3QiLCJraWQiOiJ4In0.eyJpc3MiOiJodHRwczovL2NjeC5leGFtcGxlIn0.c2lnbmF0dXJl',
};
