import * as oidc from 'openid-client';

import { detailTypes } from '../src/consents/detail.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { claimsOf, signIn } from './support/oauth.js';
import { announced, audited } from './support/records.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
  grocer = await aRetailer(app);
});
afterAll(() => app.stop());

const details = [
  {
    type: 'ccx_preferences',
    attributes: ['size.footwear', 'receipt.delivery'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['till', 'web'],
  },
];

/** A client that knows nothing of this service but its address. */
async function discovered({ client }: TestRetailer): Promise<oidc.Configuration> {
  const credentials = oidc.PrivateKeyJwt({ key: client.key.privateKey, kid: client.key.thumbprint });
  // The test listens on plain HTTP.
  return oidc.discovery(new URL(app.url), client.id, { use_mtls_endpoint_aliases: false }, credentials, {
    execute: [oidc.allowInsecureRequests],
  });
}

/** Pushes a request, lets the customer decide in a browser, and redeems the code. */
async function authorize(config: oidc.Configuration, customer: TestCustomer, scope: string) {
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const address = await oidc.buildAuthorizationUrlWithPAR(
    config,
    {
      redirect_uri: grocer.client.redirectUri,
      scope,
      state: expectedState,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      authorization_details: JSON.stringify(details),
    },
    { DPoP },
  );
  const browser = new Browser(app.url);
  const page = await signIn(browser, await browser.follow(await browser.get(address.href)), customer);
  const answer = page.location
    ? page
    : await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
  const callback = new URL(answer.location ?? '');
  const tokens = await oidc.authorizationCodeGrant(config, callback, { pkceCodeVerifier, expectedState }, undefined, {
    DPoP,
  });
  const read = (accessToken = tokens.access_token) =>
    oidc.fetchProtectedResource(
      config,
      accessToken,
      new URL('/v1/preferences?touchpoint=till&stage=shopping', app.url),
      'GET',
      undefined,
      undefined,
      { DPoP },
    );
  return { tokens, DPoP, read, callback };
}

async function aCustomerWithShoes(): Promise<TestCustomer> {
  const customer = await aCustomer(app);
  const value = { system: 'EUROPE', size: '42' };
  await customer.api
    .post('/v1/me/preferences')
    .send({ attribute: 'size.footwear', value, strength: 'want', applies_to: { level: 'everyone' } })
    .expect(201);
  return customer;
}

describe('a standard OAuth client, configured by discovery alone', () => {
  it('goes from a pushed request over the customer’s consent to what they let it know', async () => {
    const customer = await aCustomerWithShoes();
    const config = await discovered(grocer);
    const { tokens, read } = await authorize(config, customer, 'preferences.read');

    expect(tokens).toMatchObject({ token_type: 'dpop', scope: 'preferences.read' });
    expect(tokens.authorization_details).toEqual([
      expect.objectContaining({ attributes: ['receipt.delivery', 'size.footwear'], touchpoints: ['till', 'web'] }),
    ]);
    const answer = await read();
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as { subject: string; preferences: object[] };
    expect(body.preferences).toEqual([expect.objectContaining({ attribute: 'size.footwear', strength: 'want' })]);
    expect(body.subject).toBe(claimsOf(tokens.access_token)['sub']);
  });

  it('never learns who the customer is beyond an identifier of its retailer’s own', async () => {
    const customer = await aCustomerWithShoes();
    const config = await discovered(grocer);
    const { tokens } = await authorize(config, customer, 'openid preferences.read');
    expect(tokens.claims()?.sub).toBe(claimsOf(tokens.access_token)['sub']);
    expect(JSON.stringify([claimsOf(tokens.access_token), tokens.claims()])).not.toContain(customer.customerId);
  });

  it('refreshes with the same refresh token again and again', async () => {
    const config = await discovered(grocer);
    const { tokens, DPoP, read } = await authorize(config, await aCustomerWithShoes(), 'preferences.read');
    const first = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    const second = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    expect([first.refresh_token, second.refresh_token]).toEqual([tokens.refresh_token, tokens.refresh_token]);
    expect((await read(second.access_token)).status).toBe(200);
  });

  it('is refused on the very next call after the customer withdraws, and cannot refresh', async () => {
    const customer = await aCustomerWithShoes();
    const config = await discovered(grocer);
    const { tokens, DPoP, read } = await authorize(config, customer, 'preferences.read');
    expect((await read()).status).toBe(200);

    const consentId = claimsOf(tokens.access_token)['consent_id'];
    await customer.api
      .post(`/v1/me/consents/${String(consentId)}/withdraw`)
      .send({})
      .expect(200);

    const refused = await read().catch((error: oidc.WWWAuthenticateChallengeError) => error);
    expect(refused.status).toBe(401);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP })).rejects.toMatchObject(
      {
        error: 'invalid_grant',
      },
    );
  });

  it('gets a token of its own without a customer', async () => {
    const config = await discovered(grocer);
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'preferences.read consents.read' }, { DPoP });
    expect(claimsOf(tokens.access_token)).toMatchObject({
      iss: app.url,
      aud: app.url,
      sub: grocer.client.id,
      client_id: grocer.client.id,
      retailer_id: grocer.id,
      scope: 'preferences.read consents.read',
      cnf: { jkt: await DPoP.calculateThumbprint() },
    });
  });

  it('leaves a trail: every token issued is in the log, the decision is announced', async () => {
    const customer = await aCustomerWithShoes();
    await authorize(await discovered(grocer), customer, 'preferences.read');
    const events = await audited(app, customer.key);
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['consent-request.opened', 'consent.given', 'token.issued']),
    );
    expect(events.find(({ type }) => type === 'token.issued')).toMatchObject({
      actor: { kind: 'retailer', id: grocer.id, client: grocer.client.id },
      data: { grant_type: 'authorization_code', scope: 'preferences.read' },
    });
    expect(await announced(app, customer.key)).toContain('consent.given');
  });
});

describe('the metadata', () => {
  it('says what the strict profile demands', async () => {
    const { body } = await app.http.get('/.well-known/oauth-authorization-server').expect(200);
    expect(body).toMatchObject({
      issuer: app.url,
      require_pushed_authorization_requests: true,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      code_challenge_methods_supported: ['S256'],
      dpop_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      authorization_details_types_supported: [...detailTypes],
      subject_types_supported: ['pairwise'],
    });
    expect((await app.http.get('/.well-known/openid-configuration').expect(200)).body).toEqual(body);
  });

  it('gives addresses under the configured issuer, whatever the request calls this host', async () => {
    const { body } = await app.http
      .get('/.well-known/oauth-authorization-server')
      .set({ host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' })
      .expect(200);
    expect(JSON.stringify(body)).not.toContain('evil');
    expect(body.token_endpoint).toBe(`${app.url}/oauth/token`);
  });

  it('publishes the key in use and the next one, of tokens and of receipts, and nothing private', async () => {
    const { body } = await app.http.get('/oauth/jwks').expect(200);
    expect(body.keys).toHaveLength(4);
    for (const key of body.keys) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });
});

describe('the keys that sign', () => {
  it('are stored so that the database alone cannot sign', async () => {
    const { rows } = await app.db.query<{ private_wrapped: Buffer; public_jwk: object }>('select * from signing_keys');
    expect(rows).toHaveLength(4);
    for (const { private_wrapped: wrapped, public_jwk: jwk } of rows) {
      expect(wrapped.includes(Buffer.from('2a8648ce3d030107', 'hex'))).toBe(false); // the curve's name in PKCS#8
      expect(jwk).not.toHaveProperty('d');
    }
  });
});
