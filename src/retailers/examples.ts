/** Examples that several operations show in the API description. */
export const publicRetailer = {
  id: '019a9c3e-7c00-7000-8000-00000000a1b2',
  name: 'Albatross Groceries',
  legal_name: 'Albatross Groceries Ltd',
  country: 'GB',
  website: 'https://albatross.example',
  privacy_url: 'https://albatross.example/privacy',
  incentive: 'Two per cent back on every shop that you let us learn from.',
  sectors: ['grocery'],
  touchpoints: ['till', 'web', 'app', 'call_centre'],
};

export const pendingRetailer = {
  ...publicRetailer,
  status: 'pending',
  created_at: '2026-11-02T09:00:00.000Z',
  approved_at: null,
  suspended_at: null,
};

export const activeRetailer = { ...pendingRetailer, status: 'active', approved_at: '2026-11-02T10:30:00.000Z' };

export const suspendedRetailer = {
  ...activeRetailer,
  status: 'suspended',
  suspended_at: '2026-11-20T08:15:00.000Z',
};

export const jwks = {
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      kid: 'till-2026',
      alg: 'ES256',
      use: 'sig',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
  ],
};

export const client = {
  client_id: '019a9c40-1d00-7000-8000-00000000c3d4',
  retailer_id: publicRetailer.id,
  client_name: 'Tills',
  status: 'active',
  token_endpoint_auth_method: 'private_key_jwt',
  jwks,
  redirect_uris: ['https://albatross.example/ccx/callback'],
  initiate_login_uri: null,
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  scopes: ['openid', 'offline_access', 'preferences.read', 'interactions.write'],
  touchpoints: ['till'],
  source_prefixes: [],
  dpop_bound_access_tokens: true,
  created_at: '2026-11-02T10:45:00.000Z',
  updated_at: '2026-11-02T10:45:00.000Z',
};

/** A page that is the only one. */
export const onePage = <T>(item: T): { items: T[]; next_cursor: null } => ({ items: [item], next_cursor: null });

export const menuExample = {
  touchpoints: [
    {
      touchpoint: 'till',
      published: true,
      attributes: [
        {
          attribute: 'language.spoken',
          does: { en: 'We greet you in this language.', de: 'Wir begrüßen Sie in dieser Sprache.' },
        },
        { attribute: 'receipt.delivery', does: { en: 'We print your receipt, or send it instead.' } },
      ],
    },
    {
      touchpoint: 'web',
      published: true,
      attributes: [{ attribute: 'size.footwear', does: { en: 'We show what we have in your size.' } }],
    },
  ],
};
