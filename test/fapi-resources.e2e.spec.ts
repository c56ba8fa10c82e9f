import { SignJWT, UnsecuredJWT } from 'jose';

import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { inVain, secondsLater, sendForm } from './support/attempts.js';
import {
  claimsOf,
  clientAssertion,
  type ConsentAccess,
  consentToken,
  dpopFetch,
  dpopProof,
  type JsonAnswer,
  post,
  redeem,
  authorizationCode,
  refresh,
} from './support/oauth.js';
import { aKey, aRetailer, type TestKey, type TestRetailer } from './support/retailers.js';

// Clauses are those of the FAPI 2.0 Security Profile (final) where no other document is named; after the semicolon comes
// the module of the OpenID conformance suite, without its `fapi2-security-profile-final-`.

let app: TestApp;
let grocer: TestRetailer;
let customer: TestCustomer;
let access: ConsentAccess;
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
  [grocer, customer] = await Promise.all([aRetailer(app), aCustomer(app)]);
  const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42' }, strength: 'want' };
  await customer.api.post('/v1/me/preferences').send(shoes).expect(201);
  access = await consentToken(app, grocer, customer);
});
afterAll(() => app.stop());

const path = '/v1/preferences';
const query = '?touchpoint=till&stage=shopping';
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const proofFor = (claims: Readonly<Record<string, unknown>> = {}, key: TestKey = access.key) =>
  dpopProof(key, { htm: 'GET', htu: app.url + path, token: access.accessToken, ...claims });
const readWith = async (proof: string | Promise<string>, token = access.accessToken) =>
  dpopFetch(app, { ...access, accessToken: token }, 'GET', path + query, { proof: await proof });
const readAs = (headers: Record<string, string>, address = path + query) =>
  sendForm(app, address, null, { method: 'GET', headers });

/** The problem of a call that was refused, as `401 invalid-token`. It tells nothing of what the customer prefers. */
async function problemOf(attempt: () => Promise<JsonAnswer>): Promise<string> {
  const { status, body, headers } = await inVain(app, attempt);
  expect(headers.get('www-authenticate')).toMatch(/^(?:DPoP|Bearer) /);
  expect(headers.get('cache-control')).toContain('no-store');
  expect(JSON.stringify(body)).not.toContain('EUROPE');
  return `${status} ${String(body.type).replace(`${app.url}/problems/`, '')}`;
}

describe('a resource is given', () => {
  it('for a token with a proof (§5.3.4-1, -5; happy-flow)', async () => {
    const { status, body, headers } = await readWith(proofFor());
    expect([status, body.preferences.length]).toEqual([200, 1]);
    expect(headers.get('cache-control')).toContain('private');
  });

  it.each(['dpop', 'DPOP', 'DPoP'])(
    'whatever letters the scheme is in: %s (RFC 9110 §11.1; access-token-type-header-case-sensitivity)',
    async (scheme) => {
      const headers = { authorization: `${scheme} ${access.accessToken}`, dpop: await proofFor() };
      expect((await readAs(headers)).status).toBe(200);
    },
  );

  it.each<[fact: string, claims: () => object]>([
    ['ten seconds ago (ensure-dpopproof-with-iat-10seconds-before-succeeds)', () => ({ iat: inSeconds(-10) })],
    [
      'ten seconds ahead (§5.3.2.1-13; ensure-dpopproof-with-iat-10seconds-after-succeeds)',
      () => ({ iat: inSeconds(10), nbf: inSeconds(10) }),
    ],
    ['now, which says when it ends (check-dpop-proof-nbf-exp)', () => ({ nbf: inSeconds(0), exp: inSeconds(300) })],
  ])('for a proof made %s', async (_, claims) => {
    expect((await readWith(proofFor({ ...claims() }))).status).toBe(200);
  });
});

