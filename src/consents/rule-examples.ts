/** What the API description shows of standing rules. */

export const ruleId = '019aa7d3-41c0-7f25-b6a8-90d3e1c4f712';

const groceries = {
  name: 'Substitutions for grocers',
  effect: 'allow',
  when: { sectors: ['grocery'], attributes: ['fulfilment.substitution'], purposes: ['dpv:DeliveryOfGoods'] },
  lifetime_days: 30,
  enabled: true,
};

const sharing = {
  name: 'Nothing to third parties',
  effect: 'refuse',
  when: { third_party_sharing: true },
  enabled: true,
};

const times = { created_at: '2026-11-21T10:00:00.000Z', updated_at: '2026-11-21T10:00:00.000Z' };

export const ruleExample = { id: ruleId, ...groceries, version: 1, ...times };

export const refusingRuleExample = {
  id: '019aa7d3-9b04-7c3e-8d11-2a7f5c60be49',
  ...sharing,
  lifetime_days: null,
  version: 1,
  ...times,
};

export const switchedOffExample = {
  ...ruleExample,
  enabled: false,
  version: 2,
  updated_at: '2026-11-24T08:30:00.000Z',
};

/** Bodies, by what they show. */
export const ruleBodies = {
  allow: { summary: 'Any grocer may read substitutions for deliveries, for 30 days', value: groceries },
  refuse: { summary: 'Always refuse what is passed on to third parties', value: sharing },
};
