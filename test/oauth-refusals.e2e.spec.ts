import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

import { SignJWT, UnsecuredJWT } from 'jose';

import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import {
  authorizationCode,
  authorizationParams,
  clientAssertion,
  codeOf,
  dpopProof,
  type JsonAnswer,
  post,
  pushRequest,
  redeem,
  retailerToken,
  signIn,
  tokenRequest,
} from './support/oauth.js';
import { aClient, aKey, aRetailer, suspendRetailer, type TestRetailer } from './support/retailers.js';

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
const refusal = ({ status, body }: JsonAnswer) => `${status} ${String(body.error)}`;
const credentials = { grant_type: 'client_credentials', scope: 'preferences.read' };

function push(params: Readonly<Record<string, string | undefined>>): Promise<JsonAnswer> {
  return post(app, grocer.client, '/oauth/par', authorizationParams(grocer.client, verifier, { params }), false);
}

describe('pushing a request', () => {
  it.each([
    ['without PKCE', { code_challenge: undefined, code_challenge_method: undefined }, '400 invalid_request'],
    ['with the plain method of PKCE', { code_challenge_method: 'plain' }, '400 invalid_request'],
    ['with another redirect URI', { redirect_uri: 'https://grocer.example/callback/2' }, '400 invalid_request'],
    [
      'with a redirect URI that only begins alike',
      { redirect_uri: 'https://grocer.example/callback?x=1' },
      '400 invalid_request',
    ],
    ['without a redirect URI', { redirect_uri: undefined }, '400 invalid_request'],
    ['for another response type', { response_type: 'code id_token' }, '400 unsupported_response_type'],
    ['for a scope that the client does not have', { scope: 'preferences.propose' }, '400 invalid_scope'],
    ['for another resource', { resource: 'https://elsewhere.example' }, '400 invalid_target'],
    ['without authorization details', { authorization_details: undefined }, '400 invalid_request'],
    ['with details that are no JSON', { authorization_details: '[{' }, '400 invalid_authorization_details'],
    [
      'with details of an unknown type',
      { authorization_details: '[{"type":"all"}]' },
      '400 invalid_authorization_details',
    ],
    ['for a use that there is not', { ccx_use: 'always' }, '400 invalid_request'],
    ['for more than a year', { ccx_lifetime_days: '400' }, '400 invalid_request'],
    ['for no read a day', { ccx_max_reads_per_day: '0' }, '400 invalid_request'],
    ['for some reads a day', { ccx_max_reads_per_day: 'some' }, '400 invalid_request'],
    ['with details that are no list', { authorization_details: '{}' }, '400 invalid_authorization_details'],
    ['with no details', { authorization_details: '[]' }, '400 invalid_request'],
    ['with details without a type', { authorization_details: '[{}]' }, '400 invalid_authorization_details'],
    ['with a max_age that is no number', { scope: 'openid', max_age: 'soon' }, '400 invalid_request'],
    ['with a prompt that there is not', { prompt: 'beg' }, '400 invalid_request'],
    ['with a request object', { request: new UnsecuredJWT({}).encode() }, '400 request_not_supported'],
  ])('%s is refused', async (_, params, expected) => {
    expect(refusal(await push(params))).toBe(expected);
  });

  it('names what is wrong with the details, by their place', async () => {
    const detail = { type: 'ccx_preferences', attributes: ['size.shoe'], touchpoints: ['till'] };
    const fine = { ...detail, attributes: ['size.footwear'], purposes: ['dpv:ServicePersonalisation'] };
    const { body } = await push({ authorization_details: JSON.stringify([fine, detail]) });
    expect(body.error_description).toContain('/authorization_details/1/attributes/0');
    expect(body.error_description).toContain('/authorization_details/1/purposes is required');
  });

  it('cannot ask for special attributes in a bundle', async () => {
    const detail = {
      type: 'ccx_preferences',
      attributes: ['food.allergen'],
      purposes: ['dpv:ServicePersonalisation'],
      touchpoints: ['till'],
    };
    expect(refusal(await push({ authorization_details: JSON.stringify([detail]) }))).toBe(
      '400 invalid_authorization_details',
    );
  });

  it('takes a body of some kilobytes and no more', async () => {
    const { status } = await push({ state: 'x'.repeat(100_000) });
    expect(status).toBe(400);
  });
});

