import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { reading, reporting } from './support/consents.js';
import { aSale } from './support/events.js';
import {
  authorizationCode,
  authorizationParams,
  claimsOf,
  codeOf,
  type ConsentAccess,
  consentToken,
  dpopFetch,
  type JsonAnswer,
  post,
  pushRequest,
  redeem,
  refresh,
  retailerToken,
  signIn,
  tokenRequest,
} from './support/oauth.js';
import { recordedChanges } from './support/recorded-changes.js';
import { audited } from './support/records.js';
import {
  aClient,
  aKey,
  aRetailer,
  reinstateRetailer,
  suspendRetailer,
  type TestRetailer,
} from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let customer: TestCustomer;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  [grocer, customer] = await Promise.all([aRetailer(app), aCustomer(app)]);
});
afterAll(() => app.stop());

const refusal = ({ status, body }: JsonAnswer) => `${status} ${String(body.error)}`;
const read = ({ fetch }: Pick<ConsentAccess, 'fetch'>) =>
  fetch('GET', '/v1/preferences?touchpoint=till&stage=shopping');
const withdraw = ({ consentId }: ConsentAccess) =>
  customer.api.post(`/v1/me/consents/${consentId}/withdraw`).send({}).expect(200);
const revoke = (token: string, client = grocer.client) => post(app, client, '/oauth/revoke', { token }, false);
const introspect = async (token: string, client = grocer.client) =>
  (await post(app, client, '/oauth/introspect', { token }, false)).body as Record<string, unknown>;
const statusOf = async ({ consentId }: ConsentAccess) =>
  (await customer.api.get(`/v1/me/consents/${consentId}`).expect(200)).body.status as string;

describe('a code that is shown again', () => {
  it('ends the tokens that it led to, and leaves the consent', async () => {
    const { code, verifier } = await authorizationCode(app, grocer.client, customer);
    const first = await redeem(app, grocer.client, code, verifier);
    expect(refusal(await redeem(app, grocer.client, code, verifier))).toBe('400 invalid_grant');

    expect(refusal(await refresh(app, grocer.client, first.body.refresh_token))).toBe('400 invalid_grant');
    expect(await introspect(first.body.access_token)).toEqual({ active: false });
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    expect(body.items).toEqual([expect.objectContaining({ status: 'active' })]);
  });

  it('leaves the tokens of other clients of the retailer alone', async () => {
    const other = await aClient(app, grocer.id);
    const unharmed = await consentToken(app, { client: other }, customer);
    const { code, verifier } = await authorizationCode(app, grocer.client, customer);
    await redeem(app, grocer.client, code, verifier);
    await redeem(app, grocer.client, code, verifier);
    expect((await read(unharmed)).status).toBe(200);
  });
});

describe('a refresh token', () => {
  it('works as long as the consent does', async () => {
    const access = await consentToken(app, grocer, customer);
    const { body } = await refresh(app, grocer.client, access.refreshToken ?? '');
    expect(claimsOf(body.access_token)).toMatchObject({ sub: access.subject, consent_id: access.consentId });
    await withdraw(access);
    expect(refusal(await refresh(app, grocer.client, access.refreshToken ?? ''))).toBe('400 invalid_grant');
  });

  it('works while the consent is paused, so that clients keep their token', async () => {
    const access = await consentToken(app, grocer, customer);
    await app.db.query(`update consents set status = 'paused', paused_at = now() where id = $1`, [access.consentId]);
    expect((await refresh(app, grocer.client, access.refreshToken ?? '')).status).toBe(200);
    expect(await introspect(access.accessToken)).toEqual({ active: false });
    expect((await read(access)).status).toBe(403);
  });

  it('is good for nobody once the consent has expired', async () => {
    const access = await consentToken(app, grocer, customer, { lifetimeDays: 1 });
    app.clock.advance({ days: 2 });
    expect(refusal(await refresh(app, grocer.client, access.refreshToken ?? ''))).toBe('400 invalid_grant');
    app.clock.advance({ days: -2 });
  });

  it('is refused to a suspended retailer, and works again after', async () => {
    const access = await consentToken(app, grocer, customer);
    await suspendRetailer(app, grocer);
    expect(refusal(await refresh(app, grocer.client, access.refreshToken ?? ''))).toBe('401 invalid_client');
    await reinstateRetailer(app, grocer);
    expect((await refresh(app, grocer.client, access.refreshToken ?? '')).status).toBe(200);
  });

  it('belongs to one client', async () => {
    const access = await consentToken(app, grocer, customer);
    const other = await aClient(app, grocer.id);
    expect(refusal(await refresh(app, other, access.refreshToken ?? ''))).toBe('400 invalid_grant');
  });

  it('is not given for a consent that is good once', async () => {
    const access = await consentToken(app, grocer, customer, { use: 'once' });
    expect(access.refreshToken).toBeUndefined();
    expect((await read(access)).status).toBe(200);
  });
});

