import { generateKeyPairSync } from 'node:crypto';

import { ClientsService } from '../src/retailers/clients.service.js';
import { RetailersService } from '../src/retailers/retailers.service.js';
import { aCustomer, anOperator, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { DEVICE_GRANT } from './support/device.js';
import { audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
let operator: TestStaff;
let retailerId: string;
let clients: string;
beforeAll(async () => {
  app = await startApp();
  operator = await anOperator(app);
  ({ id: retailerId } = await aRetailer(app, { touchpoints: ['till', 'web'] }));
  clients = `/v1/admin/retailers/${retailerId}/clients`;
});
afterAll(() => app.stop());

function aKey(kid = 'till-1'): { private: object; public: object } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    private: { ...pair.privateKey.export({ format: 'jwk' }), kid },
    public: { ...pair.publicKey.export({ format: 'jwk' }), kid },
  };
}

const signing = (more: object = {}) => ({
  client_name: 'Tills',
  scopes: ['preferences.read'],
  jwks: { keys: [aKey().public] },
  ...more,
});

async function registered(more: object = {}): Promise<{ id: string; etag: string }> {
  const { body, headers } = await operator.api.post(clients).send(signing(more)).expect(201);
  return { id: body.client_id, etag: String(headers['etag']) };
}

describe('a client', () => {
  it('is registered with its public keys, for all touchpoints of its retailer unless told', async () => {
    const jwks = { keys: [aKey().public] };
    const { body, headers } = await operator.api.post(clients).send(signing({ jwks })).expect(201);
    expect(body).toEqual({
      client_id: expect.any(String),
      retailer_id: retailerId,
      client_name: 'Tills',
      status: 'active',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...jwks.keys[0], alg: 'ES256', use: 'sig' }] },
      redirect_uris: [],
      initiate_login_uri: null,
      grant_types: ['client_credentials'],
      scopes: ['preferences.read'],
      touchpoints: ['till', 'web'],
      source_prefixes: [],
      dpop_bound_access_tokens: true,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    const got = await operator.api.get(`${clients}/${body.client_id}`).expect(200);
    expect(got.body).toEqual(body);
    expect(got.headers['etag']).toBe(headers['etag']);
  });

  it('uses the code flow with refresh when it has somewhere to send people back to', async () => {
    const redirect_uris = ['https://albatross.example/callback'];
    const { body } = await operator.api.post(clients).send(signing({ redirect_uris })).expect(201);
    expect(body.grant_types).toEqual(['authorization_code', 'refresh_token']);
  });

  it.each([
    ['a private key', () => ({ jwks: { keys: [aKey().private] } }), '/jwks/keys/0/d'],
    ['two keys of one name', () => ({ jwks: { keys: [aKey().public, aKey().public] } }), '/jwks/keys/1/kid'],
    ['no keys', () => ({ jwks: undefined }), '/jwks'],
    ['keys to be fetched', () => ({ jwks: undefined, jwks_uri: 'https://albatross.example/jwks' }), '/jwks_uri'],
    ['a touchpoint of another retailer', () => ({ touchpoints: ['till', 'beacon'] }), '/touchpoints/1'],
    ['a scope that there is not', () => ({ scopes: ['everything'] }), '/scopes'],
    ['a redirect with a fragment', () => ({ redirect_uris: ['https://a.example/#x'] }), '/redirect_uris/0'],
    ['a redirect over plain http', () => ({ redirect_uris: ['http://a.example/'] }), '/redirect_uris/0'],
    ['the code flow to nowhere', () => ({ grant_types: ['authorization_code'] }), '/redirect_uris'],
    ['refresh without the code flow', () => ({ grant_types: ['refresh_token'] }), '/grant_types'],
    [
      'a device’s code and tokens that are bound to nothing',
      () => ({ grant_types: [DEVICE_GRANT], dpop_bound_access_tokens: false }),
      '/grant_types',
    ],
    ['offline access without refresh', () => ({ scopes: ['offline_access'] }), '/scopes'],
    ['keys beside a secret', () => ({ token_endpoint_auth_method: 'client_secret_basic' }), '/jwks'],
    ['null for a list', () => ({ redirect_uris: null }), '/redirect_uris'],
    ['a secret of its choice', () => ({ client_secret: 'hunter2' }), '/client_secret'],
  ])('is refused with %s, and leaves nothing behind', async (_, more, pointer) => {
    const before = await app.get(RetailersService).clientsOf(retailerId, { limit: 200 });
    const { body } = await operator.api.post(clients).send(signing(more())).expect(400);
    expect(body).toMatchObject({ type: `${app.url}/problems/invalid-request` });
    expect(body.errors).toContainEqual({ pointer, detail: expect.any(String) });
    expect(await app.get(RetailersService).clientsOf(retailerId, { limit: 200 })).toHaveLength(before.length);
  });

  it('may have a secret on a development service, which is shown once and stored as a hash', async () => {
    const given = {
      client_name: 'First steps',
      scopes: ['preferences.read'],
      token_endpoint_auth_method: 'client_secret_basic',
    };
    const { body } = await operator.api
      .post(clients)
      .send({ ...given, dpop_bound_access_tokens: false })
      .expect(201);
    expect(body.client_secret).toMatch(/^ccx_cs_[A-Za-z0-9_-]{43}$/);
    const got = await operator.api.get(`${clients}/${body.client_id}`).expect(200);
    expect(got.body).not.toHaveProperty('client_secret');
    const { rows } = await app.db.query('select * from clients where id = $1', [body.client_id]);
    expect(JSON.stringify(rows)).not.toContain(body.client_secret);
  });

  it('is listed, newest first, page by page', async () => {
    const { id: other } = await aRetailer(app, { name: 'Heron Foods' });
    const path = `/v1/admin/retailers/${other}/clients`;
    for (const client_name of ['One', 'Two']) await operator.api.post(path).send(signing({ client_name })).expect(201);
    const first = await operator.api.get(`${path}?limit=2`).expect(200);
    expect(first.body.items).toMatchObject([{ client_name: 'Two' }, { client_name: 'One' }]);
    const rest = await operator.api
      .get(`${path}?limit=2&cursor=${encodeURIComponent(first.body.next_cursor)}`)
      .expect(200);
    expect(rest.body).toMatchObject({ items: [{ client_name: 'Shop' }], next_cursor: null });
  });
});

