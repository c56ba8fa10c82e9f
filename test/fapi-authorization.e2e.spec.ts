import { createHash } from 'node:crypto';

import { SignJWT, UnsecuredJWT } from 'jose';

import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { inVain, refusalOf, secondsLater, sendForm } from './support/attempts.js';
import { Browser, type PageAnswer } from './support/browser.js';
import {
  type AuthorizationOptions,
  authorizationParams,
  clientAssertion,
  codeOf,
  dpopProof,
  type JsonAnswer,
  post,
  pushRequest,
  redeem,
  signIn,
  type TokenOptions,
} from './support/oauth.js';
import { aClient, aKey, aRetailer, type TestRetailer } from './support/retailers.js';

// Clauses are those of the FAPI 2.0 Security Profile (final) where no other document is named; after the semicolon comes
// the module of the OpenID conformance suite, without its `fapi2-security-profile-final-`.

let app: TestApp;
let grocer: TestRetailer;
let customer: TestCustomer;
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
  grocer = await aRetailer(app);
  customer = await aCustomer(app);
});
afterAll(() => app.stop());

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const PAR = '/oauth/par';
const registered = 'https://grocer.example/callback';
type Params = Readonly<Record<string, string | undefined>>;

const paramsOf = (params: Params = {}) => authorizationParams(grocer.client, verifier, { params });
const push = (params: Params = {}, more: TokenOptions & { withProof?: boolean } = {}): Promise<JsonAnswer> =>
  post(app, grocer.client, PAR, paramsOf(params), more.withProof ?? false, more);
const inUtf8 = (value: unknown) => JSON.stringify(value);

