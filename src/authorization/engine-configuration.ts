import type { Client, Configuration, KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import { errors, interactionPolicy } from 'oidc-provider';

import type { OAuthProfile } from '../platform/config/config.js';
import { retailerScopes } from '../retailers/scopes.js';
import type { AuthorizationDetails } from './authorization-details.js';
import { type AdapterParts, adapterFactory } from './engine-adapter.js';
import type { PrivateSigningJwk } from './signing-keys.js';

export interface EngineSettings {
  readonly issuer: string;
  readonly profile: OAuthProfile;
  /** The published keys, the one in use first. */
  readonly keys: readonly PrivateSigningJwk[];
  readonly cookieKey: Buffer;
}

export interface EngineParts extends AdapterParts {
  readonly details: AuthorizationDetails;
  /** Shows a fault to a person in a browser. */
  readonly renderError: NonNullable<Configuration['renderError']>;
  readonly subjectFor: (customerId: string, clientId: string) => Promise<string>;
}

/** The addresses of the engine. Nothing else reaches it. */
export const engineRoutes = {
  pushed_authorization_request: '/oauth/par',
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  jwks: '/oauth/jwks',
} as const;

const metadataPaths: readonly string[] = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];
const enginePaths = new Set<string>([...Object.values(engineRoutes), ...metadataPaths]);
const resumePath = /^\/oauth\/authorize\/[\w-]{1,64}$/;

export function isEnginePath(path: string): boolean {
  return enginePaths.has(path) || resumePath.test(path);
}

/** Whether the answers at this path are public and change rarely. */
export function isPublished(path: string): boolean {
  return path === engineRoutes.jwks || metadataPaths.includes(path);
}

const ACCESS_TOKEN_SECONDS = 300;
const CODE_SECONDS = 60;
const INTERACTION_SECONDS = 3_600;
const SESSION_SECONDS = 30 * 24 * 3_600;
/** An assertion is made for one request. One that is good for longer only helps whoever steals it. */
const LONGEST_ASSERTION_SECONDS = 600;

/**
 * How the engine is set up. The strict profile is FAPI 2.0: pushed requests, PKCE, signed client assertions and tokens
 * that are bound to a key. A development service also admits what clients bring that have not got that far.
 */
export function engineConfiguration(settings: EngineSettings, parts: EngineParts): Configuration {
  const { issuer, profile, keys, cookieKey } = settings;
  const strict = profile === 'strict';
  const cookie = { httpOnly: true, sameSite: 'lax' } as const;
  return {
    adapter: adapterFactory(parts),
    jwks: { keys: keys.map((key) => ({ ...key })) },
    routes: { ...engineRoutes },
    scopes: [...retailerScopes],
    claims: { openid: ['sub'] },
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    clientAuthMethods: strict ? ['private_key_jwt'] : ['private_key_jwt', 'client_secret_basic', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'private_key_jwt' },
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256'],
      idTokenSigningAlgValues: ['ES256'],
      dPoPSigningAlgValues: ['ES256'],
    },
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    cookies: {
      names: { session: 'ccx_oauth', interaction: 'ccx_interaction', resume: 'ccx_resume' },
      long: cookie,
      short: cookie,
      keys: [cookieKey.toString('base64url')],
    },
    discovery: { ui_locales_supported: ['en', 'de'], service_documentation: `${issuer}/docs` },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      // No nonces: every proof is remembered, so that none works twice, and a client needs no second attempt.
      dPoP: { enabled: true },
      fapi: {
        enabled: true,
        profile: (_ctx, client) => (strict || isStrictClient(client) ? '2.0' : undefined),
      },
      introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => parts.details.mayInspect(client, token) },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: strict },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => issuer,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource, client) => resourceServer(settings, resource, client.scope),
      },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => isOwn(client.clientId, token.clientId) },
      richAuthorizationRequests: {
        enabled: true,
        types: parts.details.types,
        authorizationDetailsForGrantSource: (ctx) => parts.details.ofGrant(ctx),
        authorizationDetailsForAccessToken: (ctx, token) => parts.details.ofToken(ctx, token),
        authorizationDetailsForIntrospection: (_ctx, token) => token.rar ?? [],
      },
    },
    extraParams: {
      ccx_use: (ctx, use) => parts.details.checkUse(ctx, use),
      ccx_lifetime_days: (_ctx, days) => parts.details.checkLifetime(days),
    },
    extraTokenClaims: (ctx, token) => parts.details.claimsOf(ctx, token),
    formats: { customizers: { jwt: (_ctx, _token, jwt) => parts.details.dateByClock(jwt, ACCESS_TOKEN_SECONDS) } },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: CODE_SECONDS,
      IdToken: ACCESS_TOKEN_SECONDS,
      Interaction: INTERACTION_SECONDS,
      Session: SESSION_SECONDS,
      // A refresh token lives as long as its consent, which is asked about at every use anyway.
      RefreshToken: (ctx) => Math.max(1, (ctx.oidc.grant?.exp ?? 0) - Math.floor(Date.now() / 1000)),
      Grant: SESSION_SECONDS,
    },
    findAccount: (_ctx, customerId) => ({ accountId: customerId, claims: () => ({ sub: customerId }) }),
    pairwiseIdentifier: (_ctx, customerId, client) => parts.subjectFor(customerId, client.clientId),
    sectorIdentifierUriValidate: () => false,
    loadExistingGrant: (ctx) => parts.details.existingGrant(ctx),
    interactions: { policy: policy(), url: (_ctx, { uid }) => `/interaction/${uid}` },
    expiresWithSession: () => false,
    issueRefreshToken: async (ctx, client) =>
      client.grantTypeAllowed('refresh_token') && (await parts.details.isStanding(ctx)),
    // FAPI 2.0 §5.3.2.1-9: rotation only loses tokens where a thief could not use them anyway.
    rotateRefreshToken: ({ oidc }) =>
      oidc.client?.clientAuthMethod === 'none' && oidc.entities.RefreshToken?.isSenderConstrained() === false,
    // A client whose tokens are revoked loses all of them under this consent.
    revokeGrantPolicy: () => true,
    assertJwtClientAuthClaimsAndHeader: (ctx, claims, _header, client) => checkAssertion(ctx, claims, client),
    clientBasedCORS: (_ctx, origin, client) =>
      origin === issuer || (client.clientAuthMethod === 'none' && hasOrigin(client.redirectUris, origin)),
    renderError: parts.renderError,
  };
}

