import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { exportJWK, generateKeyPair, type JWK } from 'jose';

import type { Client, ClientAuthMethod } from '../retailers/client.entity.js';
import type { Retailer } from '../retailers/retailer.entity.js';
import { CliError, exitCodes } from './errors.js';
import { readPrivateJson, writePrivateJson } from './private-files.js';

/** What a client needs to act for its retailer. Kept by the client, never by the service. */
export interface ClientCredentials {
  readonly client_id: string;
  readonly retailer_id: string;
  readonly retailer: string;
  readonly token_endpoint_auth_method: ClientAuthMethod;
  /** Signs its assertions. */
  readonly key?: JWK;
  readonly client_secret?: string;
  /** Binds its access tokens (RFC 9449); without it they are bearer tokens. */
  readonly dpop_key?: JWK;
  readonly scopes: readonly string[];
  readonly redirect_uris: readonly string[];
}

/** A new private key for ECDSA on P-256, named by the day it was made. */
export async function newPrivateKey(name: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: `${name}-${new Date().toISOString().slice(0, 10)}`, alg: 'ES256' };
}

/** The public part of a private key, as a client registers it. */
export function publicPart({ kty, crv, x, y, kid }: JWK): JWK {
  return { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' };
}

/** What a client keeps to itself, once it is registered. */
export async function newCredentials(
  client: Pick<Client, 'id' | 'authMethod' | 'bearer' | 'scopes' | 'redirectUris'>,
  retailer: Pick<Retailer, 'id' | 'name'>,
  own: { key?: JWK; secret?: string },
): Promise<ClientCredentials> {
  return {
    client_id: client.id,
    retailer_id: retailer.id,
    retailer: retailer.name,
    token_endpoint_auth_method: client.authMethod,
    ...(own.key && { key: own.key }),
    ...(own.secret !== undefined && { client_secret: own.secret }),
    ...(!client.bearer && { dpop_key: await newPrivateKey('dpop') }),
    scopes: client.scopes,
    redirect_uris: client.redirectUris,
  };
}

/** The folder in which a development service and its commands keep clients' credentials. */
export class CredentialsFolder {
  private readonly folder: string;

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'keys');
  }

  pathOf(clientId: string): string {
    return join(this.folder, `${clientId}.json`);
  }

  read(clientId: string): ClientCredentials | undefined {
    return readPrivateJson(this.pathOf(clientId)) as ClientCredentials | undefined;
  }

  write(credentials: ClientCredentials): void {
    writePrivateJson(this.pathOf(credentials.client_id), credentials);
  }

  /**
   * The client that somebody means: by its id, or by its retailer's name or the beginning of it. Of several clients of
   * a retailer, the one that signs its assertions is meant.
   *
   * @throws CliError naming the clients that there are
   */
  find(name: string): ClientCredentials {
    const all = this.all();
    const exact = all.find(({ client_id }) => client_id === name);
    if (exact) return exact;
    const meant = all.filter(({ retailer }) => retailer.toLowerCase().startsWith(name.toLowerCase()));
    const signing = meant.filter(({ key }) => key !== undefined);
    const [only, ...others] = meant.length === 1 ? meant : signing;
    if (only && others.length === 0) return only;
    const choice = (meant.length > 0 ? meant : all).map(({ client_id, retailer }) => `${client_id} (${retailer})`);
    throw new CliError(
      choice.length === 0
        ? `There are no credentials in ${this.folder}. A development service makes some when it first starts; ` +
            '`ccx operator client add --generate-key` makes more.'
        : `${meant.length > 0 ? `"${name}" is not one client alone` : `No client is called "${name}"`}. ` +
            `There are: ${choice.join(', ')}.`,
      exitCodes.misused,
    );
  }

  private all(): ClientCredentials[] {
    return filesIn(this.folder)
      .filter((file) => file.endsWith('.json'))
      .sort()
      .flatMap((file) => this.read(file.slice(0, -'.json'.length)) ?? []);
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