describe('the pushed authorization request endpoint refuses', () => {
  const shoes = { type: 'ccx_preferences', attributes: ['size.footwear'], touchpoints: ['till'] };

  it.each<[fact: string, params: Params, refusal: string]>([
    [
      'no PKCE (§5.3.2.2-5; par-ensure-pkce-required)',
      { code_challenge: undefined, code_challenge_method: undefined },
      'invalid_request',
    ],
    ['PKCE plain (§5.3.2.2-5; par-plain-pkce-rejected)', { code_challenge_method: 'plain' }, 'invalid_request'],
    [
      'PKCE of no named method, which means plain (RFC 7636 §4.3)',
      { code_challenge_method: undefined },
      'invalid_request',
    ],
    ['a challenge that is no hash (RFC 7636 §4.2)', { code_challenge: 'short' }, 'invalid_request'],
    [
      'no redirect_uri (§5.3.2.2-6; ensure-request-object-without-redirect-uri-fails)',
      { redirect_uri: undefined },
      'invalid_request',
    ],
    ...(
      [
        ['of somebody else', 'https://evil.example/callback'],
        ['on another path', `${registered}/2`],
        ['with a query', `${registered}?next=https://evil.example`],
        ['with a fragment', `${registered}#x`],
        ['on another port', 'https://grocer.example:8443/callback'],
        ['on a subdomain', 'https://www.grocer.example/callback'],
        ['in other letters', 'https://grocer.example/Callback'],
        ['that climbs back to it', 'https://grocer.example/other/../callback'],
        ['with somebody’s name in it', 'https://grocer.example@evil.example/callback'],
        ['that is a script', 'javascript:alert(1)'],
      ] as const
    ).map(([what, uri]): [string, Params, string] => [
      `a redirect_uri ${what} (RFC 9700 §4.1.3; ensure-registered-redirect-uri)`,
      { redirect_uri: uri },
      'invalid_request',
    ]),
    ['a redirect_uri without TLS (§5.3.2.2-8)', { redirect_uri: 'http://grocer.example/callback' }, 'invalid_request'],
    [
      'the response type token (§5.3.2.2-1; ensure-response-type-token-fails)',
      { response_type: 'token' },
      'unsupported_response_type',
    ],
    ['the response type id_token (§5.3.2.2-1)', { response_type: 'id_token', nonce: 'n' }, 'unsupported_response_type'],
    [
      'the response type code id_token (§5.3.2.2-1; ensure-response-type-code-idtoken-fails)',
      { response_type: 'code id_token', nonce: 'n' },
      'unsupported_response_type',
    ],
    ['no response type (RFC 6749 §3.1.1)', { response_type: undefined }, 'invalid_request'],
    ['the response mode fragment (RFC 9700 §4.3.1)', { response_mode: 'fragment' }, 'unsupported_response_mode'],
    [
      'the response mode form_post, which is not in the metadata',
      { response_mode: 'form_post' },
      'unsupported_response_mode',
    ],
    ['the response mode web_message', { response_mode: 'web_message' }, 'unsupported_response_mode'],
    [
      'a request object that nobody signed (§5.4.1-1.3; ensure-request-object-signature-algorithm-is-not-none)',
      { request: new UnsecuredJWT({}).encode() },
      'request_not_supported',
    ],
    [
      'a request_uri (RFC 9126 §2.1; par-authorization-request-containing-request_uri-form-param)',
      { request_uri: 'urn:ietf:params:oauth:request_uri:abc' },
      'request_uri_not_supported',
    ],
    ['another resource (RFC 8707 §2)', { resource: 'https://elsewhere.example/' }, 'invalid_target'],
    ['a resource that is no address (RFC 8707 §2)', { resource: 'ccx' }, 'invalid_target'],
    ['a scope that the client has not (RFC 6749 §3.3)', { scope: 'preferences.propose' }, 'invalid_scope'],
    [
      'authorization details of an unknown type (RFC 9396 §5)',
      { authorization_details: inUtf8([{ ...shoes, type: 'payment_initiation' }]) },
      'invalid_authorization_details',
    ],
    [
      'authorization details that lack something (RFC 9396 §5)',
      { authorization_details: inUtf8([shoes]) },
      'invalid_authorization_details',
    ],
    [
      'authorization details that are no JSON (RFC 9396 §5)',
      { authorization_details: '[{' },
      'invalid_authorization_details',
    ],
  ])('%s', async (_, params, expected) => {
    expect(await refusalOf(app, () => push(params))).toBe(`400 ${expected}`);
  });

  it('a signed request object: the metadata offer none (RFC 9101 §10.5)', async () => {
    const request = await new SignJWT(paramsOf())
      .setProtectedHeader({ alg: 'ES256', kid: grocer.client.key.thumbprint })
      .setIssuer(grocer.client.id)
      .setAudience(app.url)
      .setExpirationTime('1m')
      .sign(grocer.client.key.privateKey);
    expect(await refusalOf(app, () => push({ request }))).toBe('400 request_not_supported');
  });

  it('whoever does not authenticate (§5.3.2.2-4, RFC 9126 §2.3)', async () => {
    expect(await refusalOf(app, () => sendForm(app, PAR, paramsOf()))).toBe('401 invalid_client');
  });

  it('a client_id that is not the client’s that authenticates (RFC 9126 §2.1; ensure-matching-key-in-authorization-request)', async () => {
    const other = await aClient(app, grocer.id);
    expect(await refusalOf(app, () => push({ client_id: other.id }))).toBe('400 invalid_request');
  });

  it('a parameter that comes twice (RFC 6749 §3.1; par-without-duplicate-parameters)', async () => {
    const twice = new URLSearchParams({
      ...paramsOf(),
      client_assertion: await clientAssertion(grocer.client, { aud: app.url }),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    twice.append('redirect_uri', registered);
    expect(await refusalOf(app, () => sendForm(app, PAR, twice))).toBe('400 invalid_request');
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])(
    'the method %s (RFC 9126 §2.3; par-attempt-invalid-http-method)',
    async (method) => {
      const { status } = await inVain(app, () => sendForm(app, PAR, null, { method }));
      expect(status).toBe(405);
    },
  );

  it('a dpop_jkt that is not the key of the proof (RFC 9449 §10.1; ensure-mismatched-dpop-jkt-fails)', async () => {
    const { thumbprint } = await aKey();
    expect(await refusalOf(app, () => push({ dpop_jkt: thumbprint }, { withProof: true }))).toBe('400 invalid_request');
  });

  it('a proof that was made for the token endpoint (RFC 9449 §10.1)', async () => {
    const proof = await dpopProof(grocer.client.dpopKey, { htm: 'POST', htu: `${app.url}/oauth/token` });
    expect(await refusalOf(app, () => push({}, { withProof: true, proof }))).toBe('400 invalid_dpop_proof');
  });
});

describe('the pushed authorization request endpoint', () => {
  it('gives a name that nobody guesses, for less than ten minutes, which nobody keeps (§5.3.2.2-12, §5.4.1-4, RFC 9126 §2.2)', async () => {
    const { status, body, headers } = await push();
    expect(status).toBe(201);
    expect(body).toEqual({ request_uri: expect.any(String), expires_in: expect.any(Number) });
    expect(body.expires_in).toBeLessThan(600);
    expect(body.request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]{22,}$/);
    expect(headers.get('cache-control')).toContain('no-store');
  });

  it.each<[fact: string, params: Params]>([
    [
      'a state of 1000 characters (§5.3.2.2 note 4; ensure-authorization-request-with-long-state)',
      { state: 's'.repeat(1_000) },
    ],
    ['no state (ensure-authorization-request-without-state-success)', { state: undefined }],
    [
      'a nonce of 64 characters (§5.3.2.2-14; ensure-authorization-request-with-64-char-nonce-success)',
      { scope: 'openid preferences.read', nonce: 'n'.repeat(64) },
    ],
    ['scopes in another order (ensure-other-scope-order-succeeds)', { scope: 'preferences.read openid' }],
  ])('takes %s', async (_, params) => {
    expect((await push(params)).status).toBe(201);
  });
});

/** Somebody, signed in, at an address that a client has sent them to. */
async function visit(address: string, somebody = customer): Promise<{ browser: Browser; page: PageAnswer }> {
  const browser = new Browser(app.url, { 'accept-language': 'en' });
  const page = await signIn(browser, await browser.follow(await browser.get(address)), somebody);
  return { browser, page };
}

/** Back at the client, after whatever the customer was asked and allowed. */
async function decide(address: string): Promise<PageAnswer> {
  const { browser, page } = await visit(address);
  if (page.location) return page;
  return browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
}

/** A page says that the refusal was understood, before the customer goes back to the client. */
async function leave(browser: Browser, page: PageAnswer): Promise<PageAnswer> {
  const [, onwards] = /<a class="button wide" href="([^"]+)"/.exec(page.body) ?? [];
  if (onwards === undefined) throw new Error(`Nothing leads back: ${page.body}`);
  return browser.follow(await browser.get(onwards));
}

