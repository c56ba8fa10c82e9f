import { randomUUID } from 'node:crypto';

import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

import { type Sector, type Touchpoint, touchpoints as allTouchpoints } from '../../src/vocabulary/code-lists.js';
import { AdmissionsService } from '../../src/retailers/admissions.service.js';
import type { ClientSettings } from '../../src/retailers/client-rules.js';
import { ClientsService } from '../../src/retailers/clients.service.js';
import { attributesOfMenu, type Menu } from '../../src/retailers/menu.js';
import { addressedBy } from '../../src/retailers/touchpoint-view.js';
import { VocabularyService } from '../../src/vocabulary/vocabulary.service.js';
import type { TestApp } from './app.js';

const operator = { kind: 'operator', id: '01990000-0000-7000-8000-000000000000' } as const;

export interface TestKey {
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly publicJwk: { kty: 'EC'; crv: 'P-256'; x: string; y: string };
  readonly thumbprint: string;
}

export async function aKey(): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const { x, y } = (await exportJWK(publicKey)) as { x: string; y: string };
  const publicJwk = { kty: 'EC', crv: 'P-256', x, y } as const;
  return { privateKey, publicJwk, thumbprint: await calculateJwkThumbprint(publicJwk) };
}

/** A client of a retailer, with what only it knows. */
export interface TestClient {
  readonly id: string;
  readonly redirectUri: string;
  /** Signs its assertions. */
  readonly key: TestKey;
  /** Its access tokens are bound to this one. */
  readonly dpopKey: TestKey;
  /** Present when it has a secret instead of a key. */
  readonly secret?: string;
  readonly settings: Partial<ClientSettings>;
}

export interface TestRetailer {
  readonly id: string;
  readonly name: string;
  /** Does everything that clients can do. */
  readonly client: TestClient;
}

export interface RetailerOptions {
  readonly name?: string;
  readonly incentive?: string;
  readonly sectors?: readonly Sector[];
  readonly touchpoints?: readonly Touchpoint[];
  /** What it has published; unless told, that it honours everything everywhere. Null: nothing. */
  readonly menu?: Menu | null;
  readonly client?: Partial<ClientSettings>;
}

const everywhere: readonly Touchpoint[] = ['till', 'kiosk', 'call_centre', 'web', 'app', 'email', 'pickup', 'returns'];

/** A retailer that has been approved and has published what it honours, with one client. */
export async function aRetailer(app: TestApp, options: RetailerOptions = {}): Promise<TestRetailer> {
  const { name = 'Grocer A', incentive, sectors = ['grocery'], touchpoints = everywhere } = options;
  const admissions = app.get(AdmissionsService);
  const { id } = await admissions.register(operator, {
    name,
    legalName: `${name} Ltd`,
    country: 'DE',
    sectors,
    touchpoints,
    website: 'https://grocer.example',
    privacyUrl: 'https://grocer.example/privacy',
    incentive: incentive ?? null,
  });
  await admissions.approve(operator, id, sectors);
  const { menu = fullMenu(app) } = options;
  if (menu) await hasPublished(app, id, menu);
  return { id, name, client: await aClient(app, id, options.client) };
}

/** Everything that may be given, at each touchpoint. */
export function fullMenu(app: TestApp): Menu {
  const attributes = app.get(VocabularyService).current().attributes();
  const honoured = (touchpoint: Touchpoint) =>
    attributes
      .filter(({ touchpoints: allowed, owner }) => allowed.includes(touchpoint) && owner === undefined)
      .map(({ path }) => ({ attribute: path, does: { en: 'We mind it.' } }));
  const served = allTouchpoints.filter((touchpoint) => !addressedBy(touchpoint));
  return Object.fromEntries(served.map((touchpoint) => [touchpoint, honoured(touchpoint)]));
}

/** As if it had published that long ago: there is nothing of it in the log, which tests look through. */
export async function hasPublished(app: TestApp, retailerId: string, menu: Menu): Promise<void> {
  await app.db.query('update retailers set menu = $2, menu_attributes = $3 where id = $1', [
    retailerId,
    JSON.stringify(menu),
    JSON.stringify(attributesOfMenu(menu)),
  ]);
}

const scopes = [
  'openid',
  'offline_access',
  'preferences.read',
  'interactions.write',
  'interactions.read',
  'consents.read',
  'consents.request',
  'retailer.manage',
];

/** Another client of the retailer. */
export async function aClient(
  app: TestApp,
  retailerId: string,
  settings: Partial<ClientSettings> = {},
): Promise<TestClient> {
  const [key, dpopKey] = await Promise.all([aKey(), aKey()]);
  const redirectUri = settings.redirectUris?.[0] ?? 'https://grocer.example/callback';
  const given = {
    name: 'Shop',
    authMethod: 'private_key_jwt',
    scopes,
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    redirectUris: [redirectUri],
    ...settings,
  } as const;
  const signs = given.authMethod === 'private_key_jwt';
  const { client, secret } = await app
    .get(ClientsService)
    .register(
      operator,
      retailerId,
      { ...given, jwks: signs ? { keys: [{ ...key.publicJwk, kid: key.thumbprint }] } : null },
      `client-${randomUUID()}`,
    );
  return { id: client.id, redirectUri, key, dpopKey, ...(secret !== undefined && { secret }), settings: given };
}

export async function suspendRetailer(app: TestApp, { id }: TestRetailer): Promise<void> {
  await app.get(AdmissionsService).suspend(operator, id, 'for a test');
}

export async function reinstateRetailer(app: TestApp, { id }: TestRetailer): Promise<void> {
  await app.get(AdmissionsService).reinstate(operator, id);
}
