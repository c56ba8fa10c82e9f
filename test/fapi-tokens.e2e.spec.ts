import { randomUUID } from 'node:crypto';

import { decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';

import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { inVain, refusalOf, secondsLater, sendForm } from './support/attempts.js';
import { Browser } from './support/browser.js';
import {
  authorizationCode,
  authorizationParams,
  claimsOf,
  clientAssertion,
  codeOf,
  type ConsentAccess,
  consentToken,
  dpopFetch,
  dpopProof,
  post,
  redeem,
  refresh,
  signIn,
  tokenRequest,
} from './support/oauth.js';
import { aClient, aKey, aRetailer, type TestClient, type TestKey, type TestRetailer } from './support/retailers.js';

// Clauses are those of the FAPI 2.0 Security Profile (final) where no other document is named; after the semicolon comes
// the module of the OpenID conformance suite, without its `fapi2-security-profile-final-`.

let app: TestApp;
let grocer: TestRetailer;
let other: TestClient;
let customer: TestCustomer;
let rsa: TestKey['privateKey'];
let p384: TestKey['privateKey'];
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
  grocer = await aRetailer(app);
  other = await aClient(app, grocer.id);
  customer = await aCustomer(app);
  rsa = (await generateKeyPair('RS256')).privateKey;
  p384 = (await generateKeyPair('ES384')).privateKey;
});
afterAll(() => app.stop());

const TOKEN = '/oauth/token';
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const credentials = { grant_type: 'client_credentials', scope: 'preferences.read' };
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const read = (access: Pick<ConsentAccess, 'accessToken' | 'tokenType' | 'key'>) =>
  dpopFetch(app, access, 'GET', '/v1/preferences?touchpoint=till&stage=shopping');
const consentStatus = async (consentId: unknown) =>
  (await customer.api.get(`/v1/me/consents/${String(consentId)}`).expect(200)).body.status as string;

