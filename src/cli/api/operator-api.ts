import type { JWK } from 'jose';

import { type ClientCredentials, newCredentials, newPrivateKey, publicPart } from '../client-credentials.js';
import { type Caller, everyItem, expecting } from './http-api.js';

export interface RetailerProfile {
  readonly name: string;
  readonly legal_name: string;
  readonly country: string;
  readonly website: string;
  readonly privacy_url: string;
  readonly incentive?: string;
  readonly sectors: readonly string[];
  readonly touchpoints: readonly string[];
}

export interface ClientProfile {
  readonly client_name: string;
  readonly scopes: readonly string[];
  readonly grant_types?: readonly string[];
  readonly redirect_uris?: readonly string[];
  readonly touchpoints?: readonly string[];
}

interface ClientBody {
  readonly client_id: string;
  readonly client_name: string;
  readonly redirect_uris: string[];
  readonly scopes: string[];
}

/** What an operator does with retailers through the API. */
export class OperatorApi {
  constructor(private readonly operator: Caller) {}

  /** Registers and approves a retailer, and answers its id. */
  async admit(profile: RetailerProfile): Promise<string> {
    const path = '/v1/admin/retailers';
    const { body } = await expecting<{ id: string }>(this.operator, { method: 'POST', path, body: profile }, 201);
    await this.approve(body.id, profile);
    return body.id;
  }

  /** Approving again changes nothing. */
  async approve(id: string, { sectors }: RetailerProfile): Promise<void> {
    const path = `/v1/admin/retailers/${id}/approve`;
    await expecting(this.operator, { method: 'POST', path, body: { sectors } }, 200);
  }

  /** The retailer of this name, if there is one. */
  async find(name: string): Promise<{ id: string; status: string } | undefined> {
    type Item = { id: string; name: string; status: string };
    for await (const item of everyItem<Item>(this.operator, '/v1/admin/retailers')) {
      if (item.name === name) return item;
    }
    return undefined;
  }

  async exists(id: string): Promise<boolean> {
    const path = `/v1/admin/retailers/${id}`;
    return (await expecting(this.operator, { method: 'GET', path }, 200, 404)).status === 200;
  }

  /** Registers a client that proves who it is by a key, made here, and whose tokens are bound to another. */
  async addClient(retailer: { id: string; name: string }, profile: ClientProfile): Promise<ClientCredentials> {
    const key = await newPrivateKey('assertion');
    const { body } = await expecting<ClientBody>(
      this.operator,
      {
        method: 'POST',
        path: `/v1/admin/retailers/${retailer.id}/clients`,
        body: { ...profile, jwks: { keys: [publicPart(key)] } },
      },
      201,
    );
    return credentialsOf(retailer, body, key);
  }

  /** The retailer's client of this name, with a new key in place of those it had; undefined when there is none. */
  async rekeyClient(retailer: { id: string; name: string }, name: string): Promise<ClientCredentials | undefined> {
    const path = `/v1/admin/retailers/${retailer.id}/clients`;
    for await (const client of everyItem<ClientBody>(this.operator, path)) {
      if (client.client_name !== name) continue;
      const key = await newPrivateKey('assertion');
      const { headers } = await expecting(this.operator, { method: 'GET', path: `${path}/${client.client_id}` }, 200);
      await expecting(
        this.operator,
        {
          method: 'PATCH',
          path: `${path}/${client.client_id}`,
          headers: { 'if-match': headers.get('etag') ?? '' },
          body: { jwks: { keys: [publicPart(key)] } },
        },
        200,
      );
      return credentialsOf(retailer, client, key);
    }
    return undefined;
  }
}

function credentialsOf(
  retailer: { id: string; name: string },
  { client_id: id, scopes, redirect_uris: redirectUris }: ClientBody,
  key: JWK,
): Promise<ClientCredentials> {
  return newCredentials({ id, authMethod: 'private_key_jwt', bearer: false, scopes, redirectUris }, retailer, { key });
}