describe('changing a client', () => {
  const patch = (id: string, changes: object, etag?: string) => {
    const request = operator.api.patch(`${clients}/${id}`);
    return (etag === undefined ? request : request.set('if-match', etag)).send(changes);
  };

  it('replaces what is named and keeps the rest', async () => {
    const { id, etag } = await registered();
    const keys = [aKey('till-1').public, aKey('till-2').public];
    const { body, headers } = await patch(id, { jwks: { keys }, touchpoints: ['till'] }, etag).expect(200);
    expect(body).toMatchObject({ client_name: 'Tills', touchpoints: ['till'], scopes: ['preferences.read'] });
    expect(body.jwks.keys.map(({ kid }: { kid: string }) => kid)).toEqual(['till-1', 'till-2']);
    expect(headers['etag']).not.toBe(etag);
  });

  it('needs the version that it changes', async () => {
    const { id, etag } = await registered();
    await patch(id, { client_name: 'Kiosks' }).expect(428);
    await patch(id, { client_name: 'Kiosks' }, etag).expect(200);
    const { body } = await patch(id, { client_name: 'Web shop' }, etag).expect(412);
    expect(body.type).toBe(`${app.url}/problems/stale-version`);
  });

  it('is refused where the client would no longer be sound', async () => {
    const { id, etag } = await registered();
    const { body } = await patch(id, { grant_types: ['authorization_code'] }, etag).expect(400);
    expect(body.errors).toEqual([{ pointer: '/redirect_uris', detail: expect.any(String) }]);
    await patch(id, { token_endpoint_auth_method: 'none' }, etag).expect(400);
  });

  it('stops it at once when it is suspended, and is in the log with the names of its keys', async () => {
    const { id, etag } = await registered();
    await app.get(RetailersService).assertActive(id);
    await patch(id, { status: 'suspended' }, etag).expect(200);
    await expect(app.get(RetailersService).assertActive(id)).rejects.toMatchObject({ name: 'RetailerSuspendedError' });
    const entries = (await audited(app, null)).filter(({ data }) => (data as { client_id?: string })?.client_id === id);
    expect(entries).toMatchObject([
      { type: 'client.registered', data: { key_ids: ['till-1'] } },
      { type: 'client.revised', data: { changed: ['status'], status: 'suspended' } },
    ]);
  });

  it('does not reach clients of other retailers, nor any that there is not', async () => {
    const other = await aRetailer(app, { name: 'Heron Foods' });
    await operator.api.get(`${clients}/${other.client.id}`).expect(404);
    await patch(other.client.id, { client_name: 'Mine now' }, '*').expect(404);
    await patch('%00', { client_name: 'Nobody' }, '*').expect(404);
    const { body } = await operator.api.get(`${clients}/nobody`).expect(404);
    expect(body.type).toBe(`${app.url}/problems/client-not-found`);
    const nobody = '019a9c3e-7c00-7000-8000-00000000a1b2';
    await operator.api.get(`/v1/admin/retailers/${nobody}/clients`).expect(404);
    await operator.api.post(`/v1/admin/retailers/${nobody}/clients`).send(signing()).expect(404);
  });
});

