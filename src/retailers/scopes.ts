/** What a retailer's client may be allowed to ask for. */
export const retailerScopes = [
  'openid',
  'offline_access',
  'preferences.read',
  'preferences.propose',
  'interactions.write',
  'interactions.read',
  'consents.read',
  'consents.request',
  'retailer.manage',
  'grant_management_query',
  'grant_management_revoke',
] as const;

export type RetailerScope = (typeof retailerScopes)[number];

/** For devices without a browser, such as tills and kiosks (RFC 8628). */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** The ways in which a client may get tokens. */
export const clientGrantTypes = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT] as const;

export type ClientGrantType = (typeof clientGrantTypes)[number];
