import type { OpenAPIObject } from '@nestjs/swagger';

import type { AccessRule } from '../platform/http/access.js';
import type { DocumentedRoute } from './routes.js';

type SecuritySchemes = NonNullable<NonNullable<OpenAPIObject['components']>['securitySchemes']>;

/** What the scopes of retailers' tokens allow, as their customers and developers read it. */
const scopeDescriptions: Readonly<Record<string, string>> = {
  openid: 'Know the customer by an identifier of this retailer’s own',
  offline_access: 'Refresh tokens while the consent lasts',
  'preferences.read': 'Read the preferences that consents cover',
  'preferences.propose': 'Propose preferences, which the customer accepts or refuses',
  'interactions.write': 'Report interactions',
  'interactions.read': 'Read back the interactions that were reported',
  'consents.read': 'See the state of consents',
  'consents.request': 'Ask customers for a consent while they are not there',
  'retailer.manage': 'Keep what the retailer publishes about itself, such as its touchpoint menu',
  grant_management_query: 'See what a consent token covers',
  grant_management_revoke: 'Give a consent back',
};

/** What means something only where a customer has signed in. */
const ofCustomers: readonly string[] = ['openid', 'offline_access', 'preferences.propose'];

/** How callers authenticate. Scopes of routes that are not described above are added by their name. */
export function securitySchemes(routes: readonly DocumentedRoute[]): SecuritySchemes {
  const ofRetailers = routes.flatMap(({ traits: { access } }) =>
    access?.audience === 'retailer' ? access.scopes : [],
  );
  const scopes = { ...Object.fromEntries(ofRetailers.map((scope) => [scope, scope])), ...scopeDescriptions };
  return {
    sessionToken: {
      type: 'http',
      scheme: 'bearer',
      description:
        'A customer’s session token (`ccx_st_…`, from `POST /v1/sessions`) or personal token (`ccx_pt_…`, from ' +
        '`POST /v1/me/tokens`), which has the named scopes only. A session has all of them.',
    },
    staffToken: {
      type: 'http',
      scheme: 'bearer',
      description: 'The session token of an operator or auditor, from `POST /v1/staff/sessions`.',
    },
    oauth2: {
      type: 'oauth2',
      description:
        'A retailer’s access token, for five minutes. Tokens are bound to a key: send `Authorization: DPoP <token>` ' +
        'with a `DPoP` proof of that key for each request (RFC 9449, ES256). Clients authenticate with ' +
        '`private_key_jwt`; authorization requests are pushed (RFC 9126) and carry PKCE and `authorization_details` ' +
        '(RFC 9396). A development service also takes client secrets and bearer tokens.',
      flows: {
        authorizationCode: {
          authorizationUrl: '/oauth/authorize',
          tokenUrl: '/oauth/token',
          refreshUrl: '/oauth/token',
          scopes,
        },
        clientCredentials: { tokenUrl: '/oauth/token', scopes: withoutCustomers(scopes) },
      },
    },
  };
}

function withoutCustomers(scopes: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(scopes).filter(([scope]) => !ofCustomers.includes(scope)));
}

/** What a route asks of its caller. */
export function securityOf({ audience, scopes }: AccessRule): Record<string, string[]>[] {
  switch (audience) {
    case 'public':
      return [];
    case 'customer':
      return [{ sessionToken: [...scopes] }];
    case 'retailer':
      return [{ oauth2: [...scopes] }];
    case 'auditor':
    case 'operator':
      return [{ staffToken: [audience] }];
    case 'staff':
      return [{ staffToken: [] }];
  }
}
