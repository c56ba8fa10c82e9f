import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

import { SignJWT } from 'jose';

import { aCustomer, anOperator, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import {
  authorizationCode,
  claimsOf,
  consentToken,
  dpopFetch,
  dpopProof,
  type JsonAnswer,
  redeem,
  type RetailerAccess,
  retailerToken,
} from './support/oauth.js';
import { ProbeModule } from './support/probe.js';
import { aClient, aKey, aRetailer, suspendRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let customer: TestCustomer;
let access: RetailerAccess;
const path = '/v1/retailer';
beforeAll(async () => {
  app = await startApp({ modules: [ProbeModule] });
  [grocer, customer] = [await aRetailer(app), await aCustomer(app)];
  access = await retailerToken(app, grocer);
});
afterAll(() => app.stop());

const answered = ({ status, body }: JsonAnswer) =>
  `${status} ${String(body.type ?? '')
    .split('/')
    .at(-1)}`;
const proof = (claims: object = {}, key = access.key, token = access.accessToken) =>
  dpopProof(key, { htm: 'GET', htu: app.url + path, token, now: app.clock.now(), ...claims });
const call = async (made: string | Promise<string>) => dpopFetch(app, access, 'GET', path, { proof: await made });

describe('calling with a token that is bound to a key', () => {
  it('works with a proof for this call', async () => {
    expect(answered(await call(proof()))).toBe('200 ');
  });

  it('ignores the query of the address, which a proof does not cover', async () => {
    expect((await call(proof({ htu: `${app.url}${path}?a=b#c` }))).status).toBe(200);
  });

  it.each([
    ['for another method', { htm: 'POST' }],
    ['for another path', { htu: 'http://127.0.0.1/v1/preferences' }],
    ['for another host', { htu: `https://evil.example${path}` }],
    ['for no address', { htu: 'nowhere' }],
    ['for another token', { ath: 'x' }],
    ['for no token', { ath: undefined }],
    ['that is old', { iat: Math.floor(Date.now() / 1000) - 400 }],
    ['that comes from the future', { iat: Math.floor(Date.now() / 1000) + 400 }],
    ['without a time', { iat: undefined }],
    ['without an id', { jti: undefined }],
    ['with an endless id', { jti: 'x'.repeat(300) }],
  ])('is refused with a proof %s', async (_, claims) => {
    const answer = await call(proof(claims));
    expect(answered(answer)).toBe('401 invalid-dpop-proof');
    expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP .*error="invalid_dpop_proof"/);
  });

  it('is refused when neither the call nor the proof has an address that can be read', async () => {
    const elsewhere = request({
      host: app.config.HOST,
      port: app.config.PORT,
      path: `http://elsewhere${path}`,
      headers: { authorization: `DPoP ${access.accessToken}`, dpop: await proof({ htu: 'nowhere' }) },
    }).end();
    const [answer] = (await once(elsewhere, 'response')) as [IncomingMessage];
    expect(`${answer.statusCode} ${await text(answer)}`).toMatch(/^401 .*invalid-dpop-proof/);
  });

  it('is refused with a proof of another key', async () => {
    expect(answered(await call(proof({}, await aKey())))).toBe('401 invalid-dpop-proof');
  });

  it('is refused with a proof whose signature is not of the key that it shows', async () => {
    const forged = { ...access.key, privateKey: (await aKey()).privateKey };
    expect(answered(await call(proof({}, forged)))).toBe('401 invalid-dpop-proof');
  });

  it.each([
    ['another type', { alg: 'ES256', typ: 'JWT' }],
    ['its private key', { alg: 'ES256', typ: 'dpop+jwt', d: 'secret' }],
  ])('is refused with a proof that has %s', async (_, { d, ...header }: { alg: string; typ: string; d?: string }) => {
    const made = new SignJWT({ jti: 'x', htm: 'GET', htu: app.url + path, iat: Math.floor(Date.now() / 1000) })
      .setProtectedHeader({ ...header, jwk: { ...access.key.publicJwk, ...(d && { d }) } })
      .sign(access.key.privateKey);
    expect(answered(await call(made))).toBe('401 invalid-dpop-proof');
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['three parts of nonsense', 'a.b.c'],
    ['nothing', ''],
    ['kilobytes', 'x'.repeat(5_000)],
  ])('is refused with %s as a proof', async (_, made) => {
    expect(answered(await call(made))).toBe('401 invalid-dpop-proof');
  });

  it('is refused without a proof, and as a bearer token', async () => {
    const without = await fetch(app.url + path, { headers: { authorization: `DPoP ${access.accessToken}` } });
    expect(without.status).toBe(401);
    const bearer = await dpopFetch(app, { ...access, tokenType: 'Bearer' }, 'GET', path);
    expect(answered(bearer)).toBe('401 invalid-token');
  });

  it('takes each proof once, also when it comes fifty times at the same moment', async () => {
    const used = await proof();
    const answers = await Promise.all(Array.from({ length: 50 }, () => call(used)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(49).fill(401)]);
  });

  it('takes each proof of a read once, too', async () => {
    const reading = await consentToken(app, grocer, customer);
    const address = '/v1/preferences?touchpoint=till&stage=shopping';
    const used = await dpopProof(reading.key, {
      htm: 'GET',
      htu: `${app.url}/v1/preferences`,
      token: reading.accessToken,
      now: app.clock.now(),
    });
    const read = () => dpopFetch(app, reading, 'GET', address, { proof: used });
    const answers = await Promise.all(Array.from({ length: 20 }, read));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(401)]);
  });
});