describe('a consent that is good once', () => {
  const tillAndSale = { details: [reading, reporting], scope: 'preferences.read interactions.write' };
  afterEach(() => app.clock.set(new Date()));

  it('ends with the one token that was issued under it', async () => {
    const access = await consentToken(app, grocer, customer, { use: 'once', ...tillAndSale });
    const path = `/v1/me/consents/${access.consentId}`;
    const { body: open } = await customer.api.get(path).expect(200);
    expect(open).toMatchObject({ status: 'active', version: 1 });
    const end = Date.parse(open.expires_at as string);
    expect(Math.abs(end - Number(claimsOf(access.accessToken)['exp']) * 1000)).toBeLessThan(5_000);
    for (const { expires_at: lineEnd } of [...open.details, ...access.details]) expect(lineEnd).toBe(open.expires_at);
    const issued = (await audited(app, customer.key)).find(({ type }) => type === 'token.issued');
    expect(issued?.data).toMatchObject({ consent_expires_at: open.expires_at });

    expect([(await read(access)).status, (await read(access)).status]).toEqual([200, 200]);
    const sale = aSale(app, { subject: access.subject });

    app.clock.set(new Date(end));
    const { body: over } = await customer.api.get(path).expect(200);
    expect(over).toMatchObject({ status: 'expired', ended_at: open.expires_at });
    expect((await customer.api.get('/v1/me/consents?status=active').expect(200)).body.items).toEqual([]);
    expect((await read(access)).status).toBe(401);

    const itself = await retailerToken(app, grocer, { scope: 'interactions.write' });
    const report = (event: object) => itself.fetch('POST', '/v1/interactions', event);
    expect((await report(aSale(app, { subject: access.subject }))).body.type).toContain('no-consent-at-time');
    await app.runJob('consents.expire');
    await app.runJob('consents.expire');
    expect(await recordedChanges(app, customer.key, access.consentId)).toEqual(['given', 'expired']);
    expect((await report(sale)).body).toMatchObject({ stored: 1 });
  });

  it('keeps the end that it had where that is earlier, and is shown anew to whoever has seen it before', async () => {
    const { code, verifier } = await authorizationCode(app, grocer.client, customer, { use: 'once' });
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    const path = `/v1/me/consents/${body.items[0].id}`;
    const { headers, body: before } = await customer.api.get(path).expect(200);
    const soon = new Date(app.clock.now().getTime() + 60_000).toISOString();
    const narrowed = await customer.api.patch(path).set('if-match', String(headers['etag'])).send({ expires_at: soon });
    expect([before.details[0].expires_at > soon, narrowed.status]).toEqual([true, 200]);
    expect((await redeem(app, grocer.client, code, verifier)).status).toBe(200);
    expect((await customer.api.get(path).expect(200)).body.expires_at).toBe(soon);

    const other = await authorizationCode(app, grocer.client, customer, { use: 'once' });
    const { body: both } = await customer.api.get('/v1/me/consents').expect(200);
    const otherPath = `/v1/me/consents/${both.items[0].id}`;
    const seen = await customer.api.get(otherPath).expect(200);
    await redeem(app, grocer.client, other.code, other.verifier);
    await customer.api.get(otherPath).set('if-none-match', String(seen.headers['etag'])).expect(200);
  });

  it('is used up as well by asking for more than was given', async () => {
    const { code, verifier } = await authorizationCode(app, grocer.client, customer, { use: 'once' });
    const params = { authorization_details: JSON.stringify([reporting]) };
    const refused = await redeem(app, grocer.client, code, verifier, { params });
    expect(refusal(refused)).toBe('400 invalid_authorization_details');
    expect(refusal(await redeem(app, grocer.client, code, verifier))).toBe('400 invalid_grant');
    app.clock.advance({ minutes: 5 });
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    expect(body.items).toMatchObject([{ status: 'expired' }]);
  });

  it('ends with it also while it is paused', async () => {
    const { code, verifier } = await authorizationCode(app, grocer.client, customer, { use: 'once' });
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    const path = `/v1/me/consents/${body.items[0].id}`;
    await customer.api.post(`${path}/pause`).expect(200);
    expect((await redeem(app, grocer.client, code, verifier)).status).toBe(200);
    app.clock.advance({ minutes: 5 });
    expect((await customer.api.get(path).expect(200)).body.status).toBe('expired');
  });
});

