import type { NewRetailer } from '../../retailers/admissions.service.js';
import type { NewClient } from '../../retailers/clients.service.js';
import type { Config } from '../../platform/config/config.js';
import type { TouchpointMenu } from '../../retailers/menu-rules.js';
import { retailerScopes } from '../../retailers/scopes.js';
import { menuOfGrocers } from './menu.js';

export interface Shop {
  readonly retailer: NewRetailer;
  /** What its touchpoints can honour. */
  readonly menu: readonly TouchpointMenu[];
  readonly clients: readonly ShopClient[];
}

export type ShopClient = NewClient & { readonly id: string };

/** Where `ccx authorize` waits for the browser. */
const LOOPBACK_REDIRECT = 'http://127.0.0.1:8976/callback';

/** Two grocers, so that a customer can switch from one to the other, with the clients that the profile admits. */
export function shops({ OAUTH_PROFILE, issuer }: Pick<Config, 'OAUTH_PROFILE' | 'issuer'>): Shop[] {
  const inDevelopment = OAUTH_PROFILE === 'development';
  const signing = (id: string, name: string, website: string): ShopClient => ({
    id,
    name,
    authMethod: 'private_key_jwt',
    scopes: [...retailerScopes],
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    redirectUris: [`${website}/ccx/callback`, ...(inDevelopment ? [LOOPBACK_REDIRECT] : [])],
  });
  const albatross = grocer('Albatross Groceries', 'https://albatross.example', 'GB');
  const thistle = grocer('Thistle Market', 'https://thistle.example', 'IE');
  return [
    {
      retailer: { ...albatross, incentive: 'Two per cent back on every shop that you let us learn from.' },
      menu: menuOfGrocers,
      clients: [
        signing('albatross', 'Albatross', albatross.website),
        ...(inDevelopment ? [withSecret, docsClient(issuer)] : []),
      ],
    },
    { retailer: thistle, menu: menuOfGrocers, clients: [signing('thistle', 'Thistle', thistle.website)] },
  ];
}

/** For a first try with nothing but curl: a secret, and tokens that are bound to no key. */
const withSecret: ShopClient = {
  id: 'albatross-simple',
  name: 'Albatross, first steps',
  authMethod: 'client_secret_basic',
  bearer: true,
  scopes: [
    'preferences.read',
    'interactions.write',
    'interactions.read',
    'consents.read',
    'consents.request',
    'retailer.manage',
  ],
  grantTypes: ['client_credentials'],
};

/** The page at /docs, which signs in as this client. */
function docsClient(issuer: string): ShopClient {
  return {
    id: 'ccx-docs',
    name: 'API description',
    authMethod: 'none',
    bearer: true,
    // Grant management is for clients that authenticate.
    scopes: retailerScopes.filter((scope) => !scope.startsWith('grant_management_')),
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: [`${issuer}/docs/oauth2-redirect.html`],
  };
}

function grocer(name: string, website: string, country: string): NewRetailer {
  return {
    name,
    legalName: `${name} Ltd`,
    country,
    website,
    privacyUrl: `${website}/privacy`,
    sectors: ['grocery'],
    touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'app', 'email', 'pickup', 'returns'],
  };
}