describe('a token of a retailer', () => {
  it('is refused when a single character of it is changed', async () => {
    const [header, payload = '', signature] = access.accessToken.split('.');
    const other = Buffer.from(JSON.stringify({ ...claimsOf(access.accessToken), scope: 'everything' })).toString(
      'base64url',
    );
    const flipped = (payload.startsWith('e') ? 'f' : 'e') + payload.slice(1);
    for (const changed of [other, flipped]) {
      const forged = { ...access, accessToken: [header, changed, signature].join('.') };
      expect(answered(await dpopFetch(app, forged, 'GET', path))).toBe('401 invalid-token');
    }
  });

  it('is refused when somebody else has signed it', async () => {
    const key = await aKey();
    const accessToken = await new SignJWT(claimsOf(access.accessToken))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.thumbprint })
      .sign(key.privateKey);
    expect(answered(await dpopFetch(app, { ...access, accessToken }, 'GET', path))).toBe('401 invalid-token');
  });

  it('is no ID token, although the same key signs both', async () => {
    const { code, verifier } = await authorizationCode(app, grocer.client, customer, {
      scope: 'openid preferences.read',
    });
    const { body } = await redeem(app, grocer.client, code, verifier);
    const idToken = { ...access, accessToken: body.id_token as string };
    expect(claimsOf(idToken.accessToken)['aud']).toBe(grocer.client.id);
    expect(answered(await dpopFetch(app, idToken, 'GET', path))).toBe('401 invalid-token');
  });

  it('is refused to people’s routes, as people’s tokens are to its own', async () => {
    expect(answered(await dpopFetch(app, access, 'GET', '/v1/me'))).toBe('403 insufficient-scope');
    const operator = await anOperator(app);
    for (const { token } of [customer, operator]) {
      const answer = await app.http.get(path).set('authorization', `Bearer ${token}`).expect(403);
      expect(answer.headers['www-authenticate']).toContain('error="insufficient_scope"');
    }
  });

  it('is refused as soon as its retailer or client is suspended', async () => {
    const other = await aRetailer(app);
    const token = await retailerToken(app, other);
    expect((await token.fetch('GET', path)).status).toBe(200);
    await suspendRetailer(app, other);
    expect(answered(await token.fetch('GET', path))).toBe('403 retailer-suspended');

    const client = await aClient(app, grocer.id);
    const second = await retailerToken(app, { client });
    await app.db.query(`update clients set status = 'suspended' where id = $1`, [client.id]);
    expect(answered(await second.fetch('GET', path))).toBe('403 retailer-suspended');
  });

  it('is refused everywhere as soon as the consent that it belongs to has ended', async () => {
    const mira = await aCustomer(app);
    const token = await consentToken(app, grocer, mira);
    expect((await token.fetch('GET', path)).status).toBe(200);
    await mira.api.post(`/v1/me/consents/${token.consentId}/withdraw`).expect(200);
    expect(answered(await token.fetch('GET', path))).toBe('401 invalid-token');
  });

  it('is good for five minutes', async () => {
    const claims = claimsOf(access.accessToken) as { iat: number; exp: number };
    expect(claims.exp - claims.iat).toBe(300);
    app.clock.advance({ minutes: 6 });
    expect(answered(await access.fetch('GET', path))).toBe('401 invalid-token');
    app.clock.advance({ minutes: -6 });
  });
});

describe('a route that does not say who may call it', () => {
  it('refuses everybody', async () => {
    const operator = await anOperator(app);
    await app.http.get('/probe/undeclared').expect(403);
    for (const { token } of [customer, operator]) {
      await app.http.get('/probe/undeclared').set('authorization', `Bearer ${token}`).expect(403);
    }
    expect((await access.fetch('GET', '/probe/undeclared')).status).toBe(403);
  });
});