const queryOf = ({ location }: PageAnswer) => Object.fromEntries(new URL(location ?? '').searchParams);
const anAddress = async (options?: AuthorizationOptions) => (await pushRequest(app, grocer.client, options)).address;

describe('the authorization endpoint refuses', () => {
  const open = (address: string) => inVain(app, () => new Browser(app.url).get(address));
  const unpushed = (params: Params) => `/oauth/authorize?${new URLSearchParams(paramsOf(params)).toString()}`;

  it('a request that was not pushed (§5.3.2.2-3; ensure-unsigned-authorization-request-without-using-par-fails)', async () => {
    const answer = await open(unpushed({}));
    expect(answer.status).toBe(303);
    expect(queryOf(answer)).toMatchObject({ error: 'invalid_request', iss: app.url });
  });

  it.each<[fact: string, address: () => string]>([
    ['an unregistered redirect_uri', () => unpushed({ redirect_uri: 'https://evil.example' })],
    ['a client that nobody knows', () => unpushed({ client_id: 'nobody', redirect_uri: 'https://evil.example' })],
    ['no client at all', () => '/oauth/authorize?redirect_uri=https://evil.example&response_type=code'],
    ['two redirect_uris', () => `${unpushed({})}&redirect_uri=https://evil.example`],
    [
      'an unknown request_uri',
      () => `/oauth/authorize?client_id=${grocer.client.id}&request_uri=urn:ietf:params:oauth:request_uri:x`,
    ],
    [
      'a request_uri of somebody else’s server',
      () => `/oauth/authorize?client_id=${grocer.client.id}&request_uri=https://evil.example/request.jwt`,
    ],
  ])('to send anybody anywhere for %s (§5.3.2.1-7, RFC 9700 §4.11.2)', async (_, address) => {
    const { status, location } = await open(address());
    expect([status, location]).toEqual([400, undefined]);
  });

  it('a pushed request that has expired (RFC 9126 §4; par-attempt-to-use-expired-request_uri)', async () => {
    const { body } = await push();
    const address = `/oauth/authorize?client_id=${grocer.client.id}&request_uri=${body.request_uri}`;
    const { status, location } = await secondsLater(body.expires_in + 1, () => open(address));
    expect([status, location]).toEqual([400, undefined]);
  });

  it('a pushed request that has been used (RFC 9126 §7.3; par-attempt-reuse-request_uri)', async () => {
    const address = await anAddress();
    codeOf(await decide(address), grocer.client);
    const { status, location } = await open(address);
    expect([status, location]).toEqual([400, undefined]);
  });

  it('a pushed request of another client, and leaves it good for its own (RFC 9126 §2.2; par-attempt-to-use-request_uri-for-different-client)', async () => {
    const address = await anAddress();
    const other = await aClient(app, grocer.id);
    const { status, location } = await open(address.replace(grocer.client.id, other.id));
    expect([status, location]).toEqual([400, undefined]);
    codeOf(await decide(address), grocer.client);
  });
});

