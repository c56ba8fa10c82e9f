import { consentExample, exampleIds, givenExample, wordedExample } from './consent-examples.js';

/** What the API description shows of what becomes of a consent. */

const at = '2026-12-01T17:45:00.000Z';

/** A consent after a change, with its receipt. */
function after<Change extends { version: number }>(event: string, change: Change) {
  return {
    ...consentExample,
    ...change,
    receipt: {
      id: exampleIds.receipt,
      event,
      version: change.version,
      at,
      jws: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImNvbnNlbnQtcmVjZWlwdCtqd3QiLCJraWQiOiI…',
    },
  };
}

export const countsExample = { active: 1, paused: 0, withdrawn: 0, expired: 0 };

export const pausedExample = after('paused', { version: 2, status: 'paused', paused_at: at });

export const resumedExample = after('resumed', { version: 3 });

export const amendedExample = after('amended', { version: 2, details: givenExample.slice(0, 1) });

const later = '2027-12-01T17:45:00.000Z';

export const renewedExample = after('renewed', {
  version: 2,
  details: givenExample.map((line) => ({ ...line, expires_at: later })),
  expires_at: later,
});

export const withdrawnExample = after('withdrawn', {
  version: 2,
  status: 'withdrawn',
  ended_at: at,
  reported_data: 'keep',
});

export const bulkExample = {
  dry_run: false,
  changes: [{ change: 'withdrawn', consent: withdrawnExample }],
  called_off: [],
};

export const renewalExample = {
  expires_at: later,
  in_words: {
    ...wordedExample.in_words,
    title: {
      en: 'You let your consent to Albatross Groceries go on.',
      de: 'Sie lassen Ihre Einwilligung für Albatross Groceries weiterlaufen.',
    },
    details: wordedExample.in_words.details.map((detail) => ({
      ...detail,
      items: detail.items.map((item) => ({
        ...item,
        standing: 'longer',
        already: {
          en: 'You have allowed this until 21 November 2027. It would hold for longer.',
          de: 'Das haben Sie bis zum 21. November 2027 erlaubt. Es würde länger gelten.',
        },
      })),
    })),
    life: {
      en: 'This holds until 1 December 2027, unless you end it before.',
      de: 'Das gilt bis zum 1. Dezember 2027, wenn Sie es nicht vorher beenden.',
    },
    refusing: {
      en: 'If you do not renew it, it ends on 21 November 2027.',
      de: 'Wenn Sie nicht verlängern, endet es am 21. November 2027.',
    },
  },
  notices: {
    en: '9f2c4e1d7a60b85c3e1f0a97d4b2c6583a1e7f90c5d4b2a8e6f1037c9b5d2e48',
    de: '17b0d3c8e5f2a4961c7d0e8b3f5a2946d8c1b7e0f3a5926c4d8e1b7f0a3c5296',
  },
};