function isStrictClient(client: Client | undefined): boolean {
  // Registered metadata that the engine's types do not have.
  const { dpopBoundAccessTokens } = (client ?? {}) as { dpopBoundAccessTokens?: boolean };
  return client?.clientAuthMethod === 'private_key_jwt' && dpopBoundAccessTokens === true;
}

/** The one resource there is: this service's own API. */
function resourceServer(
  { issuer, keys }: EngineSettings,
  resource: string,
  scopesOfClient: string | undefined,
): ResourceServer {
  if (resource !== issuer) throw new errors.InvalidTarget('the resource is not known here');
  return {
    audience: issuer,
    scope: scopesOfClient ?? '',
    accessTokenTTL: ACCESS_TOKEN_SECONDS,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256', kid: keys[0]?.kid } },
  };
}

/** Who signs in is asked first, then what they allow; neither when it is known already. */
function policy(): interactionPolicy.DefaultPolicy {
  const prompts = interactionPolicy.base();
  prompts.remove('consent');
  prompts.add(
    new interactionPolicy.Prompt(
      { name: 'consent', requestable: true },
      new interactionPolicy.Check(
        'not_given',
        'the customer has not given all that is asked for',
        'consent_required',
        ({ oidc }) => oidc.grant?.jti === undefined,
      ),
    ),
  );
  return prompts;
}

function checkAssertion(ctx: KoaContextWithOIDC, claims: { aud?: unknown; exp?: unknown }, client: Client): void {
  const now = Math.floor(Date.now() / 1000);
  if (ctx.oidc.isFapi('2.0') && claims.aud !== ctx.oidc.issuer) {
    throw new errors.InvalidClientAuth(`audience (aud) of ${client.clientId} must equal the issuer identifier`);
  }
  if (Number(claims.exp) > now + LONGEST_ASSERTION_SECONDS) {
    throw new errors.InvalidClientAuth('the client assertion is valid for too long');
  }
}

function isOwn(client: string, holder: string | undefined): boolean {
  if (client !== holder) throw new errors.InvalidRequest('client is not authorized to revoke the presented token');
  return true;
}

function hasOrigin(uris: readonly string[] | undefined, origin: string): boolean {
  return (uris ?? []).some((uri) => URL.canParse(uri) && new URL(uri).origin === origin);
}
