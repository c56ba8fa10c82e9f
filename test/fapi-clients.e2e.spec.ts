import { randomUUID } from 'node:crypto';

import { generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

import { startApp, type TestApp } from './support/app.js';
import { refusalOf, sendForm } from './support/attempts.js';
import { clientAssertion, type JsonAnswer, tokenRequest } from './support/oauth.js';
import { aClient, aKey, aRetailer, type TestClient, type TestKey, type TestRetailer } from './support/retailers.js';

// Clauses are those of the FAPI 2.0 Security Profile (final) where no other document is named; after the semicolon comes
// the module of the OpenID conformance suite, without its `fapi2-security-profile-final-`.

let app: TestApp;
let grocer: TestRetailer;
let other: TestClient;
let rsa: TestKey['privateKey'];
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
  grocer = await aRetailer(app);
  other = await aClient(app, grocer.id);
  rsa = (await generateKeyPair('RS256')).privateKey;
});
afterAll(() => app.stop());

const TOKEN = '/oauth/token';
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const credentials = { grant_type: 'client_credentials', scope: 'preferences.read' };
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

describe('a client assertion is refused', () => {
  const assertion = (claims: JWTPayload & Record<string, unknown> = {}) =>
    clientAssertion(grocer.client, { aud: app.url, ...claims });
  const claims = () => ({
    iss: grocer.client.id,
    sub: grocer.client.id,
    aud: app.url,
    jti: randomUUID(),
    iat: inSeconds(0),
    exp: inSeconds(60),
  });

  it.each<[fact: string, make: () => string | Promise<string>]>([
    [
      'without a signature (§5.4.1-1.3; ensure-invalid-client-assertions-fail)',
      () => new UnsecuredJWT(claims()).encode(),
    ],
    [
      'with the public key taken for a secret, as HS256 (§5.4.1-1.2, RFC 8725 §3.1)',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256' })
          .sign(Buffer.from(JSON.stringify(grocer.client.key.publicJwk))),
    ],
    [
      'signed with RS256 (§5.4.1-1.2; ensure-signed-client-assertion-with-RS256-fails)',
      () => new SignJWT(claims()).setProtectedHeader({ alg: 'RS256' }).sign(rsa),
    ],
    [
      'signed with another client’s key (RFC 7523 §3-9)',
      () => clientAssertion({ ...grocer.client, key: other.key }, { aud: app.url }),
    ],
    [
      'signed with a key that it brings along (RFC 8725 §3.10)',
      async () => {
        const key = await aKey();
        return new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', jwk: key.publicJwk }).sign(key.privateKey);
      },
    ],
    [
      'changed after it was signed (RFC 7523 §3-9)',
      async () => {
        const [header, , signature] = (await assertion()).split('.');
        return [header, Buffer.from(JSON.stringify(claims())).toString('base64url'), signature].join('.');
      },
    ],
    [
      'that expired five minutes ago (RFC 7523 §3-4; ensure-client-assertion-with-exp-is-5-minutes-in-past-fails)',
      () => assertion({ iat: inSeconds(-360), exp: inSeconds(-300) }),
    ],
    ['that never expires (RFC 7523 §3-4)', () => assertion({ exp: undefined })],
    ['that is good for an hour (RFC 7523 §3-4)', () => assertion({ exp: inSeconds(3_600) })],
    [
      'that holds from 90 seconds ahead, nbf (§5.3.2.1-13)',
      () => assertion({ nbf: inSeconds(90), exp: inSeconds(180) }),
    ],
    ['that was made 90 seconds ahead, iat (§5.3.2.1-13)', () => assertion({ iat: inSeconds(90), exp: inSeconds(180) })],
    [
      'for the token endpoint (§5.3.2.1-8; ensure-client-assertion-with-wrong-aud-fails)',
      () => assertion({ aud: app.url + TOKEN }),
    ],
    ['for a list of audiences, be the issuer in it (§5.3.2.1-8)', () => assertion({ aud: [app.url] })],
    ['for several audiences (§5.3.2.1-8)', () => assertion({ aud: [app.url, 'https://elsewhere.example'] })],
    ['for another server (RFC 7523 §3-3)', () => assertion({ aud: 'https://elsewhere.example' })],
    ['for nobody (RFC 7523 §3-3)', () => assertion({ aud: undefined })],
    ['without an issuer (RFC 7523 §3-1)', () => assertion({ iss: undefined })],
    ['of another issuer (RFC 7523 §3-1)', () => assertion({ iss: other.id })],
    [
      'without a subject (RFC 7523 §3-2; ensure-client-assertion-with-no-sub-fails)',
      () => assertion({ sub: undefined }),
    ],
    ['about another client (RFC 7523 §3-2)', () => assertion({ sub: other.id })],
    ['without an id (RFC 7523 §3-7)', () => assertion({ jti: undefined })],
  ])('%s', async (_, make) => {
    const made = await make();
    expect(await refusalOf(app, () => tokenRequest(app, grocer.client, credentials, { assertion: made }))).toBe(
      '401 invalid_client',
    );
  });

  it('the second time (RFC 7523 §3-7)', async () => {
    const made = await assertion();
    expect((await tokenRequest(app, grocer.client, credentials, { assertion: made })).status).toBe(200);
    expect(await refusalOf(app, () => tokenRequest(app, grocer.client, credentials, { assertion: made }))).toBe(
      '401 invalid_client',
    );
  });

  it('in the address (RFC 7521 §4.2)', async () => {
    const query = new URLSearchParams({ client_assertion_type: JWT_BEARER, client_assertion: await assertion() });
    const attempt = () => sendForm(app, `${TOKEN}?${query.toString()}`, credentials);
    expect(await refusalOf(app, attempt)).toBe('400 invalid_request');
  });

  it('of a type that does not exist (RFC 7521 §4.2)', async () => {
    const client_assertion = await assertion();
    const params = { ...credentials, client_assertion, client_assertion_type: 'jwt' };
    expect(await refusalOf(app, () => sendForm(app, TOKEN, params))).toBe('400 invalid_request');
  });

  it('that is no JWT (RFC 7523 §3)', async () => {
    const attempt = () => tokenRequest(app, grocer.client, credentials, { assertion: 'nonsense' });
    expect(await refusalOf(app, attempt)).toBe('400 invalid_request');
  });

  it('beside another client_id (RFC 7521 §4.2; ensure-client-id-in-token-endpoint)', async () => {
    const params = { ...credentials, client_id: other.id };
    expect(await refusalOf(app, () => tokenRequest(app, grocer.client, params))).toBe('400 invalid_request');
  });

  it('beside a secret (RFC 6749 §2.3)', async () => {
    const params = { ...credentials, client_assertion: await assertion(), client_assertion_type: JWT_BEARER };
    const headers = { authorization: `Basic ${Buffer.from(`${grocer.client.id}:x`).toString('base64')}` };
    expect(await refusalOf(app, () => sendForm(app, TOKEN, params, { headers }))).toBe('400 invalid_request');
  });
});