describe('a proof of possession at the token endpoint is refused', () => {
  const htu = () => app.url + TOKEN;
  const withProof = (proof: string) => tokenRequest(app, grocer.client, credentials, { proof });
  const proof = (claims: Readonly<Record<string, unknown>> = {}, key: TestKey = grocer.client.dpopKey) =>
    dpopProof(key, { htm: 'POST', htu: htu(), ...claims });
  const signed = (header: { alg: string; typ?: string; jwk?: object }, key: TestKey['privateKey'] | Uint8Array) =>
    new SignJWT({ jti: randomUUID(), iat: inSeconds(0), htm: 'POST', htu: htu() })
      .setProtectedHeader({ typ: 'dpop+jwt', jwk: grocer.client.dpopKey.publicJwk, ...header })
      .sign(key);

  it.each<[fact: string, make: () => string | Promise<string>]>([
    ['for another method (RFC 9449 §4.3-8; dpop-negative-tests)', () => proof({ htm: 'GET' })],
    ['for no method (RFC 9449 §4.3-3)', () => proof({ htm: undefined })],
    ['for another endpoint (RFC 9449 §4.3-9)', () => proof({ htu: `${app.url}/oauth/par` })],
    ['for another host (RFC 9449 §4.3-9)', () => proof({ htu: 'https://evil.example/oauth/token' })],
    ['for no address (RFC 9449 §4.3-3)', () => proof({ htu: undefined })],
    ['from six minutes ago (RFC 9449 §4.3-11)', () => proof({ iat: inSeconds(-360) })],
    ['from 90 seconds ahead (§5.3.2.1-13)', () => proof({ iat: inSeconds(90) })],
    ['of no time (RFC 9449 §4.3-3)', () => proof({ iat: undefined })],
    ['that has expired (RFC 7519 §4.1.4; check-dpop-proof-nbf-exp)', () => proof({ exp: inSeconds(-60) })],
    ['that holds from 90 seconds ahead, nbf (§5.3.2.1-13)', () => proof({ nbf: inSeconds(90) })],
    ['without an id (RFC 9449 §4.3-3)', () => proof({ jti: undefined })],
    [
      'that is not signed (RFC 9449 §4.3-5, §5.4.1-1.3)',
      () =>
        `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'dpop+jwt', jwk: grocer.client.dpopKey.publicJwk })).toString(
          'base64url',
        )}.${Buffer.from(JSON.stringify({ jti: randomUUID(), iat: inSeconds(0), htm: 'POST', htu: htu() })).toString(
          'base64url',
        )}.`,
    ],
    ['signed with HS256 (RFC 9449 §4.3-5)', () => signed({ alg: 'HS256' }, Buffer.alloc(32, 'secret'))],
    ['signed with RS256 (§5.4.1-1.2)', () => signed({ alg: 'RS256' }, rsa)],
    ['signed with an algorithm that the metadata do not name (RFC 9449 §4.3-5)', () => signed({ alg: 'ES384' }, p384)],
    [
      'of another type of JWT (RFC 9449 §4.3-4)',
      () => signed({ alg: 'ES256', typ: 'JWT' }, grocer.client.dpopKey.privateKey),
    ],
    [
      'without its key (RFC 9449 §4.3-6)',
      () =>
        new SignJWT({ jti: randomUUID(), iat: inSeconds(0), htm: 'POST', htu: htu() })
          .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt' })
          .sign(grocer.client.dpopKey.privateKey),
    ],
    [
      'with its private key (RFC 9449 §4.3-7)',
      () =>
        signed(
          { alg: 'ES256', jwk: { ...grocer.client.dpopKey.publicJwk, d: 'c2VjcmV0' } },
          grocer.client.dpopKey.privateKey,
        ),
    ],
    [
      'signed with another key than it shows (RFC 9449 §4.3-6)',
      async () => proof({}, { ...grocer.client.dpopKey, privateKey: (await aKey()).privateKey }),
    ],
    ['that is two (RFC 9449 §4.3-1)', async () => `${await proof()}, ${await proof()}`],
    ['that is no JWT (RFC 9449 §4.3-2)', () => 'nonsense'],
  ])('%s', async (_, make) => {
    const made = await make();
    expect(await refusalOf(app, () => withProof(made))).toBe('400 invalid_dpop_proof');
  });

  it('the second time (RFC 9449 §11.1)', async () => {
    const made = await proof();
    expect((await withProof(made)).status).toBe(200);
    expect(await refusalOf(app, () => withProof(made))).toBe('400 invalid_grant');
  });

  it('when there is none (§5.3.2.1-4; ensure-holder-of-key-required)', async () => {
    const attempt = () => post(app, grocer.client, TOKEN, credentials, false);
    expect(await refusalOf(app, attempt)).toBe('400 invalid_grant');
  });
});

describe('a proof of possession at the token endpoint', () => {
  it.each<[fact: string, claims: () => object]>([
    ['ten seconds ago (ensure-dpopproof-with-iat-10seconds-before-succeeds)', () => ({ iat: inSeconds(-10) })],
    [
      'ten seconds ahead (§5.3.2.1-13; ensure-dpopproof-with-iat-10seconds-after-succeeds)',
      () => ({ iat: inSeconds(10) }),
    ],
    [
      'now, that says so twice and when it ends (check-dpop-proof-nbf-exp)',
      () => ({ nbf: inSeconds(0), exp: inSeconds(300) }),
    ],
  ])('is taken from %s', async (_, claims) => {
    const proof = await dpopProof(grocer.client.dpopKey, { htm: 'POST', htu: app.url + TOKEN, ...claims() });
    expect((await tokenRequest(app, grocer.client, credentials, { proof })).status).toBe(200);
  });
});