describe('the authorization endpoint', () => {
  it('answers with code, iss and the very state, in the query, by 303 (§5.3.2.2-7, -11, RFC 9207 §2, RFC 6749 §4.1.2; happy-flow)', async () => {
    const state = 'a state/with?odd=characters&';
    const address = await anAddress({ params: { state } });
    const answer = await decide(address);
    expect(answer.status).toBe(303);
    expect(queryOf(answer)).toEqual({ code: expect.stringMatching(/^[\w-]{22,}$/), iss: app.url, state });
    expect(answer.location?.split('?')[0]).toBe(registered);
    expect(answer.location).not.toContain('#');
  });

  it('believes nothing that comes beside the pushed request (RFC 9126 §4; state-only-outside-request-object-not-used)', async () => {
    const beside = new URLSearchParams({
      state: 'evil',
      redirect_uri: 'https://evil.example',
      scope: 'interactions.write',
      response_mode: 'fragment',
      code_challenge: createHash('sha256').update('evil').digest('base64url'),
    });
    const { address, verifier: own } = await pushRequest(app, grocer.client, { params: { state: 'mine' } });
    const answer = await decide(`${address}&${beside.toString()}`);
    expect(queryOf(answer)['state']).toBe('mine');
    const { status, body } = await redeem(app, grocer.client, codeOf(answer, grocer.client), own);
    expect([status, body.scope]).toEqual([200, 'preferences.read']);
  });

  it('shows the same pushed request again until it is decided (§5.3.2.2 note 3; par-ensure-reused-request-uri-prior-to-auth-completion-succeeds)', async () => {
    const address = await anAddress();
    await new Browser(app.url).get(address);
    expect(codeOf(await decide(address), grocer.client)).toEqual(expect.any(String));
  });

  it('says that the customer refused, and gives nothing (RFC 6749 §4.1.2.1; user-rejects-authentication)', async () => {
    const somebody = await aCustomer(app);
    const address = await anAddress({ params: { state: 'mine' } });
    const answer = await inVain(app, async () => {
      const { browser, page } = await visit(address, somebody);
      const decided = await browser.follow(await browser.submit(page, 'decision', { decision: 'refuse' }));
      return leave(browser, decided);
    });
    expect(answer.status).toBe(303);
    expect(queryOf(answer)).toMatchObject({ error: 'access_denied', iss: app.url, state: 'mine' });
  });

  it('goes on by 303 after the password was sent, never by 307 (§5.3.2.2-10, -11)', async () => {
    const browser = new Browser(app.url);
    const page = await browser.follow(await browser.get(await anAddress()));
    const { email, password } = await aCustomer(app);
    expect((await browser.submit(page, 'sign-in', { email, password })).status).toBe(303);
  });

  it('is not for scripts of other origins (§5.2.3-3)', async () => {
    const headers = { origin: registered, 'access-control-request-method': 'GET' };
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await sendForm(app, '/oauth/authorize', null, { method, headers });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('cannot be framed, and tells no other site what was in its address (RFC 9700 §4.2.4, §4.16)', async () => {
    const browser = new Browser(app.url);
    const redirect = await browser.get(await anAddress());
    const page = await browser.follow(redirect);
    for (const { headers } of [redirect, page]) {
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toContain('no-store');
    }
  });

  it('keeps its cookies from scripts and from other sites’ forms (RFC 6265 §5.2)', async () => {
    const browser = new Browser(app.url);
    const answer = await browser.get(await anAddress());
    const cookies = answer.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/; httponly/i);
    for (const cookie of cookies) expect(cookie).toMatch(/; samesite=(?:lax|strict)/i);
  });
});

describe('behind TLS', () => {
  let secure: TestApp;
  beforeAll(async () => {
    secure = await startApp({ config: { OAUTH_PROFILE: 'strict', PUBLIC_URL: 'https://ccx.example' } });
  });
  afterAll(() => secure.stop());

  it('cookies are sent over TLS only, and browsers are told to come by TLS only (§5.2.1, §5.2.3-1, RFC 6797 §6.1)', async () => {
    const { client } = await aRetailer(secure);
    const origin = `http://127.0.0.1:${secure.config.PORT}`;
    const { body } = await post(secure, client, PAR, authorizationParams(client, verifier), false, { origin });
    const query = new URLSearchParams({ client_id: client.id, request_uri: body.request_uri });
    const answer = await fetch(`${origin}/oauth/authorize?${query.toString()}`, { redirect: 'manual' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
    const cookies = answer.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/; secure/i);
  });
});