describe('revoking', () => {
  it('a refresh token ends all tokens of the client, and leaves the consent', async () => {
    const access = await consentToken(app, grocer, customer);
    expect((await revoke(access.refreshToken ?? '')).status).toBe(200);
    expect(refusal(await refresh(app, grocer.client, access.refreshToken ?? ''))).toBe('400 invalid_grant');
    expect((await read(access)).status).toBe(401);
    expect(await statusOf(access)).toBe('active');
    expect((await audited(app, customer.key)).map(({ type }) => type)).toContain('token.revoked');
  });

  it('an access token does the same', async () => {
    const access = await consentToken(app, grocer, customer);
    expect((await revoke(access.accessToken)).status).toBe(200);
    expect((await read(access)).status).toBe(401);
    expect(refusal(await refresh(app, grocer.client, access.refreshToken ?? ''))).toBe('400 invalid_grant');
    expect(await statusOf(access)).toBe('active');
  });

  it('gives way to a new consent token afterwards, without asking the customer again', async () => {
    const access = await consentToken(app, grocer, customer);
    await revoke(access.refreshToken ?? '');
    const { address, verifier } = await pushRequest(app, grocer.client);
    const browser = new Browser(app.url);
    const answer = await signIn(browser, await browser.follow(await browser.get(address)), customer);
    const { status, body } = await redeem(app, grocer.client, codeOf(answer, grocer.client), verifier);
    expect([status, claimsOf(body.access_token)['epoch']]).toEqual([200, 2]);
  });

  it('an unknown token is no error, and another client’s is left alone', async () => {
    const access = await consentToken(app, grocer, customer);
    const stranger = await aRetailer(app);
    expect((await revoke('unknown')).status).toBe(200);
    await revoke(access.accessToken, stranger.client);
    await revoke(access.refreshToken ?? '', stranger.client);
    expect((await read(access)).status).toBe(200);
  });

  it('a token without a customer is not possible, and the answer says so', async () => {
    const { accessToken } = await retailerToken(app, grocer);
    expect(refusal(await revoke(accessToken))).toBe('400 unsupported_token_type');
  });

  it('needs a client that authenticates, and a token', async () => {
    const stranger = { ...grocer.client, key: await aKey() };
    expect(refusal(await post(app, stranger, '/oauth/revoke', { token: 'x' }, false))).toBe('401 invalid_client');
    expect(refusal(await post(app, grocer.client, '/oauth/revoke', {}, false))).toBe('400 invalid_request');
  });
});

