import type { OpenAPIObject } from '@nestjs/swagger';

import { clientGrantTypes } from '../retailers/scopes.js';
import { engineRoutes } from './engine-routes.js';
import { devicePaths } from './oauth-device.openapi.js';
import { metadataPaths } from './oauth-metadata.openapi.js';
import { tokenStatusPaths } from './oauth-token-status.openapi.js';
import {
  clientAuthentication,
  consentParameters,
  detailsExample,
  form,
  json,
  oauthError,
  operation,
  page,
  sentBack,
  text,
  thatMayBeOverloaded,
  tooMany,
  unauthenticated,
} from './oauth-parts.openapi.js';

const dpop = {
  name: 'DPoP',
  in: 'header',
  description: 'A proof of the key to which the tokens are to be bound (RFC 9449, ES256), made for this request.',
  schema: { type: 'string' },
} as const;

const authorizationRequest = {
  response_type: { type: 'string', enum: ['code'] },
  client_id: { type: 'string', description: 'The id of your client.' },
  redirect_uri: text('One of your redirect URIs, exactly as it is registered.'),
  scope: text('What the tokens may do, separated by spaces.'),
  state: text('Comes back with the answer.'),
  nonce: text('Comes back in the ID token; with the scope openid only.'),
  code_challenge: text('SHA-256 of your code verifier, base64url (RFC 7636).'),
  code_challenge_method: { type: 'string', enum: ['S256'] },
  prompt: text(
    '`login` asks for the password again, `consent` asks again for what is given (so that it can be renewed), `none` asks nothing.',
  ),
  max_age: text('After how many seconds since their sign-in the customer signs in again; with the scope openid only.'),
  login_hint: text('The e-mail address to fill in.'),
  ui_locales: text('The languages of the pages, best first: en, de.'),
  ...consentParameters,
};

const tokenAnswer = {
  type: 'object',
  required: ['access_token', 'token_type', 'expires_in'],
  properties: {
    access_token: text('A JWT (RFC 9068), good for five minutes.'),
    token_type: { type: 'string', enum: ['DPoP', 'Bearer'] },
    expires_in: { type: 'integer' },
    scope: text('What it may do.'),
    refresh_token: text('Good until the consent ends. It stays the same, except for public clients without a key.'),
    id_token: text('With the scope openid.'),
    grant_id: text('The consent behind the tokens, for grant management. For clients that authenticate.'),
    authorization_details: {
      type: 'array',
      description: 'What the customer has given, which may be less than was asked for.',
      items: { type: 'object', additionalProperties: true },
    },
    ccx_max_reads_per_day: {
      type: 'integer',
      description: 'How often a day (in UTC) the customer lets you read them. Left out when they have set no limit.',
    },
  },
} as const;

const tokenExample = {
  access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9…',
  token_type: 'DPoP',
  expires_in: 300,
};

/** The OAuth endpoints, which belong to the engine and so have no controllers to be described by. */
export const oauthPaths: OpenAPIObject['paths'] = thatMayBeOverloaded({
  [engineRoutes.pushed_authorization_request]: {
    post: {
      ...operation,
      operationId: 'pushAuthorizationRequest',
      summary: 'Push an authorization request',
      description:
        'The first step to a customer’s consent (RFC 9126): say what you ask for, get a `request_uri` for the browser.',
      parameters: [dpop],
      requestBody: form(
        { ...authorizationRequest, ...clientAuthentication },
        [
          'response_type',
          'client_id',
          'redirect_uri',
          'code_challenge',
          'code_challenge_method',
          'authorization_details',
        ],
        {
          response_type: 'code',
          client_id: 'grocer-a-shop',
          redirect_uri: 'https://grocer-a.example/callback',
          scope: 'preferences.read interactions.write',
          state: 'af0ifjsldkj',
          code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
          code_challenge_method: 'S256',
          authorization_details: JSON.stringify([detailsExample]),
        },
      ),
      responses: {
        201: json(
          'Send the customer’s browser to `/oauth/authorize` with `client_id` and this `request_uri`, within a minute.',
          {
            type: 'object',
            required: ['request_uri', 'expires_in'],
            properties: { request_uri: { type: 'string' }, expires_in: { type: 'integer' } },
          },
          { request_uri: 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c', expires_in: 60 },
        ),
        400: oauthError('The request is refused.', {
          error: 'invalid_authorization_details',
          error_description: 'The authorization details have faults: /authorization_details/0/purposes is required.',
        }),
        401: unauthenticated,
        429: tooMany,
      },
    },
  },
  [engineRoutes.authorization]: {
    get: {
      ...operation,
      operationId: 'authorize',
      summary: 'Send a customer here to decide',
      description:
        'For the customer’s browser. It leads through sign-in and consent, and back to your `redirect_uri` with `code`, ' +
        '`state` and `iss`, or with `error` (`access_denied` when the customer refuses). Without pushing first, which ' +
        'only a development service allows to public clients, the parameters of the request are sent here.',
      parameters: [
        { name: 'client_id', in: 'query', required: true, schema: { type: 'string' }, example: 'grocer-a-shop' },
        {
          name: 'request_uri',
          in: 'query',
          description: 'From the pushed request.',
          schema: { type: 'string' },
          example: 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c',
        },
      ],
      responses: {
        303: sentBack,
        400: page('The request cannot be answered by sending the browser back; the page says why.'),
        429: tooMany,
      },
    },
  },
  [engineRoutes.token]: {
    post: {
      ...operation,
      operationId: 'createToken',
      summary: 'Get tokens',
      description:
        'With a code (good once, for a minute), a device’s code, a refresh token, or your client’s own credentials. A ' +
        'code that is shown again ends all tokens of your client under that consent. A token request may narrow what ' +
        'the access token is good for: send `authorization_details` with a part of what was given, in fewer attributes, ' +
        'event types, purposes, touchpoints or stages. For a device’s code the errors `authorization_pending` and ' +
        '`slow_down` (wait five seconds more) say to ask again; `access_denied` and `expired_token` are final.',
      parameters: [dpop],
      requestBody: form(
        {
          grant_type: { type: 'string', enum: [...clientGrantTypes] },
          code: text('The code from the redirect.'),
          code_verifier: text('What the code challenge was made of.'),
          redirect_uri: text('The one of the authorization request.'),
          device_code: text('The one that the device was given.'),
          refresh_token: text('From an earlier answer.'),
          scope: text('For client_credentials; with a refresh token, fewer scopes than before.'),
          authorization_details: text('JSON: a part of what was given, and the access token is good for no more.'),
          resource: text('The issuer. May be left out.'),
          ...clientAuthentication,
        },
        ['grant_type'],
        {
          grant_type: 'authorization_code',
          code: 'SplxlOBeZQQYbYS6WxSbIA',
          code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
          redirect_uri: 'https://grocer-a.example/callback',
        },
      ),
      responses: {
        200: json('The tokens.', tokenAnswer, {
          ...tokenExample,
          scope: 'preferences.read',
          refresh_token: '8xLOxBtZp8',
          grant_id: '01995f9e-6a3c-7c4e-9a52-3f0d8f1f2b61',
          authorization_details: [detailsExample],
          ccx_max_reads_per_day: 20,
        }),
        400: oauthError('No tokens: the code, the refresh token or the request is not good.', {
          error: 'invalid_grant',
          error_description: 'grant request is invalid',
        }),
        401: unauthenticated,
        429: tooMany,
      },
    },
  },
  ...tokenStatusPaths,
  ...devicePaths,
  ...metadataPaths,
});
