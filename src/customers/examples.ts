/** Examples that several operations show in the API description. */
export const customerId = '019a9c3e-7f10-7c41-9d2b-5a6f0f3b8e21';
export const sessionId = '019a9c3e-7f22-7b1d-8a52-3c0b6f9d1e77';
export const tokenId = '019a9c41-0b3c-7e55-b6aa-f1d20c7e9a03';

export const sessionToken = 'ccx_st_AZqcPn8QfEGdK1pvDzuOIWJx0n5mQ2vY8sT4uWcE1rKfH7zLpA9dBgX3iNoVkM6y';
export const personalToken = 'ccx_pt_AZqcPn8QfEGdK1pvDzuOIdYv2Lr8sQ0bT6nJ4xWmE9kCfH1zPpA7gBuX5iRoVaN3';

export const recoveryCodes = ['7Q2M-9FXA-K41T-0B8Z', 'D3WN-6PRC-2HJ8-XK5V'];

export const issuedSession = { id: sessionId, token: sessionToken, expires_at: '2026-12-22T09:30:00.000Z' };

export const profile = {
  customer_id: customerId,
  email: 'mira@example.org',
  display_name: 'Mira',
  language: 'de',
  created_at: '2026-11-22T09:30:00.000Z',
  updated_at: '2026-11-22T09:30:00.000Z',
};

export const passkey = {
  id: '019a9c44-2d5e-7a10-9b0c-7e1f3a5c8d42',
  name: 'Phone',
  synced: true,
  created_at: '2026-11-22T09:36:00.000Z',
  last_used_at: null,
};

export const delegationInvitation = 'ccx_dl_AZqcPn8QfEGdK1pvDzuOIc4Rt9mLw2vYxT6nJ8qWbE1kSfH3zPpU7gBuD5iRoVaN';

export const delegationExample = {
  id: '019a9c50-3d6a-7c2e-8f41-2b9d7e5a1c60',
  role: 'giver',
  name: 'Anna, who does the shopping',
  status: 'offered',
  scopes: ['preferences.read', 'preferences.write'],
  attributes: ['food.allergen', 'fulfilment', 'size'],
  offered_at: '2026-11-22T09:40:00.000Z',
  invitation_expires_at: '2026-11-29T09:40:00.000Z',
  accepted_at: null,
  accepted_by: null,
  expires_at: '2027-05-22T00:00:00.000Z',
  ended_at: null,
  ended_by: null,
};

export const heldDelegationExample = {
  ...delegationExample,
  role: 'delegate',
  name: 'Mira',
  status: 'active',
  invitation_expires_at: null,
  accepted_at: '2026-11-22T18:05:00.000Z',
};
