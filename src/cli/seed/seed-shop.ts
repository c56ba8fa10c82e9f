import type { INestApplicationContext } from '@nestjs/common';

import type { Actor } from '../../audit/audit.service.js';
import { AdmissionsService } from '../../retailers/admissions.service.js';
import type { Client } from '../../retailers/client.entity.js';
import { ClientsService } from '../../retailers/clients.service.js';
import { MenusService } from '../../retailers/menus.service.js';
import type { Retailer } from '../../retailers/retailer.entity.js';
import { RetailersService } from '../../retailers/retailers.service.js';
import {
  type ClientCredentials,
  type CredentialsFolder,
  newCredentials,
  newPrivateKey,
  publicPart,
} from '../client-credentials.js';
import type { Shop, ShopClient } from './shops.js';

const MOST_LOOKED_AT = 1_000;

/** Makes what is missing of a shop, and answers the names of what was made. */
export async function seedShop(
  app: INestApplicationContext,
  folder: CredentialsFolder,
  shop: Shop,
  actor: Actor,
): Promise<string[]> {
  const retailers = app.get(RetailersService, { strict: false });
  const clients = app.get(ClientsService, { strict: false });
  const known = (await retailers.list({ limit: MOST_LOOKED_AT })).find(({ name }) => name === shop.retailer.name);
  const retailer = known ?? (await admit(app, shop, actor));
  for (const given of shop.clients) {
    const found = await retailers.clientById(given.id);
    if (found) await refresh(clients, folder, retailer, { client: found.client, given }, actor);
    else await register(clients, folder, retailer, given, actor);
  }
  return known ? [] : [retailer.name];
}

async function admit(app: INestApplicationContext, { retailer, menu }: Shop, actor: Actor): Promise<Retailer> {
  const admissions = app.get(AdmissionsService, { strict: false });
  const { id } = await admissions.register(actor, retailer);
  await admissions.approve(actor, id, retailer.sectors);
  // Whatever it was, this is what it has to be.
  return app.get(MenusService, { strict: false }).publish(actor, id, menu, { ifMatch: '*', etagOf: () => '*' });
}

async function register(
  clients: ClientsService,
  folder: CredentialsFolder,
  retailer: Retailer,
  { id, ...given }: ShopClient,
  actor: Actor,
): Promise<void> {
  const key = given.authMethod === 'private_key_jwt' ? await newPrivateKey(id) : undefined;
  const jwks = key ? { keys: [publicPart(key)] } : null;
  const { client, secret } = await clients.register(actor, retailer.id, { ...given, jwks }, id);
  // A public client has nothing to keep to itself.
  if (client.authMethod !== 'none') folder.write(await newCredentials(client, retailer, { key, secret }));
}

/** The folder or the issuer may be others than last time: a client then gets a new key, or another redirect URI. */
async function refresh(
  clients: ClientsService,
  folder: CredentialsFolder,
  retailer: Retailer,
  { client, given }: { client: Client; given: ShopClient },
  actor: Actor,
): Promise<void> {
  const redirectUris = [...new Set([...client.redirectUris, ...(given.redirectUris ?? [])])];
  const lostKey = client.authMethod === 'private_key_jwt' && !holdsKeyOf(folder.read(client.id), client);
  if (!lostKey && redirectUris.length === client.redirectUris.length) return;
  const key = lostKey ? await newPrivateKey(client.id) : undefined;
  const changes = { redirectUris, ...(key && { jwks: { keys: [publicPart(key)] } }) };
  // Whatever it was, this is what it has to be.
  const version = { ifMatch: '*', etagOf: () => '*' };
  const changed = await clients.revise(actor, client.retailerId, client.id, changes, version);
  if (key) folder.write(await newCredentials(changed, retailer, { key }));
}

function holdsKeyOf(credentials: ClientCredentials | undefined, { jwks }: Client): boolean {
  const { key } = credentials ?? {};
  return jwks?.keys.some(({ kid, x }) => kid === key?.kid && x === key.x) ?? false;
}