describe('a resource is refused for a token', () => {
  it('in the address (§5.3.4-2, RFC 6750 §2.3)', async () => {
    const address = `${path}${query}&access_token=${access.accessToken}`;
    expect(await problemOf(async () => readAs({ dpop: await proofFor() }, address))).toBe('401 invalid-token');
  });

  it('in a form (RFC 9449 §7.1, RFC 6750 §2.2)', async () => {
    const attempt = () => sendForm(app, '/v1/preferences/lookup', { access_token: access.accessToken });
    expect((await inVain(app, attempt)).status).toBe(415);
  });

  it('that is bound to a key and comes as Bearer (RFC 9449 §7.2)', async () => {
    const headers = { authorization: `Bearer ${access.accessToken}` };
    expect(await problemOf(() => readAs(headers))).toBe('401 invalid-token');
    expect(await problemOf(async () => readAs({ ...headers, dpop: await proofFor() }))).toBe('401 invalid-token');
  });

  it('that is not there (RFC 6750 §3.1)', async () => {
    expect(await problemOf(async () => readAs({ dpop: await proofFor() }))).toBe('401 invalid-token');
  });

  it.each<[fact: string, make: () => string | Promise<string>]>([
    ['that nobody signed (§5.4.1-1.3)', () => new UnsecuredJWT(claimsOf(access.accessToken)).encode()],
    [
      'that somebody else signed (§5.3.4-3)',
      async () =>
        new SignJWT(claimsOf(access.accessToken))
          .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: headerOf(access.accessToken)['kid'] as string })
          .sign((await aKey()).privateKey),
    ],
    [
      'that is signed with the published key as HS256 (RFC 8725 §3.1)',
      () =>
        new SignJWT(claimsOf(access.accessToken))
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: headerOf(access.accessToken)['kid'] as string })
          .sign(Buffer.alloc(32, 'published')),
    ],
    [
      'whose claims were changed (§5.3.4-3)',
      () => {
        const [header, , signature] = access.accessToken.split('.');
        const claims = JSON.stringify({
          ...claimsOf(access.accessToken),
          scope: 'preferences.read interactions.write',
        });
        return [header, Buffer.from(claims).toString('base64url'), signature].join('.');
      },
    ],
    [
      'that is an ID token (RFC 9068 §4)',
      async () => {
        const { code, verifier } = await authorizationCode(app, grocer.client, customer, {
          scope: 'openid preferences.read',
        });
        return (await redeem(app, grocer.client, code, verifier)).body.id_token as string;
      },
    ],
    [
      'that is the client’s own assertion (RFC 9068 §4)',
      () => clientAssertion(grocer.client, { aud: app.url, scope: 'preferences.read' }),
    ],
    ['that is a refresh token (RFC 6749 §1.5)', () => access.refreshToken ?? ''],
    ['that is a code (RFC 6749 §1.3.1)', async () => (await authorizationCode(app, grocer.client, customer)).code],
  ])('%s', async (_, make) => {
    const token = await make();
    expect(await problemOf(() => readWith(proofFor({ token }), token))).toBe('401 invalid-token');
  });

  it('that has expired (§5.3.4-3, §6.1)', async () => {
    const attempt = () => secondsLater(301, () => readWith(proofFor({ iat: inSeconds(0) })));
    expect(await problemOf(attempt)).toBe('401 invalid-token');
  });

  it('that has been revoked (§5.3.4-3)', async () => {
    const own = await consentToken(app, grocer, await aCustomer(app));
    await post(app, grocer.client, '/oauth/revoke', { token: own.refreshToken ?? '' }, false);
    expect(await problemOf(() => own.fetch('GET', path + query))).toBe('401 invalid-token');
  });

  it('that is not for this (§5.3.4-4, RFC 6750 §3.1)', async () => {
    const answer = await inVain(app, () => access.fetch('POST', '/v1/interactions', []));
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
  });

  it('of a consent that does not reach as far (§5.3.4-4, RFC 9396 §9.1)', async () => {
    const { status, body } = await inVain(app, () => access.fetch('GET', `${path}?touchpoint=call_centre`));
    expect([status, body.type]).toEqual([403, `${app.url}/problems/outside-consent`]);
  });
});

function headerOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

describe('a resource is refused for a proof', () => {
  const signed = (header: object, key: TestKey['privateKey'] | Uint8Array) =>
    new SignJWT({ ...claimsOf(template), jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: access.key.publicJwk, ...header })
      .sign(key);
  let template = '';
  beforeEach(async () => {
    template = await proofFor();
  });

  it.each<[fact: string, make: () => string | Promise<string>]>([
    ['for another method (RFC 9449 §4.3-8; dpop-negative-tests)', () => proofFor({ htm: 'POST' })],
    ['for no method (RFC 9449 §4.3-3)', () => proofFor({ htm: undefined })],
    ['for another address (RFC 9449 §4.3-9)', () => proofFor({ htu: `${app.url}/v1/retailer` })],
    ['for another host (RFC 9449 §4.3-9)', () => proofFor({ htu: `https://evil.example${path}` })],
    ['for no address (RFC 9449 §4.3-3)', () => proofFor({ htu: undefined })],
    ['for another token (RFC 9449 §4.3-12)', () => proofFor({ token: 'another' })],
    ['for no token (RFC 9449 §4.3-12)', () => proofFor({ ath: undefined })],
    ['from six minutes ago (RFC 9449 §4.3-11)', () => proofFor({ iat: inSeconds(-360) })],
    ['from 90 seconds ahead (§5.3.2.1-13)', () => proofFor({ iat: inSeconds(90) })],
    ['of no time (RFC 9449 §4.3-3)', () => proofFor({ iat: undefined })],
    ['that has expired (RFC 7519 §4.1.4; check-dpop-proof-nbf-exp)', () => proofFor({ exp: inSeconds(-1) })],
    ['that holds from 90 seconds ahead (RFC 7519 §4.1.5)', () => proofFor({ nbf: inSeconds(90) })],
    ['without an id (RFC 9449 §4.3-3)', () => proofFor({ jti: undefined })],
    ['of another key (§5.3.4-5, RFC 9449 §7.1)', async () => proofFor({}, await aKey())],
    [
      'of another key than it shows (RFC 9449 §4.3-6)',
      async () => proofFor({}, { ...access.key, privateKey: (await aKey()).privateKey }),
    ],
    ['of another type (RFC 9449 §4.3-4)', () => signed({ typ: 'JWT' }, access.key.privateKey)],
    ['without its key (RFC 9449 §4.3-6)', () => signed({ jwk: undefined }, access.key.privateKey)],
    [
      'with its private key (RFC 9449 §4.3-7)',
      () => signed({ jwk: { ...access.key.publicJwk, d: 'c2VjcmV0' } }, access.key.privateKey),
    ],
    ['signed with HS256 (RFC 9449 §4.3-5)', () => signed({ alg: 'HS256' }, Buffer.alloc(32, 'secret'))],
    ['that is two (RFC 9449 §4.3-1)', async () => `${await proofFor()}, ${await proofFor()}`],
    ['that is no JWT (RFC 9449 §4.3-2)', () => 'nonsense'],
  ])('%s', async (_, make) => {
    const proof = await make();
    expect(await problemOf(() => readWith(proof))).toBe('401 invalid-dpop-proof');
  });

  it('that is not there (RFC 9449 §7.1)', async () => {
    const attempt = () => readAs({ authorization: `DPoP ${access.accessToken}` });
    expect(await problemOf(attempt)).toBe('401 invalid-dpop-proof');
  });

  it('the second time (RFC 9449 §11.1, §6.2)', async () => {
    const proof = await proofFor();
    expect((await readWith(proof)).status).toBe(200);
    expect(await problemOf(() => readWith(proof))).toBe('401 invalid-dpop-proof');
  });

  it('that was used at the token endpoint (RFC 9449 §4.3-9)', async () => {
    const proof = await dpopProof(access.key, {
      htm: 'POST',
      htu: `${app.url}/oauth/token`,
      token: access.accessToken,
    });
    expect((await refresh(app, grocer.client, access.refreshToken ?? '', { proof })).status).toBe(200);
    expect(await problemOf(() => readWith(proof))).toBe('401 invalid-dpop-proof');
  });
});