describe('introspection', () => {
  it('says what an access token and a refresh token are good for', async () => {
    const access = await consentToken(app, grocer, customer);
    expect(await introspect(access.accessToken)).toMatchObject({
      active: true,
      sub: access.subject,
      client_id: grocer.client.id,
      scope: 'preferences.read',
      token_type: 'DPoP',
      cnf: { jkt: grocer.client.dpopKey.thumbprint },
    });
    expect(await introspect(access.refreshToken ?? '')).toMatchObject({
      active: true,
      client_id: grocer.client.id,
      authorization_details: access.details,
    });
    expect(JSON.stringify(await introspect(access.refreshToken ?? ''))).not.toContain(customer.customerId);
  });

  it('says what was given, as far as the token goes and as it is now', async () => {
    const access = await consentToken(app, grocer, customer);
    const { authorization_details: whole } = await introspect(access.accessToken);
    expect(whole).toEqual([expect.objectContaining({ attributes: ['size.footwear'], touchpoints: ['till', 'web'] })]);
    const params = {
      authorization_details: JSON.stringify([
        {
          type: 'ccx_preferences',
          attributes: ['size.footwear'],
          purposes: ['dpv:ServicePersonalisation'],
          touchpoints: ['till'],
        },
      ]),
    };
    const { body } = await refresh(app, grocer.client, access.refreshToken ?? '', { params });
    const { authorization_details: part } = await introspect(body.access_token as string);
    expect(part).toEqual([expect.objectContaining({ touchpoints: ['till'] })]);
  });

  it('says no more than that it is not active to another retailer', async () => {
    const access = await consentToken(app, grocer, customer);
    const stranger = await aRetailer(app);
    expect(await introspect(access.accessToken, stranger.client)).toEqual({ active: false });
    expect(await introspect(access.refreshToken ?? '', stranger.client)).toEqual({ active: false });
  });

  it('knows at once that a consent was withdrawn', async () => {
    const access = await consentToken(app, grocer, customer);
    await withdraw(access);
    expect(await introspect(access.accessToken)).toEqual({ active: false });
    expect(await introspect(access.refreshToken ?? '')).toEqual({ active: false });
  });

  it('calls nonsense not active, and needs a client that authenticates', async () => {
    expect(await introspect('nonsense')).toEqual({ active: false });
    expect(await introspect('a.b.c')).toEqual({ active: false });
    const stranger = { ...grocer.client, key: await aKey() };
    expect(refusal(await post(app, stranger, '/oauth/introspect', { token: 'x' }, false))).toBe('401 invalid_client');
    expect(refusal(await post(app, grocer.client, '/oauth/introspect', {}, false))).toBe('400 invalid_request');
  });
});

describe('narrowing a token', () => {
  const shoes = { type: 'ccx_preferences', attributes: ['size.footwear'], purposes: ['dpv:ServicePersonalisation'] };
  const at = (...touchpoints: string[]) => ({ authorization_details: JSON.stringify([{ ...shoes, touchpoints }]) });

  const wide = {
    ...shoes,
    attributes: ['size.footwear', 'size.apparel'],
    purposes: ['dpv:ServicePersonalisation', 'dpv:PersonalisedBenefits'],
    touchpoints: ['till', 'web'],
    stages: ['shopping', 'exploring'],
  };
  const inside = '?touchpoint=till&stage=shopping&purpose=dpv:ServicePersonalisation&attributes=size.footwear';

  it.each([
    ['touchpoints', { touchpoints: ['till'] }, { touchpoint: 'web' }],
    ['attributes', { attributes: ['size.footwear'] }, { attributes: 'size.apparel' }],
    ['purposes', { purposes: ['dpv:ServicePersonalisation'] }, { purpose: 'dpv:PersonalisedBenefits' }],
    ['stages', { stages: ['shopping'] }, { stage: 'exploring' }],
  ])('makes it good for fewer %s than the consent', async (_, fewer, outside) => {
    const access = await consentToken(app, grocer, customer, { details: [wide] });
    const params = { authorization_details: JSON.stringify([{ ...wide, ...fewer }]) };
    const { body } = await refresh(app, grocer.client, access.refreshToken ?? '', { params });
    expect(body.authorization_details).toEqual([expect.objectContaining(fewer)]);
    const narrowed = { ...access, accessToken: body.access_token as string };
    const beyond = new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(inside)), ...outside });
    const reads = await Promise.all(
      [narrowed, access].flatMap((token) =>
        [inside, `?${beyond.toString()}`].map((query) => dpopFetch(app, token, 'GET', `/v1/preferences${query}`)),
      ),
    );
    expect(reads.map(({ status }) => status)).toEqual([200, 403, 200, 200]);
    expect(reads[1]?.body.type).toBe(`${app.url}/problems/outside-consent`);
  });

  it('makes it good for fewer reports than the consent', async () => {
    const purchases = {
      type: 'ccx_interactions',
      event_types: ['transaction.completed', 'return.completed'],
      purposes: ['dpv:ServicePersonalisation'],
      touchpoints: ['till'],
    };
    const access = await consentToken(app, grocer, customer, { details: [purchases], scope: 'interactions.write' });
    const params = { authorization_details: JSON.stringify([{ ...purchases, event_types: ['return.completed'] }]) };
    const { body } = await refresh(app, grocer.client, access.refreshToken ?? '', { params });
    const event = aSale(app, { subject: access.subject });
    const report = async (accessToken: string) =>
      (await dpopFetch(app, { ...access, accessToken }, 'POST', '/v1/interactions', { body: event })).body;
    expect(await report(body.access_token as string)).toMatchObject({
      type: `${app.url}/problems/outside-consent`,
    });
    expect(await report(access.accessToken)).toMatchObject({ stored: 1 });
  });

  it('cannot be used to widen it', async () => {
    const access = await consentToken(app, grocer, customer);
    const answer = await refresh(app, grocer.client, access.refreshToken ?? '', { params: at('till', 'app') });
    expect(refusal(answer)).toBe('400 invalid_authorization_details');
  });
});

