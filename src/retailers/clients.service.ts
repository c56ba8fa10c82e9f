import { Injectable } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { tokenHash } from '../platform/crypto/seal.js';
import { Database, type Tx } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import { requireIfMatch } from '../platform/http/etag.js';
import type { JsonObject } from '../platform/json.js';
import { Random } from '../platform/random.js';
import { Client, isClientId } from './client.entity.js';
import { type ClientSettings, faultsOfClient } from './client-rules.js';
import { readClientKeys } from './client-keys.js';
import { ClientNotFoundError, RetailerNotFoundError } from './retailers.errors.js';
import { lockClient, lockRetailer } from './retailers.queries.js';

export type NewClient = Pick<ClientSettings, 'name' | 'authMethod' | 'scopes'> &
  Partial<Omit<ClientSettings, 'name' | 'authMethod' | 'scopes' | 'status'>>;

export type ClientChanges = Partial<Omit<ClientSettings, 'authMethod' | 'bearer'>>;

/** The OAuth clients of retailers, kept by operators. */
@Injectable()
export class ClientsService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly config: Config,
  ) {}

  /**
   * Gives a retailer another client. Its secret, if it has one, is answered here and never again.
   *
   * @param id the `client_id`; one is made unless given
   * @throws InvalidRequestError RetailerNotFoundError
   */
  register(
    actor: Actor,
    retailerId: string,
    given: NewClient,
    id: string = this.random.id(),
  ): Promise<{ client: Client; secret?: string }> {
    return this.database.transaction(async (tx) => {
      const retailer = await lockRetailer(tx, retailerId);
      if (!retailer) throw new RetailerNotFoundError(retailerId);
      const settings: ClientSettings = {
        jwks: null,
        redirectUris: [],
        initiateLoginUri: null,
        grantTypes: given.redirectUris?.length ? ['authorization_code', 'refresh_token'] : ['client_credentials'],
        touchpoints: retailer.touchpoints,
        sourcePrefixes: [],
        bearer: false,
        ...given,
        status: 'active',
      };
      this.check(settings, retailer.touchpoints);
      const secret = settings.authMethod === 'client_secret_basic' ? this.random.token('ccx_cs_') : undefined;
      const at = this.clock.now();
      const client = tx.create(Client, {
        ...stored(settings),
        id,
        retailerId,
        secretHash: secret === undefined ? null : tokenHash(secret),
        createdAt: at,
        updatedAt: at,
      });
      await tx.insert(Client, client);
      await this.tell(tx, 'client.registered', actor, client, {
        auth_method: client.authMethod,
        key_ids: keyIds(client),
      });
      return { client, ...(secret !== undefined && { secret }) };
    });
  }

  /**
   * Changes a client: its keys, where it sends people back to, what it may ask for, whether it is active.
   *
   * @param version what `If-Match` says, compared with `etagOf` of the client while nobody else can change it
   * @throws PreconditionRequiredError PreconditionFailedError InvalidRequestError ClientNotFoundError
   */
  revise(
    actor: Actor,
    retailerId: string,
    id: string,
    changes: ClientChanges,
    version: { ifMatch: string | undefined; etagOf: (client: Client) => string },
  ): Promise<Client> {
    return this.database.transaction(async (tx) => {
      const retailer = isClientId(id) ? await lockRetailer(tx, retailerId) : null;
      const client = retailer && (await lockClient(tx, retailerId, id));
      if (!client) throw new ClientNotFoundError(id);
      requireIfMatch(version.ifMatch, version.etagOf(client));
      const settings: ClientSettings = { ...client, ...changes };
      this.check(settings, retailer.touchpoints);
      Object.assign(client, stored(settings), { updatedAt: this.clock.now() });
      await tx.save(client);
      await this.tell(tx, 'client.revised', actor, client, {
        changed: Object.keys(changes).sort(),
        status: client.status,
        key_ids: keyIds(client),
      });
      return client;
    });
  }

  private check(settings: ClientSettings, touchpointsOfRetailer: readonly string[]): void {
    const faults = faultsOfClient(settings, { profile: this.config.OAUTH_PROFILE, touchpointsOfRetailer });
    if (faults.length > 0) throw new InvalidRequestError(faults);
  }

  private async tell(tx: Tx, type: string, actor: Actor, client: Client, data: JsonObject): Promise<void> {
    const event = {
      type,
      at: client.updatedAt,
      retailerId: client.retailerId,
      data: { client_id: client.id, ...data },
    };
    await this.audit.append(tx, { ...event, actor });
    await this.outbox.enqueue(tx, { ...event, subject: client.id });
  }
}

/** Settings that were found right, as columns. */
function stored({ jwks, ...settings }: ClientSettings): Partial<Client> {
  const { name, status, authMethod, redirectUris, initiateLoginUri, grantTypes, scopes, touchpoints } = settings;
  const { sourcePrefixes, bearer } = settings;
  return {
    name,
    status,
    authMethod,
    jwks: jwks && { keys: readClientKeys(jwks).keys },
    redirectUris: [...redirectUris],
    initiateLoginUri,
    grantTypes: [...grantTypes],
    scopes: [...scopes],
    touchpoints: [...touchpoints],
    sourcePrefixes: [...sourcePrefixes],
    bearer,
  };
}

function keyIds({ jwks }: Client): string[] {
  return jwks?.keys.map(({ kid }) => kid) ?? [];
}