describe('the metadata', () => {
  const published = async (name: string) => (await app.http.get(`/.well-known/${name}`).expect(200)).body;

  it('name what the profile demands, and nothing weaker (§5.3.2.1-1, RFC 8414 §2, RFC 9126 §5, RFC 9207 §3, RFC 9449 §5.1; discovery-end-point-verification)', async () => {
    expect(await published('oauth-authorization-server')).toMatchObject({
      issuer: app.url,
      authorization_endpoint: `${app.url}/oauth/authorize`,
      token_endpoint: `${app.url}/oauth/token`,
      jwks_uri: `${app.url}/oauth/jwks`,
      pushed_authorization_request_endpoint: `${app.url}/oauth/par`,
      require_pushed_authorization_requests: true,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256'],
      dpop_signing_alg_values_supported: ['ES256'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      request_uri_parameter_supported: false,
    });
  });

  it('offer no way to a token but by code, refresh, client credentials and device (§5.3.2.1-2)', async () => {
    const { grant_types_supported: grants } = await published('oauth-authorization-server');
    expect(grants.toSorted()).toEqual([
      'authorization_code',
      'client_credentials',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
    ]);
  });

  it('offer no request objects, which the server refuses (RFC 9101 §10.5)', async () => {
    const metadata = await published('oauth-authorization-server');
    expect(metadata.request_parameter_supported ?? false).toBe(false);
    expect(metadata).not.toHaveProperty('request_object_signing_alg_values_supported');
  });

  it('name no algorithm but ES256 anywhere (§5.4.1-1.2, -1.3)', async () => {
    const metadata = await published('oauth-authorization-server');
    const named = Object.entries(metadata as Record<string, string[]>).filter(([name]) => name.includes('_alg_'));
    for (const [, values] of named) expect(values).toEqual(['ES256']);
  });

  it('lead to public keys of 256 bits, each with a name of its own (§5.4.1-3, §5.4.2)', async () => {
    const { body } = await app.http.get('/oauth/jwks').expect(200);
    const keys = body.keys as Record<string, string>[];
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
    for (const key of keys) {
      expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
      for (const secret of ['d', 'k', 'x5u', 'jku']) expect(key).not.toHaveProperty(secret);
    }
  });

  it('of the resource demand tokens that are bound, in the header (§5.3.4-1, -2, -5, RFC 9728 §2)', async () => {
    expect(await published('oauth-protected-resource')).toMatchObject({
      resource: app.url,
      authorization_servers: [app.url],
      bearer_methods_supported: ['header'],
      dpop_bound_access_tokens_required: true,
      dpop_signing_alg_values_supported: ['ES256'],
    });
  });

  it.each(['/.well-known/oauth-authorization-server', '/oauth/jwks'])(
    'can be read by everybody: %s (RFC 8414 §3)',
    async (address) => {
      const { headers } = await readAs({ origin: 'https://anywhere.example' }, address);
      expect(['*', 'https://anywhere.example']).toContain(headers.get('access-control-allow-origin'));
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    },
  );
});
