const id = '0199e6a0-4d55-7b3a-9c21-5f0a7d3c1b42';

export const settingsExample = {
  enabled: true,
  enabled_at: '2026-11-01T09:30:00.000Z',
  never: ['category.interest'],
  time_zone: 'Europe/Berlin',
};

const counted = {
  k: 9,
  n: 10,
  days: 10,
  since: '2026-03-03',
  until: '2026-11-20',
  mean: 0.79,
  probability: 0.96,
  threshold: 0.6,
  base: 0.2,
};

export const suggestionExample = {
  id,
  rule: 'receipt',
  status: 'open',
  explanation: {
    en: 'On 9 of 10 days of shopping since 3 March 2026 your receipt was by e-mail.',
    de: 'An 9 von 10 Einkaufstagen seit dem 3. März 2026 war Ihr Kassenbon per E-Mail.',
  },
  preference: {
    attribute: 'receipt.delivery',
    value: { form: 'email' },
    strength: 'want',
    applies_to: { level: 'everyone' },
  },
  counted,
  holds: true,
  suggested_at: '2026-11-21T05:00:00.000Z',
  decided_at: null,
  rests_until: null,
  preference_id: null,
};

export const decidedExample = (status: 'accepted' | 'refused') => ({
  ...suggestionExample,
  status,
  decided_at: '2026-11-22T09:30:00.000Z',
  rests_until: '2027-05-21T09:30:00.000Z',
  preference_id: status === 'accepted' ? '0199e6a0-7a10-7c55-8d02-1b6d0c9e4a77' : null,
});

export const evidenceExample = {
  ...suggestionExample,
  evidence: [
    {
      id: '0199e6a0-5f00-7e0a-b1c2-93f6d0a41e55',
      href: '/v1/me/interactions/0199e6a0-5f00-7e0a-b1c2-93f6d0a41e55',
      type: 'transaction.completed',
      touchpoint: 'till',
      occurred_at: '2026-11-20T17:05:00.000Z',
      retailer: { id: '0199e6a0-1111-7e0a-b1c2-93f6d0a41e55', name: 'Green Grocer' },
    },
  ],
};

export const candidatesExample = {
  items: [
    {
      rule: 'brand_kind',
      attribute: 'brand.kind',
      group: 'milk',
      value: 'store',
      ...counted,
      k: 4,
      n: 5,
      days: 5,
      probability: 0.71,
      threshold: 0.5,
      suggest: false,
      lacks: ['confidence'],
    },
  ],
  next_cursor: null,
  complete: true,
  priors: id,
};

export const priorsExample = {
  version: id,
  fitted_at: '2026-11-22T03:00:00.000Z',
  customers: 1840,
  items: [{ rule: 'brand_kind', group: 'milk', value: 'store', a: 0.9, b: 1.3, base_rate: 0.41, customers: 1210 }],
  next_cursor: null,
};

export const fitExample = {
  id,
  kind: 'suggestion-priors',
  status: 'succeeded',
  progress: { done: 1840, total: 1840 },
  result: { version: id, customers: 1840, cells: 412 },
  errors: [],
  created_at: '2026-11-22T03:00:00.000Z',
  started_at: '2026-11-22T03:00:00.250Z',
  finished_at: '2026-11-22T03:00:21.000Z',
};