describe('a code', () => {
  const given = (client: TestClient = grocer.client) => authorizationCode(app, client, customer);

  it.each<[fact: string, params: Record<string, string>, refusal: string]>([
    [
      'with another verifier (§5.3.2.2-5; incorrect-pkce-code-verifier-rejected)',
      { code_verifier: 'x'.repeat(43) },
      'invalid_grant',
    ],
    ['without a verifier (§5.3.2.2-5; ensure-pkce-code-verifier-required)', { code_verifier: '' }, 'invalid_grant'],
    ['with a verifier that is too short (RFC 7636 §4.1)', { code_verifier: 'short' }, 'invalid_request'],
    [
      'with another redirect_uri (RFC 6749 §4.1.3)',
      { redirect_uri: 'https://grocer.example/callback/2' },
      'invalid_grant',
    ],
    ['without its redirect_uri (RFC 6749 §4.1.3)', { redirect_uri: '' }, 'invalid_request'],
    ['that nobody was given (RFC 6749 §5.2)', { code: 'x'.repeat(43) }, 'invalid_grant'],
  ])('is refused %s, and stays good for its client', async (_, params, expected) => {
    const { code, verifier: own } = await given();
    expect(await refusalOf(app, () => redeem(app, grocer.client, code, own, { params }))).toBe(`400 ${expected}`);
    expect((await redeem(app, grocer.client, code, own)).status).toBe(200);
  });

  it('is refused to another client (RFC 6749 §10.5; ensure-authorization-code-is-bound-to-client)', async () => {
    const { code, verifier: own } = await given();
    expect(await refusalOf(app, () => redeem(app, other, code, own))).toBe('400 invalid_grant');
  });

  it('is refused for another resource (RFC 8707 §2.2)', async () => {
    const { code, verifier: own } = await given();
    const params = { resource: 'https://elsewhere.example' };
    expect(await refusalOf(app, () => redeem(app, grocer.client, code, own, { params }))).toBe('400 invalid_target');
  });

  it('is refused after a minute (§5.3.2.1-11; ensure-token-endpoint-fails-with-expired-auth-code)', async () => {
    const { code, verifier: own } = await given();
    const late = () => secondsLater(61, () => redeem(app, grocer.client, code, own));
    expect(await refusalOf(app, late)).toBe('400 invalid_grant');
  });

  it.each([1, 90])(
    'is refused again %i s later, ends what came of it, and leaves the consent (§5.3.2.2-9, RFC 6749 §4.1.2; attempt-reuse-authorization-code-after-one-second)',
    async (seconds) => {
      const { code, verifier: own } = await given();
      const { body } = await redeem(app, grocer.client, code, own);
      const again = () => secondsLater(seconds, () => redeem(app, grocer.client, code, own));
      expect(await refusalOf(app, again)).toBe('400 invalid_grant');
      const access = { accessToken: body.access_token, tokenType: 'DPoP', key: grocer.client.dpopKey } as const;
      expect((await inVain(app, () => read(access))).status).toBe(401);
      expect(await refusalOf(app, () => refresh(app, grocer.client, body.refresh_token))).toBe('400 invalid_grant');
      expect(await consentStatus(body.grant_id)).toBe('active');
    },
  );

  /** A code of a request that was pushed for this key: by its thumbprint, or with a proof. */
  const bindings = {
    'dpop_jkt of its request (§5.3.2.1-12, RFC 9449 §10; ensure-dpop-auth-code-binding-success, ensure-token-endpoint-fails-with-mismatched-dpop-jkt)':
      (key: TestKey) => boundCode({ dpop_jkt: key.thumbprint }),
    'key that its request was pushed with (RFC 9449 §10.1; ensure-dpopproof-at-par-endpoint-binding-success, ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt)':
      async (key: TestKey) => boundCode({}, await dpopProof(key, { htm: 'POST', htu: `${app.url}/oauth/par` })),
  };

  it.each(Object.entries(bindings))('is bound to the %s', async (_, bound) => {
    const key = await aKey();
    const stolen = await bound(key);
    const attempt = () => redeem(app, grocer.client, stolen.code, verifier);
    expect(await refusalOf(app, attempt)).toBe('400 invalid_grant');
    expect((await redeem(app, grocer.client, (await bound(key)).code, verifier, { key })).status).toBe(200);
  });

  async function boundCode(params: Record<string, string>, proof?: string): Promise<{ code: string }> {
    const asked = authorizationParams(grocer.client, verifier, { params });
    const { body } = await post(app, grocer.client, '/oauth/par', asked, proof !== undefined, {
      ...(proof && { proof }),
    });
    const query = new URLSearchParams({ client_id: grocer.client.id, request_uri: body.request_uri });
    const browser = new Browser(app.url);
    const page = await browser.follow(await browser.get(`/oauth/authorize?${query.toString()}`));
    return { code: codeOf(await signIn(browser, page, customer), grocer.client) };
  }
});

