import type { OpenAPIObject } from '@nestjs/swagger';

import { detailTypes } from '../consents/detail.js';
import { engineRoutes } from './engine-routes.js';
import { json, operation } from './oauth-parts.openapi.js';

const jsonWebKeys = {
  type: 'object',
  required: ['keys'],
  properties: { keys: { type: 'array', items: { type: 'object', additionalProperties: true } } },
} as const;

const metadata = { type: 'object', required: ['issuer'], additionalProperties: true } as const;
const metadataExample = {
  issuer: 'https://ccx.example',
  pushed_authorization_request_endpoint: 'https://ccx.example/oauth/par',
  authorization_endpoint: 'https://ccx.example/oauth/authorize',
  token_endpoint: 'https://ccx.example/oauth/token',
  require_pushed_authorization_requests: true,
  dpop_signing_alg_values_supported: ['ES256'],
  device_authorization_endpoint: 'https://ccx.example/oauth/device_authorization',
  authorization_details_types_supported: [...detailTypes],
  grant_management_endpoint: 'https://ccx.example/oauth/grants',
  grant_management_actions_supported: ['create', 'merge', 'replace', 'query', 'revoke'],
  grant_management_action_required: false,
  protected_resources: ['https://ccx.example'],
};

/** What clients read of the OAuth service before they use it. */
export const metadataPaths: OpenAPIObject['paths'] = {
  [engineRoutes.jwks]: {
    get: {
      ...operation,
      operationId: 'getSigningKeys',
      summary: 'The keys that sign tokens and receipts',
      responses: {
        200: json(
          'Public keys (RFC 7517). Each is here before it is used, those of tokens for as long as these live, those of ' +
            'receipts for ever. One that is `revoked` may have leaked: its signature alone proves nothing.',
          jsonWebKeys,
          { keys: [{ kty: 'EC', crv: 'P-256', kid: 'PDjqlslWMt2', alg: 'ES256', use: 'sig', x: 'f83O…', y: 'x_FE…' }] },
          'application/jwk-set+json',
        ),
      },
    },
  },
  '/.well-known/oauth-authorization-server': {
    get: {
      ...operation,
      operationId: 'getAuthorizationServerMetadata',
      summary: 'Where everything is (RFC 8414)',
      responses: { 200: json('The metadata.', metadata, metadataExample) },
    },
  },
  '/.well-known/openid-configuration': {
    get: {
      ...operation,
      operationId: 'getOpenIdConfiguration',
      summary: 'The same for clients of OpenID Connect',
      responses: { 200: json('The metadata.', metadata, metadataExample) },
    },
  },
};