describe('the authorization endpoint', () => {
  const open = (address: string) => new Browser(app.url).get(address);

  it('takes nothing that was not pushed', async () => {
    const query = new URLSearchParams(authorizationParams(grocer.client, verifier));
    const { location, status } = await open(`/oauth/authorize?${query.toString()}`);
    expect(status).toBe(303);
    const answer = new URL(location ?? '').searchParams;
    expect([answer.get('error'), answer.get('iss')]).toEqual(['invalid_request', app.url]);
    expect(answer.get('code')).toBeNull();
  });

  it('shows a page instead of redirecting when it cannot trust where to', async () => {
    const query = new URLSearchParams(
      authorizationParams(grocer.client, verifier, { params: { redirect_uri: 'https://evil.example' } }),
    );
    const { location, status, headers } = await open(`/oauth/authorize?${query.toString()}`);
    expect([status, location]).toEqual([400, undefined]);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('takes a pushed request once', async () => {
    await authorizationCode(app, grocer.client, customer);
    const { address } = await pushRequest(app, grocer.client);
    const browser = new Browser(app.url);
    const first = await browser.follow(await browser.get(address));
    const answer = await signIn(browser, first, customer);
    expect(answer.location).toContain('code=');
    expect((await open(address)).status).toBe(400);
  });

  it('takes a pushed request from the client that pushed it', async () => {
    const { address } = await pushRequest(app, grocer.client);
    const other = await aClient(app, grocer.id);
    const { status } = await open(address.replace(grocer.client.id, other.id));
    expect(status).toBe(400);
  });

  it('answers methods that it does not have with an error, too', async () => {
    const answer = await fetch(`${app.url}/oauth/token`);
    const { error } = (await answer.json()) as { error: string };
    expect([answer.status, error]).toEqual([405, 'invalid_request']);
  });
});

describe('authenticating as a client', () => {
  const request = (assertion: string) => tokenRequest(app, grocer.client, credentials, { assertion });
  const now = () => Math.floor(Date.now() / 1000);

  it.each([
    [
      'made for the token endpoint instead of the issuer',
      () => clientAssertion(grocer.client, { aud: `${app.url}/oauth/token` }),
    ],
    [
      'made for several audiences',
      () => clientAssertion(grocer.client, { aud: [app.url, 'https://elsewhere.example'] }),
    ],
    ['made for somebody else', () => clientAssertion(grocer.client, { aud: 'https://elsewhere.example' })],
    ['that has expired', () => clientAssertion(grocer.client, { aud: app.url, exp: now() - 60 })],
    ['that is good for an hour', () => clientAssertion(grocer.client, { aud: app.url, exp: now() + 3600 })],
    ['without an id', () => clientAssertion(grocer.client, { aud: app.url, jti: undefined })],
    ['issued by another', () => clientAssertion(grocer.client, { aud: app.url, iss: 'another' })],
    ['signed with another key', async () => clientAssertion({ ...grocer.client, key: await aKey() }, { aud: app.url })],
    [
      'that is not signed',
      async () =>
        new UnsecuredJWT({
          iss: grocer.client.id,
          sub: grocer.client.id,
          aud: app.url,
          jti: randomUUID(),
          exp: now() + 60,
        }).encode(),
    ],
    [
      'signed with the public key as if it were a secret',
      () =>
        new SignJWT({ iss: grocer.client.id, sub: grocer.client.id, aud: app.url, jti: randomUUID(), exp: now() + 60 })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(Buffer.from(grocer.client.key.publicJwk.x)),
    ],
  ])('fails with an assertion %s', async (_, make) => {
    expect(refusal(await request(await make()))).toBe('401 invalid_client');
  });

  it('works once with each assertion', async () => {
    const assertion = await clientAssertion(grocer.client, { aud: app.url });
    expect((await request(assertion)).status).toBe(200);
    expect(refusal(await request(assertion))).toBe('401 invalid_client');
  });

  it('fails for a client that nobody registered', async () => {
    const stranger = { ...grocer.client, id: 'stranger' };
    expect(refusal(await tokenRequest(app, stranger, credentials))).toBe('401 invalid_client');
    expect(refusal(await tokenRequest(app, { ...stranger, id: 'a\0b' }, credentials))).toBe('401 invalid_client');
  });

  it('fails while the retailer is suspended', async () => {
    const other = await aRetailer(app);
    expect((await tokenRequest(app, other.client, credentials)).status).toBe(200);
    await suspendRetailer(app, other);
    expect(refusal(await tokenRequest(app, other.client, credentials))).toBe('401 invalid_client');
  });

  it('cannot be skipped by naming the client', async () => {
    const none = { ...grocer.client, settings: { ...grocer.client.settings, authMethod: 'none' as const } };
    expect(refusal(await tokenRequest(app, none, credentials))).toBe('401 invalid_client');
  });

  it('cannot be done by a secret in the strict profile', async () => {
    const basic = { ...grocer.client, secret: 'secret' };
    expect(refusal(await tokenRequest(app, basic, credentials))).toBe('401 invalid_client');
  });
});

describe('proving possession of a key to the token endpoint', () => {
  const htu = () => `${app.url}/oauth/token`;
  const request = (proof: string) => tokenRequest(app, grocer.client, credentials, { proof });

  it('is obligatory', async () => {
    const answer = await post(app, grocer.client, '/oauth/token', credentials, false);
    expect(refusal(answer)).toBe('400 invalid_grant');
  });

  it.each([
    ['for another method', () => dpopProof(grocer.client.dpopKey, { htm: 'GET', htu: htu() })],
    ['for another address', () => dpopProof(grocer.client.dpopKey, { htm: 'POST', htu: `${app.url}/oauth/par` })],
    [
      'for another host',
      () => dpopProof(grocer.client.dpopKey, { htm: 'POST', htu: 'https://evil.example/oauth/token' }),
    ],
    [
      'that is old',
      () => dpopProof(grocer.client.dpopKey, { htm: 'POST', htu: htu(), now: new Date(Date.now() - 600_000) }),
    ],
    [
      'that comes from the future',
      () => dpopProof(grocer.client.dpopKey, { htm: 'POST', htu: htu(), now: new Date(Date.now() + 600_000) }),
    ],
    ['without an id', () => dpopProof(grocer.client.dpopKey, { htm: 'POST', htu: htu(), jti: undefined })],
    [
      'signed with another key than it shows',
      async () =>
        dpopProof({ ...grocer.client.dpopKey, privateKey: (await aKey()).privateKey }, { htm: 'POST', htu: htu() }),
    ],
  ])('fails with a proof %s', async (_, make) => {
    expect(refusal(await request(await make()))).toBe('400 invalid_dpop_proof');
  });

  it('works once with each proof', async () => {
    const proof = await dpopProof(grocer.client.dpopKey, { htm: 'POST', htu: htu() });
    expect((await request(proof)).status).toBe(200);
    expect(refusal(await request(proof))).toBe('400 invalid_grant');
  });
});

describe('a body that never comes', () => {
  const { length } = 'grant_type=client_credentials';
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': length };

  it('keeps nobody else waiting', async () => {
    const waiting = Array.from({ length: app.config.DATABASE_POOL + 5 }, () => {
      const begun = httpRequest(`${app.url}/oauth/token`, { method: 'POST', headers });
      begun.on('error', () => undefined).write('grant_type=');
      return begun;
    });
    try {
      await Promise.all(waiting.map((begun) => once(begun, 'socket')));
      await delay(500);
      await app.http.get('/health/ready').expect(200);
      expect((await tokenRequest(app, grocer.client, credentials)).status).toBe(200);
    } finally {
      for (const begun of waiting) begun.destroy();
    }
  });

  it('is waited for when it comes in pieces', async () => {
    const slow = httpRequest(`${app.url}/oauth/token`, { method: 'POST', headers });
    slow.write('grant_type=');
    await delay(200);
    slow.end('client_credentials');
    const [answer] = (await once(slow, 'response')) as [IncomingMessage];
    expect(await json(answer)).toMatchObject({ error_description: expect.stringContaining('authentication') });
  });
});

describe('redeeming a code', () => {
  it.each([
    ['with another verifier', { code_verifier: 'x'.repeat(43) }, '400 invalid_grant'],
    ['without a verifier', { code_verifier: '' }, '400 invalid_grant'],
    ['with another redirect URI', { redirect_uri: 'https://grocer.example/other' }, '400 invalid_grant'],
  ])('%s is refused', async (_, params, expected) => {
    const { code, verifier: right } = await authorizationCode(app, grocer.client, customer);
    expect(refusal(await redeem(app, grocer.client, code, right, { params }))).toBe(expected);
  });

  it('is refused to another client', async () => {
    const { code, verifier: right } = await authorizationCode(app, grocer.client, customer);
    const other = await aClient(app, grocer.id);
    expect(refusal(await redeem(app, { ...other, redirectUri: grocer.client.redirectUri }, code, right))).toBe(
      '400 invalid_grant',
    );
  });

  it('is refused with another key than the request was pushed with', async () => {
    const jkt = (await aKey()).thumbprint;
    const { address, verifier: right } = await pushRequest(app, grocer.client, { params: { dpop_jkt: jkt } });
    const browser = new Browser(app.url);
    const answer = await signIn(browser, await browser.follow(await browser.get(address)), customer);
    expect(refusal(await redeem(app, grocer.client, codeOf(answer, grocer.client), right))).toBe('400 invalid_grant');
  });

  it('is refused after a minute', async () => {
    const { code, verifier: right } = await authorizationCode(app, grocer.client, customer);
    const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 80_000);
    try {
      const answer = await redeem(app, grocer.client, code, right);
      expect(refusal(answer)).toBe('400 invalid_grant');
    } finally {
      later.mockRestore();
    }
  });
});

describe('a token without a customer', () => {
  it('cannot have scopes that the client has not', async () => {
    await expect(retailerToken(app, grocer, { scope: 'preferences.propose' })).rejects.toThrow('invalid_scope');
  });

  it('cannot have authorization details, which only customers give', async () => {
    const details = JSON.stringify([
      {
        type: 'ccx_preferences',
        attributes: ['size.footwear'],
        purposes: ['dpv:ServicePersonalisation'],
        touchpoints: ['till'],
      },
    ]);
    const answer = await tokenRequest(app, grocer.client, { ...credentials, authorization_details: details });
    expect(refusal(answer)).toBe('400 invalid_authorization_details');
  });
});

describe('details at the token endpoint', () => {
  const line = {
    type: 'ccx_preferences',
    attributes: ['size.footwear'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['till'],
  };
  it.each([
    ['are no JSON', '[{'],
    ['are of an unknown type', '[{"type":"all"}]'],
    ['have faults', JSON.stringify([{ ...line, purposes: [] }])],
    ['are more than what was given', JSON.stringify([{ ...line, attributes: ['size.apparel'] }])],
    [
      'are special, which was not given',
      JSON.stringify([{ ...line, type: 'ccx_preferences_special', attributes: ['food.diet'] }]),
    ],
  ])('are refused when they %s', async (_, details) => {
    const { code, verifier: right } = await authorizationCode(app, grocer.client, customer);
    const answer = await redeem(app, grocer.client, code, right, { params: { authorization_details: details } });
    expect(refusal(answer)).toBe('400 invalid_authorization_details');
  });
});

describe('what is kept between requests', () => {
  it('is neither a value that could be shown nor anything readable', async () => {
    const { code } = await authorizationCode(app, grocer.client, customer);
    const { rows } = await app.db.query<Record<string, unknown>>('select * from oauth_artifacts');
    expect(rows.length).toBeGreaterThan(0);
    const everything = rows
      .map((row) =>
        Object.values(row)
          .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
          .join(),
      )
      .join();
    expect(everything).not.toContain(code);
    expect(everything).not.toContain('size.footwear');
    expect(
      rows.some(({ id_hash: hash }) =>
        (hash as Buffer).equals(createHash('sha256').update(`AuthorizationCode:${code}`).digest()),
      ),
    ).toBe(true);
  });

  it('is swept once it has expired', async () => {
    app.clock.advance({ days: 40 });
    await app.runJob('oauth.sweep');
    const { rows } = await app.db.query(
      'select (select count(*)::int from oauth_replays) as replays, (select count(*)::int from oauth_artifacts where expires_at < $1) as artifacts',
      [app.clock.now()],
    );
    expect(rows).toEqual([{ replays: 0, artifacts: 0 }]);
  });
});
