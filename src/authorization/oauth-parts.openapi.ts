import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;
type Responses = Operation['responses'];
type RequestBody = NonNullable<Operation['requestBody']>;
type Schema = Readonly<Record<string, unknown>>;

/** What all endpoints have in common. Clients authenticate in the body, which no security scheme describes. */
export const operation = { tags: ['OAuth'], security: [] };

export const detailsExample = {
  type: 'ccx_preferences',
  attributes: ['size.footwear', 'contact'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
  retention: 'P30D',
};

export function text(description: string): Schema {
  return { type: 'string', description };
}

/** How a client says who it is. A secret is sent as Basic authentication, on development services only. */
export const clientAuthentication: Readonly<Record<string, Schema>> = {
  client_assertion_type: { type: 'string', enum: ['urn:ietf:params:oauth:client-assertion-type:jwt-bearer'] },
  client_assertion: text(
    'A JWT signed with your key (RFC 7523, ES256): `iss` and `sub` are your client id, `aud` is the issuer, `jti` is new, `exp` is at most ten minutes ahead.',
  ),
};

/** What every request that leads to a customer may say. */
export const consentParameters: Readonly<Record<string, Schema>> = {
  authorization_details: text(
    'JSON (RFC 9396): what the customer is asked for. Types ccx_preferences, ccx_preferences_special, ' +
      'ccx_interactions and ccx_interactions_special; each special line is shown and decided by itself.',
  ),
  ccx_use: { type: 'string', enum: ['standing', 'once'], default: 'standing' },
  ccx_lifetime_days: {
    type: 'string',
    description: 'For how many days you ask: 365 unless said otherwise, at most 366; for `once` 1, and at most 7.',
  },
  ccx_max_reads_per_day: text('How often a day you will read at most. Left out, a limit that stands stays.'),
  grant_management_action: {
    type: 'string',
    enum: ['create', 'merge', 'replace'],
    description:
      'What becomes of what the customer has given (Grant Management for OAuth 2.0, draft 03): `merge` adds to the ' +
      'grant that `grant_id` names, `replace` puts what is given now in its place. Your refresh tokens from before ' +
      'end with either, once the customer has agreed. A retailer has one standing consent of a customer at most: ' +
      '`create`, like a request that says nothing, adds to it where there is one, and `grant_id` in the token answer ' +
      'says which it is. For clients that authenticate.',
  },
  grant_id: text(
    'The grant to change, as a token answer named it. It must be the standing consent of the customer who signs in.',
  ),
  resource: text('The issuer, which is the only resource there is. May be left out.'),
};

export function form(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  example: object,
): RequestBody {
  const schema = { type: 'object', required: [...required], properties, additionalProperties: true };
  return { required: true, content: { 'application/x-www-form-urlencoded': { schema, example } } };
}

export function json(
  description: string,
  schema: Schema,
  example: unknown,
  contentType = 'application/json',
): Responses[string] {
  return { description, content: { [contentType]: { schema, example } } };
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'string',
      description: 'A code of RFC 6749, RFC 8628, RFC 9126, RFC 9396, RFC 9449 or grant management.',
    },
    error_description: { type: 'string', description: 'For developers.' },
    scope: { type: 'string', description: 'The scopes that are meant.' },
  },
};

/** An error as RFC 6749 §5.2 has it; the rest of the API answers problem documents instead. */
export function oauthError(
  description: string,
  example: { error: string; error_description: string },
): Responses[string] {
  return json(description, errorSchema, example);
}

export const unauthenticated = oauthError('The client is not who it says, is unknown, or is not active.', {
  error: 'invalid_client',
  error_description: 'client authentication failed',
});

export const tooMany = {
  ...oauthError('Too many requests from your address.', {
    error: 'temporarily_unavailable',
    error_description: 'The limit is reached; try again in 12 s.',
  }),
  headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' }, example: 12 } },
} as Responses[string];

const overloaded = {
  description: 'The service has more to do than it can. Nothing was done. A browser is told so on a page.',
  headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' }, example: 1 } },
  content: {
    'application/json': {
      schema: errorSchema,
      example: { error: 'temporarily_unavailable', error_description: 'Too many of your requests wait here.' },
    },
    'text/html': { schema: { type: 'string' } },
  },
} as Responses[string];

/** Adds what every endpoint may answer. */
export function thatMayBeOverloaded(paths: OpenAPIObject['paths']): OpenAPIObject['paths'] {
  const documented = (one: Operation): Operation => ({ ...one, responses: { ...one.responses, 503: overloaded } });
  return mapValues(paths, (item) => mapValues(item as Record<string, Operation>, documented));
}

export const sentBack = {
  description: 'To the next page, or back to the client.',
  headers: {
    Location: {
      description: 'Where the browser goes on.',
      schema: { type: 'string' },
      example:
        'https://grocer-a.example/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj&iss=https%3A%2F%2Fccx.example',
    },
  },
} as Responses[string];

export function page(description: string): Responses[string] {
  return { description, content: { 'text/html': { schema: { type: 'string' } } } };
}

function mapValues<A, B>(object: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
