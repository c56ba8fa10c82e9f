import type { OAuthProfile } from '../platform/config/config.js';
import type { FieldError } from '../platform/errors.js';
import type { ClientAuthMethod, ClientStatus } from './client.entity.js';
import { readClientKeys } from './client-keys.js';
import { redirectFault } from './redirects.js';
import { DEVICE_GRANT } from './scopes.js';

/** What an operator decides about a client. */
export interface ClientSettings {
  readonly name: string;
  readonly status: ClientStatus;
  readonly authMethod: ClientAuthMethod;
  /** A JWK Set, with public keys only. */
  readonly jwks: Readonly<Record<string, unknown>> | null;
  readonly redirectUris: readonly string[];
  readonly initiateLoginUri: string | null;
  readonly grantTypes: readonly string[];
  readonly scopes: readonly string[];
  readonly touchpoints: readonly string[];
  readonly sourcePrefixes: readonly string[];
  readonly bearer: boolean;
}

export interface ClientSurroundings {
  readonly profile: OAuthProfile;
  readonly touchpointsOfRetailer: readonly string[];
}

/** All that is wrong with the settings as a whole, by JSON pointer into the body of the request. */
export function faultsOfClient(
  settings: ClientSettings,
  { profile, touchpointsOfRetailer }: ClientSurroundings,
): FieldError[] {
  return [
    ...faultsOfProfile(settings, profile),
    ...faultsOfKeys(settings),
    ...faultsOfRedirects(settings, profile),
    ...faultsOfGrants(settings),
    ...settings.touchpoints.flatMap((touchpoint, index) =>
      touchpointsOfRetailer.includes(touchpoint)
        ? []
        : [{ pointer: `/touchpoints/${index}`, detail: 'is not a touchpoint of the retailer' }],
    ),
  ];
}

function faultsOfProfile({ authMethod, bearer }: ClientSettings, profile: OAuthProfile): FieldError[] {
  if (profile === 'development') return [];
  const faults: FieldError[] = [];
  if (authMethod !== 'private_key_jwt') {
    const detail = 'must be private_key_jwt: secrets and public clients are for development only';
    faults.push({ pointer: '/token_endpoint_auth_method', detail });
  }
  if (bearer) {
    const detail = 'must be true: access tokens that are not bound to a key are for development only';
    faults.push({ pointer: '/dpop_bound_access_tokens', detail });
  }
  return faults;
}

function faultsOfKeys({ authMethod, jwks }: ClientSettings): FieldError[] {
  if (authMethod !== 'private_key_jwt') {
    return jwks ? [{ pointer: '/jwks', detail: 'belongs to clients that authenticate by private_key_jwt' }] : [];
  }
  if (!jwks) return [{ pointer: '/jwks', detail: 'must hold the public keys of a client that signs its assertions' }];
  return readClientKeys(jwks).faults.map(({ pointer, detail }) => ({ pointer: `/jwks${pointer}`, detail }));
}

function faultsOfRedirects({ redirectUris, initiateLoginUri }: ClientSettings, profile: OAuthProfile): FieldError[] {
  const allowLoopback = profile === 'development';
  const addresses: [pointer: string, uri: string][] = redirectUris.map((uri, i) => [`/redirect_uris/${i}`, uri]);
  if (initiateLoginUri !== null) addresses.push(['/initiate_login_uri', initiateLoginUri]);
  return addresses.flatMap(([pointer, uri]) => {
    const detail = redirectFault(uri, { allowLoopback });
    return detail ? [{ pointer, detail }] : [];
  });
}

function faultsOfGrants({ grantTypes, redirectUris, authMethod, bearer, scopes }: ClientSettings): FieldError[] {
  const faults: FieldError[] = [];
  if (grantTypes.includes('authorization_code') && redirectUris.length === 0) {
    faults.push({ pointer: '/redirect_uris', detail: 'must name where a client of the code flow is answered' });
  }
  const asksCustomers = grantTypes.includes('authorization_code') || grantTypes.includes(DEVICE_GRANT);
  if (grantTypes.includes('refresh_token') && !asksCustomers) {
    faults.push({ pointer: '/grant_types', detail: 'refresh_token needs authorization_code or the device code' });
  }
  if (grantTypes.includes(DEVICE_GRANT) && (authMethod !== 'private_key_jwt' || bearer)) {
    const detail = 'the device code needs private_key_jwt and access tokens that are bound to a key';
    faults.push({ pointer: '/grant_types', detail });
  }
  if (grantTypes.includes('client_credentials') && authMethod === 'none') {
    faults.push({ pointer: '/grant_types', detail: 'client_credentials needs a client that authenticates' });
  }
  if (authMethod === 'none' && scopes.some((scope) => scope.startsWith('grant_management_'))) {
    faults.push({ pointer: '/scopes', detail: 'grant management is for clients that authenticate' });
  }
  if (scopes.includes('offline_access') && !grantTypes.includes('refresh_token')) {
    faults.push({ pointer: '/scopes', detail: 'offline_access needs the grant type refresh_token' });
  }
  return faults;
}