describe('a client assertion', () => {
  it('is taken from a clock that is ten seconds ahead (§5.3.2.1-13; happy-flow)', async () => {
    const assertion = await clientAssertion(grocer.client, { aud: app.url, iat: inSeconds(10), nbf: inSeconds(10) });
    expect((await tokenRequest(app, grocer.client, credentials, { assertion })).status).toBe(200);
  });
});

describe.each(['/oauth/par', TOKEN, '/oauth/introspect', '/oauth/revoke', '/oauth/device_authorization'])(
  'at %s',
  (path) => {
    const basic = (secret: string) => ({
      authorization: `Basic ${Buffer.from(`${grocer.client.id}:${secret}`).toString('base64')}`,
    });

    it.each<[fact: string, attempt: () => Promise<JsonAnswer>]>([
      ['nobody in particular (RFC 6749 §3.2.1)', () => sendForm(app, path, { ...credentials, token: 'x' })],
      [
        'who only says its client_id (§5.3.2.1-3, -6; ensure-client-assertion-in-token-endpoint)',
        () => sendForm(app, path, { ...credentials, token: 'x', client_id: grocer.client.id }),
      ],
      [
        'who has a secret, in a header (§5.3.2.1-6)',
        () => sendForm(app, path, { ...credentials, token: 'x' }, { headers: basic('secret') }),
      ],
      [
        'who has a secret, in the form (§5.3.2.1-6)',
        () => sendForm(app, path, { ...credentials, token: 'x', client_id: grocer.client.id, client_secret: 'secret' }),
      ],
    ])('no client is one %s', async (_, attempt) => {
      expect(await refusalOf(app, attempt)).toMatch(/^40[01] invalid_(?:client|request)$/);
    });
  },
);
