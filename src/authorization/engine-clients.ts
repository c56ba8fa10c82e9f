import { Injectable } from '@nestjs/common';
import type { AdapterPayload } from 'oidc-provider';

import { detailTypes } from '../consents/detail.js';
import { Config } from '../platform/config/config.js';
import type { Reader } from '../platform/database/database.js';
import { Client } from '../retailers/client.entity.js';
import { DEVICE_GRANT } from '../retailers/scopes.js';
import type { ClientWithRetailer } from '../retailers/retailers.service.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { EngineContext } from './engine-context.js';

/** The member of a client's metadata that says whether it may use the device grant. */
export const IS_DEVICE = 'ccx_device';

/** What RFC 6749 appendix A.1 allows, as far as it can be an id of ours. */
const CLIENT_ID = /^[\x21-\x7e]{1,200}$/;

/** Retailers' clients as the engine knows them. */
@Injectable()
export class EngineClients {
  constructor(
    private readonly retailers: RetailersService,
    private readonly context: EngineContext,
    private readonly config: Config,
  ) {}

  /** What is registered about a client, while it and its retailer are active and the profile admits it. */
  async metadataOf(clientId: string): Promise<AdapterPayload | undefined> {
    const found = await this.active(this.context.reader, clientId);
    if (!found) return undefined;
    return clientMetadata(found.client, this.config.OAUTH_PROFILE === 'strict');
  }

  /** The client and its retailer as they stand now, or undefined unless both are active. */
  async active(reader: Reader, clientId: string): Promise<ClientWithRetailer | undefined> {
    if (!CLIENT_ID.test(clientId)) return undefined;
    const found = await this.context.once(clientId, () => this.retailers.activeClient(reader, clientId));
    const strict = this.config.OAUTH_PROFILE === 'strict';
    return found && !(strict && isOfDevelopment(found.client)) ? found : undefined;
  }
}

/** Whether the client may do what only a development service allows. */
function isOfDevelopment({ authMethod, bearer }: Client): boolean {
  return authMethod !== 'private_key_jwt' || bearer;
}

/** The client in the terms of RFC 7591. */
export function clientMetadata(client: Client, strict: boolean): AdapterPayload {
  const redirects = client.grantTypes.includes('authorization_code');
  const isDevice = client.grantTypes.includes(DEVICE_GRANT);
  return {
    client_id: client.id,
    client_name: client.name,
    application_type: 'web',
    // For devices with pairwise subjects the engine wants a jwks_uri (OpenID Connect Registration §5), to know their
    // sector by. Theirs is the retailer, too, so that we say in a member of our own that they are devices.
    grant_types: client.grantTypes.filter((type) => type !== DEVICE_GRANT),
    [IS_DEVICE]: isDevice,
    response_types: redirects ? ['code'] : [],
    redirect_uris: [...client.redirectUris],
    scope: client.scopes.join(' '),
    authorization_details_types: redirects || isDevice ? [...detailTypes] : [],
    token_endpoint_auth_method: client.authMethod,
    ...(client.jwks && { jwks: client.jwks, token_endpoint_auth_signing_alg: 'ES256' }),
    // The engine compares secrets through a function of ours, which hashes what it is given.
    ...(client.secretHash && { client_secret: client.secretHash.toString('base64url') }),
    dpop_bound_access_tokens: !client.bearer,
    require_pushed_authorization_requests: strict || client.authMethod !== 'none',
    id_token_signed_response_alg: 'ES256',
    subject_type: 'pairwise',
    // All clients of a retailer know a customer by the same subject, wherever they redirect to: their sector is the
    // retailer. The engine wants an address for it, which nobody fetches.
    sector_identifier_uri: `https://${client.retailerId}.retailer.invalid/`,
  };
}