describe('a development service', () => {
  it('also takes a client with a secret and gives it bearer tokens', async () => {
    const client = await aClient(app, grocer.id, { authMethod: 'client_secret_basic', bearer: true });
    const access = await consentToken(app, { client }, customer);
    expect(access.tokenType).toBe('Bearer');
    expect((await read(access)).status).toBe(200);
    const wrong = { ...client, secret: 'wrong' };
    expect(refusal(await tokenRequest(app, wrong, { grant_type: 'client_credentials' }))).toBe('401 invalid_client');
  });

  it('stores secrets as hashes', async () => {
    const client = await aClient(app, grocer.id, { authMethod: 'client_secret_basic', bearer: true });
    const { rows } = await app.db.query('select secret_hash from clients where id = $1', [client.id]);
    expect(rows[0].secret_hash).toHaveLength(32);
    const hash = { ...client, secret: (rows[0].secret_hash as Buffer).toString('base64url') };
    expect(refusal(await tokenRequest(app, hash, { grant_type: 'client_credentials' }))).toBe('401 invalid_client');
  });

  it('takes a public client that pushes nothing, with PKCE', async () => {
    const client = await aPublicClient();
    const { verifier, answer } = await directRequest(client);
    const { status, body } = await redeem(app, client, codeOf(answer, client), verifier);
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
  });

  it('rotates the refresh tokens of public clients, and ends all when an old one is shown', async () => {
    const client = await aPublicClient();
    const { verifier, answer } = await directRequest(client);
    const { body: first } = await redeem(app, client, codeOf(answer, client), verifier);
    const { body: second } = await refresh(app, client, first.refresh_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(refusal(await refresh(app, client, first.refresh_token))).toBe('400 invalid_grant');
    expect(refusal(await refresh(app, client, second.refresh_token))).toBe('400 invalid_grant');
  });

  const aPublicClient = () =>
    aClient(app, grocer.id, {
      authMethod: 'none',
      bearer: true,
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: ['http://127.0.0.1:3999/docs/oauth2-redirect.html'],
    });

  async function directRequest(client: Awaited<ReturnType<typeof aPublicClient>>) {
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const browser = new Browser(app.url);
    const query = new URLSearchParams(authorizationParams(client, verifier));
    const page = await signIn(
      browser,
      await browser.follow(await browser.get(`/oauth/authorize?${query.toString()}`)),
      customer,
    );
    return { verifier, answer: await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' })) };
  }
});
