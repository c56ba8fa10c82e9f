import { decodeJwt, type JWTPayload } from 'jose';
import type { Client, Configuration, KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import { errors, interactionPolicy } from 'oidc-provider';

import type { OAuthProfile } from '../platform/config/config.js';
import type { PrivateSigningJwk } from '../platform/crypto/signing-keys.js';
import { retailerScopes } from '../retailers/scopes.js';
import type { AuthorizationDetails } from './authorization-details.js';
import { isAhead } from './dpop-proof.js';
import { type AdapterParts, adapterFactory } from './engine-adapter.js';
import { IS_DEVICE } from './engine-clients.js';
import { engineRoutes, GRANTS_PATH } from './engine-routes.js';
import type { GrantManagement } from './grant-management.js';
import type { DevicePageSources } from './pages/device-pages.service.js';
import {
  checkLifetime,
  checkReadsPerDay,
  checkResponseMode,
  checkUse,
  grantManagementActions,
} from './request-parameters.js';

export interface EngineSettings {
  readonly issuer: string;
  readonly profile: OAuthProfile;
  /** The published keys, the one in use first. */
  readonly keys: readonly PrivateSigningJwk[];
  readonly cookieKey: Buffer;
}

export interface EngineParts extends AdapterParts {
  readonly details: AuthorizationDetails;
  readonly management: GrantManagement;
  /** The pages on which a device's code is typed and confirmed. */
  readonly devicePages: DevicePageSources;
  /** Shows a fault to a person in a browser. */
  readonly renderError: NonNullable<Configuration['renderError']>;
  readonly subjectFor: (customerId: string, clientId: string) => Promise<string>;
}

const ACCESS_TOKEN_SECONDS = 300;
const CODE_SECONDS = 60;
const DEVICE_CODE_SECONDS = 600;
const INTERACTION_SECONDS = 3_600;
const SESSION_SECONDS = 30 * 24 * 3_600;
/** An assertion is made for one request. One that is good for longer only helps whoever steals it. */
const LONGEST_ASSERTION_MS = 600_000;

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
    extraClientMetadata: { properties: [IS_DEVICE] },
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
    discovery: {
      ui_locales_supported: ['en', 'de'],
      service_documentation: `${issuer}/docs`,
      protected_resources: [issuer],
      grant_management_endpoint: `${issuer}${GRANTS_PATH}`,
      grant_management_actions_supported: [...grantManagementActions, 'query', 'revoke'],
      grant_management_action_required: false,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      // Twenty letters without vowels and without look-alikes: no code is misread, and none is a word.
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        deviceInfo: () => ({}),
        ...parts.devicePages,
      },
      // No nonces: every proof is remembered, so that none works twice, and a client needs no second attempt.
      dPoP: {
        enabled: true,
        requireNonce: (ctx) => {
          // The one place where the engine lets us look at a proof: it takes those of the next five minutes, too.
          assertNotAhead(ctx.get('DPoP'));
          return false;
        },
      },
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
        authorizationDetailsForAccessToken: (ctx, token) => parts.details.ofToken(ctx, token, ACCESS_TOKEN_SECONDS),
        authorizationDetailsForIntrospection: (_ctx, token) => parts.details.ofRefreshToken(token),
      },
    },
    extraParams: {
      response_mode: ({ oidc }, mode) => checkResponseMode(oidc.params ?? {}, mode),
      ccx_use: ({ oidc }, use) => checkUse(oidc.params ?? {}, use),
      ccx_lifetime_days: (_ctx, days) => checkLifetime(days),
      ccx_max_reads_per_day: (_ctx, reads) => checkReadsPerDay(reads),
      grant_management_action: (ctx) => parts.management.check(ctx),
      grant_id: null,
    },
    extraTokenClaims: (ctx, token) => parts.details.claimsOf(ctx, token),
    formats: { customizers: { jwt: (_ctx, _token, jwt) => parts.details.dateByClock(jwt, ACCESS_TOKEN_SECONDS) } },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: CODE_SECONDS,
      DeviceCode: DEVICE_CODE_SECONDS,
      IdToken: ACCESS_TOKEN_SECONDS,
      Interaction: INTERACTION_SECONDS,
      // Whoever passes by without signing in is not remembered for a month.
      Session: (_ctx, { accountId }) => (accountId === undefined ? INTERACTION_SECONDS : SESSION_SECONDS),
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

function checkAssertion(
  ctx: KoaContextWithOIDC,
  claims: { aud?: unknown; exp?: unknown; iat?: unknown },
  client: Client,
): void {
  const now = Date.now();
  if (ctx.oidc.isFapi('2.0') && claims.aud !== ctx.oidc.issuer) {
    throw new errors.InvalidClientAuth(`audience (aud) of ${client.clientId} must equal the issuer identifier`);
  }
  if (Number(claims.exp) * 1000 > now + LONGEST_ASSERTION_MS) {
    throw new errors.InvalidClientAuth('the client assertion is valid for too long');
  }
  if (isAhead(claims.iat, now)) throw new errors.InvalidClientAuth('the client assertion was made in the future');
}

/** @throws errors.InvalidDpopProof */
function assertNotAhead(proof: string): void {
  let claims: JWTPayload;
  try {
    claims = decodeJwt(proof);
  } catch {
    return; // no JWT, which the engine refuses in its own words
  }
  if (isAhead(claims.iat, Date.now())) throw new errors.InvalidDpopProof('DPoP proof iat is in the future');
}

function isOwn(client: string, holder: string | undefined): boolean {
  if (client !== holder) throw new errors.InvalidRequest('client is not authorized to revoke the presented token');
  return true;
}

function hasOrigin(uris: readonly string[] | undefined, origin: string): boolean {
  return (uris ?? []).some((uri) => URL.canParse(uri) && new URL(uri).origin === origin);
}
