import type { OpenAPIObject } from '@nestjs/swagger';

import { engineRoutes } from './engine-routes.js';
import {
  clientAuthentication,
  detailsExample,
  form,
  json,
  oauthError,
  operation,
  text,
  tooMany,
  unauthenticated,
} from './oauth-parts.openapi.js';

const tokenTypeHint = { token_type_hint: { type: 'string', enum: ['access_token', 'refresh_token'] } } as const;

/** What a client asks of tokens that there are: to end them, or what they are good for. */
export const tokenStatusPaths: OpenAPIObject['paths'] = {
  [engineRoutes.revocation]: {
    post: {
      ...operation,
      operationId: 'revokeToken',
      summary: 'Give tokens back',
      description:
        'Ends all tokens that your client has under the consent of this token (RFC 7009). The consent stays. Tokens ' +
        'without a customer cannot be revoked; they end within five minutes.',
      requestBody: form(
        { token: text('An access or refresh token.'), ...tokenTypeHint, ...clientAuthentication },
        ['token'],
        {
          token: '8xLOxBtZp8',
        },
      ),
      responses: {
        200: { description: 'It is not good any more, if it ever was.' },
        400: oauthError('It cannot be revoked.', {
          error: 'unsupported_token_type',
          error_description: 'unsupported token type was provided',
        }),
        401: unauthenticated,
        429: tooMany,
      },
    },
  },
  [engineRoutes.introspection]: {
    post: {
      ...operation,
      operationId: 'introspectToken',
      summary: 'Ask what a token is good for',
      description: 'For tokens of your own retailer (RFC 7662). Those of a paused or ended consent are not active.',
      requestBody: form(
        { token: text('An access or refresh token.'), ...tokenTypeHint, ...clientAuthentication },
        ['token'],
        {
          token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9…',
        },
      ),
      responses: {
        200: json(
          'What is known of it.',
          {
            type: 'object',
            required: ['active'],
            properties: { active: { type: 'boolean' } },
            additionalProperties: true,
          },
          {
            active: true,
            client_id: 'grocer-a-shop',
            scope: 'preferences.read',
            token_type: 'DPoP',
            exp: 1795307497,
            consent_id: '01995f9e-6a3c-7c4e-9a52-3f0d8f1f2b61',
            authorization_details: [detailsExample],
          },
        ),
        400: oauthError('The request is refused.', {
          error: 'invalid_request',
          error_description: "missing required parameter(s) 'token'",
        }),
        401: unauthenticated,
        429: tooMany,
      },
    },
  },
};