describe('an answer with tokens', () => {
  it('is for nobody to keep, and binds a short-lived token to the key (§5.3.2.1-4, -5, §5.4.1-4, RFC 6749 §5.1, RFC 9449 §5)', async () => {
    const { code, verifier: own } = await authorizationCode(app, grocer.client, customer);
    const { status, body, headers } = await redeem(app, grocer.client, code, own);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(body).toMatchObject({ token_type: 'DPoP', expires_in: 300 });
    expect(body.refresh_token).toMatch(/^[\w-]{22,}$/);
  });

  it('has a JWT of RFC 9068 in it (RFC 9068 §2.1, §2.2, §5.4.1-1.2)', async () => {
    const { accessToken, subject } = await consentToken(app, grocer, customer);
    expect(decodeProtectedHeader(accessToken)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(claimsOf(accessToken)).toMatchObject({
      iss: app.url,
      aud: app.url,
      sub: subject,
      client_id: grocer.client.id,
      scope: 'preferences.read',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
      cnf: { jkt: grocer.client.dpopKey.thumbprint },
    });
  });
});

describe('a refresh token', () => {
  let access: ConsentAccess;
  beforeAll(async () => {
    access = await consentToken(app, grocer, customer);
  });
  const again = (more = {}, client = grocer.client) => refresh(app, client, access.refreshToken ?? '', more);

  it('is not rotated, so that an answer that was lost loses nothing (§5.3.2.1-9; refresh-token)', async () => {
    for (const { status, body } of [await again(), await again()]) {
      expect([status, body.refresh_token]).toEqual([200, access.refreshToken]);
    }
  });

  it('may come with a new key, to which the new token is bound (§6.1, RFC 9449 §5)', async () => {
    const key = await aKey();
    const { body } = await again({ key });
    const renewed = { accessToken: body.access_token as string, tokenType: 'DPoP' } as const;
    expect((await read({ ...renewed, key })).status).toBe(200);
    expect((await inVain(app, () => read({ ...renewed, key: grocer.client.dpopKey }))).status).toBe(401);
  });

  it('is refused to another client (RFC 6749 §6)', async () => {
    expect(await refusalOf(app, () => again({}, other))).toBe('400 invalid_grant');
  });

  it('is refused without a client that authenticates (RFC 6749 §6)', async () => {
    const params = {
      grant_type: 'refresh_token',
      refresh_token: access.refreshToken ?? '',
      client_id: grocer.client.id,
    };
    expect(await refusalOf(app, () => sendForm(app, TOKEN, params))).toBe('401 invalid_client');
  });

  it('is refused without a proof (§5.3.2.1-4)', async () => {
    const params = { grant_type: 'refresh_token', refresh_token: access.refreshToken ?? '' };
    expect(await refusalOf(app, () => post(app, grocer.client, TOKEN, params, false))).toMatch(
      /^400 invalid_(?:grant|request|dpop_proof)$/,
    );
  });

  it.each<[fact: string, params: Record<string, string>, refusal: string]>([
    ['a scope that was not given (RFC 6749 §6)', { scope: 'preferences.read interactions.write' }, 'invalid_scope'],
    ['another resource (RFC 8707 §2.2)', { resource: 'https://elsewhere.example' }, 'invalid_target'],
    [
      'details of an unknown type (RFC 9396 §6)',
      { authorization_details: '[{"type":"payment_initiation"}]' },
      'invalid_authorization_details',
    ],
  ])('gives nothing for %s', async (_, params, expected) => {
    expect(await refusalOf(app, () => again({ params }))).toBe(`400 ${expected}`);
  });

  it('is no access token (RFC 6749 §1.5)', async () => {
    const answer = await inVain(app, () => read({ ...access, accessToken: access.refreshToken ?? '' }));
    expect(answer.status).toBe(401);
  });
});

describe('the token endpoint refuses', () => {
  it.each<[fact: string, params: Record<string, string>, refusal: string]>([
    [
      'the password of a customer (§5.3.2.1-2)',
      { grant_type: 'password', username: 'mira@example.org', password: 'x', scope: 'preferences.read' },
      'unsupported_grant_type',
    ],
    ['the grant type implicit (§5.3.2.2-1)', { grant_type: 'implicit' }, 'unsupported_grant_type'],
    [
      'assertions about customers (RFC 7523 §2.1)',
      { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x' },
      'unsupported_grant_type',
    ],
    [
      'an exchange of tokens (RFC 8693 §2.1)',
      { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: 'x' },
      'unsupported_grant_type',
    ],
    ['no grant type (RFC 6749 §5.2)', {}, 'invalid_request'],
    [
      'a client credentials token for what only customers give (RFC 9396 §6)',
      { ...credentials, authorization_details: '[{"type":"ccx_preferences"}]' },
      'invalid_authorization_details',
    ],
    [
      'a client credentials token for another resource (RFC 8707 §2)',
      { ...credentials, resource: 'https://elsewhere.example' },
      'invalid_target',
    ],
    [
      'a scope that the client has not (RFC 6749 §5.2)',
      { ...credentials, scope: 'preferences.propose' },
      'invalid_scope',
    ],
  ])('%s', async (_, params, expected) => {
    expect(await refusalOf(app, () => tokenRequest(app, grocer.client, params))).toBe(`400 ${expected}`);
  });

  it('parameters that come twice (RFC 6749 §3.2)', async () => {
    const twice = new URLSearchParams({
      ...credentials,
      client_assertion: await clientAssertion(grocer.client, { aud: app.url }),
      client_assertion_type: JWT_BEARER,
    });
    twice.append('scope', 'interactions.write');
    expect(await refusalOf(app, () => sendForm(app, TOKEN, twice))).toBe('400 invalid_request');
  });

  it('any other method (RFC 6749 §3.2)', async () => {
    for (const method of ['GET', 'PUT']) {
      const { status } = await inVain(app, () => sendForm(app, TOKEN, null, { method }));
      expect(status).toBe(405);
    }
  });

  it('bodies that are no form (RFC 6749 §3.2)', async () => {
    const answer = await inVain(app, async () => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(app.url + TOKEN, { method: 'POST', headers, body: JSON.stringify(credentials) });
      return { status: response.status, headers: response.headers, body: await response.text() };
    });
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('"invalid_request"')]);
  });

  it('scripts of other origins (RFC 6749 §10.6)', async () => {
    const headers = { origin: 'https://evil.example' };
    const params = {
      ...credentials,
      client_assertion_type: JWT_BEARER,
      client_assertion: await clientAssertion(grocer.client, { aud: app.url }),
    };
    const answer = await inVain(app, () => sendForm(app, TOKEN, params, { headers }));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('introspection and revocation', () => {
  it('tell another retailer nothing, and let it end nothing (RFC 7662 §4, RFC 7009 §2.1)', async () => {
    const access = await consentToken(app, grocer, customer);
    const rival = await aRetailer(app, { name: 'Rival' });
    for (const token of [access.accessToken, access.refreshToken ?? '']) {
      const asked = await post(app, rival.client, '/oauth/introspect', { token }, false);
      expect([asked.status, asked.body]).toEqual([200, { active: false }]);
      await post(app, rival.client, '/oauth/revoke', { token }, false);
    }
    expect((await read(access)).status).toBe(200);
  });

  it.each(['/oauth/introspect', '/oauth/revoke'])(
    'take no token in the address: %s (RFC 7662 §4, RFC 7009 §2.1)',
    async (path) => {
      const { status } = await inVain(app, () => sendForm(app, `${path}?token=x`, null, { method: 'GET' }));
      expect(status).toBe(405);
    },
  );
});