describe('in the strict profile', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
  });
  afterAll(() => strict.stop());

  it('clients sign their assertions, bind their tokens and redirect over https', async () => {
    const { id } = await aRetailer(strict);
    const staff = await anOperator(strict);
    const given = {
      ...signing({ jwks: undefined, redirect_uris: ['http://127.0.0.1:4000/'] }),
      token_endpoint_auth_method: 'client_secret_basic',
      dpop_bound_access_tokens: false,
    };
    const { body } = await staff.api.post(`/v1/admin/retailers/${id}/clients`).send(given).expect(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/token_endpoint_auth_method',
      '/dpop_bound_access_tokens',
      '/redirect_uris/0',
    ]);
  });
});

describe('the subject by which a retailer knows a customer', () => {
  it('is another one for every retailer, and leads back from the right one only', async () => {
    const retailers = app.get(RetailersService);
    const [a, b] = [await aRetailer(app), await aRetailer(app, { name: 'Thistle Market' })];
    const { key } = await aCustomer(app);
    const subject = await retailers.subjectFor(a.id, key);
    expect(await retailers.subjectFor(a.id, key)).toBe(subject);
    expect(await retailers.subjectFor(b.id, key)).not.toBe(subject);
    expect(subject).not.toContain(key.customerId);
    expect(await retailers.customerOf(a.id, subject)).toEqual(key);
    expect(await retailers.customerOf(b.id, subject)).not.toEqual(key);
    expect(await retailers.customerOf(a.id, 'p1nonsense')).toBeNull();
  });

  it('comes from a key that is wrapped at rest', async () => {
    const { id } = await aRetailer(app);
    const { rows } = await app.db.query<{ pairwise_key: Buffer }>('select pairwise_key from retailers where id = $1', [
      id,
    ]);
    const key = await app.get(RetailersService).pairwiseKeyOf(id);
    expect(key).toHaveLength(32);
    expect(rows[0]?.pairwise_key.includes(key)).toBe(false);
  });
});

it('answers a client that it registered under an id of choice', async () => {
  const { client } = await app
    .get(ClientsService)
    .register(
      { kind: 'system' },
      retailerId,
      { name: 'Docs', authMethod: 'none', bearer: true, scopes: ['openid'], redirectUris: ['http://127.0.0.1:3000/x'] },
      'docs-of-this-test',
    );
  expect(client.id).toBe('docs-of-this-test');
  expect(await app.get(RetailersService).clientById(client.id)).toMatchObject({ retailer: { id: retailerId } });
});
