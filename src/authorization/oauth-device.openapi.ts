import type { OpenAPIObject } from '@nestjs/swagger';

import { POLL_EVERY_SECONDS } from './device-codes.js';
import { engineRoutes } from './engine-routes.js';
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
  tooMany,
  unauthenticated,
} from './oauth-parts.openapi.js';

const codes = {
  type: 'object',
  required: ['device_code', 'user_code', 'verification_uri', 'verification_uri_complete', 'expires_in', 'interval'],
  properties: {
    device_code: text('With this the device asks for tokens. It is never shown.'),
    user_code: text('What the device shows and the customer types.'),
    verification_uri: text('Where they type it.'),
    verification_uri_complete: text('The same with the code filled in, for an image that a phone reads.'),
    expires_in: { type: 'integer', description: 'For how many seconds both codes are good.' },
    interval: { type: 'integer', description: 'How many seconds to wait between two token requests.' },
  },
} as const;

const codeForm = {
  user_code: text('The code, in capitals or not, with or without its dash.'),
  xsrf: text('What the page was made with.'),
  confirm: text('Present when the customer has compared the code: go on.'),
  abort: text('Present when the customer stops here.'),
};

const tooManyCodes = {
  ...tooMany,
  description: 'Too many codes have been typed, or too many requests sent, from this address.',
  content: { 'text/html': { schema: { type: 'string' } }, ...(tooMany as { content: object }).content },
} as typeof tooMany;

/** How a device without a browser, such as a till or a kiosk, asks the customer who stands before it (RFC 8628). */
export const devicePaths: OpenAPIObject['paths'] = {
  [engineRoutes.device_authorization]: {
    post: {
      ...operation,
      operationId: 'authorizeDevice',
      summary: 'Begin at a till or kiosk',
      description:
        'For clients that are registered with the grant type `urn:ietf:params:oauth:grant-type:device_code`, which takes ' +
        '`private_key_jwt` and access tokens that are bound to a key (RFC 8628). Show `user_code` and `verification_uri`, ' +
        'or `verification_uri_complete` as an image, and ask for tokens every `interval` seconds. The customer sees ' +
        'who asks and what for, compares the code, signs in and decides. Details are checked here; those of the type ' +
        '`ccx_preferences_special` and `ccx_interactions_special` are refused. This grant is outside FAPI 2.0, which has no place for it: whoever ' +
        'sends a customer a code of their own can try to pass off their request as somebody else’s. Use it only ' +
        'where a device has no browser.',
      requestBody: form(
        { scope: text('What the tokens may do, separated by spaces.'), ...consentParameters, ...clientAuthentication },
        ['authorization_details'],
        {
          scope: 'preferences.read',
          authorization_details: JSON.stringify([{ ...detailsExample, touchpoints: ['till'] }]),
        },
      ),
      responses: {
        200: json('The codes.', codes, {
          device_code: '4-nkMTVBLEPaYkzRVcKcjwHMdQWpEP3X9oWY9JsGbUe',
          user_code: 'WDJB-MJHT',
          verification_uri: 'https://ccx.example/oauth/device',
          verification_uri_complete: 'https://ccx.example/oauth/device?user_code=WDJB-MJHT',
          expires_in: 600,
          interval: POLL_EVERY_SECONDS,
        }),
        400: oauthError('The request is refused.', {
          error: 'invalid_authorization_details',
          error_description: 'what is special cannot be asked for by a device',
        }),
        401: unauthenticated,
        429: tooMany,
      },
    },
  },
  [engineRoutes.code_verification]: {
    get: {
      ...operation,
      operationId: 'enterDeviceCode',
      summary: 'Where a customer types the code of a device',
      description: 'A page for the customer’s own browser.',
      parameters: [
        {
          name: 'user_code',
          in: 'query',
          description: 'The code to fill in. Nothing happens before the customer has sent it off.',
          schema: { type: 'string' },
          example: 'WDJB-MJHT',
        },
      ],
      responses: { 200: page('The page.'), 429: tooMany },
    },
    post: {
      ...operation,
      operationId: 'confirmDeviceCode',
      summary: 'What the page of the code sends',
      description:
        'First the code alone: the answer says who asks and what for. Then the code with the customer’s answer. ' +
        'Sixty codes in a quarter of an hour may be typed from one address.',
      requestBody: form(codeForm, ['user_code', 'xsrf'], { user_code: 'WDJB-MJHT', xsrf: '9f86d081884c7d65' }),
      responses: {
        200: page('What the code stands for; or, the customer having stopped, that nothing was shared.'),
        303: sentBack,
        400: page('The form was not made by this page, or not for this code.'),
        422: page('There is no such code, or it is too old or has been used. The page asks again.'),
        429: tooManyCodes,
      },
    },
  },
};
