import * as oidc from 'openid-client';

import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser, textOf } from './support/browser.js';
import {
  answerCode,
  authorizeDevice,
  decideOnDevice,
  DEVICE_GRANT,
  type DeviceCodes,
  enterCode,
  poll,
  reachDecision,
  requestDevice,
  aRetailerWithTill,
} from './support/device.js';
import { claimsOf, consentAccessOf, type JsonAnswer, refresh } from './support/oauth.js';
import { aClient, aRetailer, reinstateRetailer, suspendRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let customer: TestCustomer;
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
  [grocer, customer] = await Promise.all([aRetailerWithTill(app), aCustomer(app)]);
});
afterAll(() => app.stop());

const refusal = ({ status, body }: JsonAnswer) => `${status} ${String(body.error)}`;
const ask = (params?: Readonly<Record<string, string>>) => authorizeDevice(app, grocer.client, params);
const pollTill = (codes: DeviceCodes) => poll(app, grocer.client, codes);
const details = (line: object) => ({ authorization_details: JSON.stringify([line]) });
const shoeSize = {
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till'],
};

describe('a till asks a customer', () => {
  it('with a standard client that polls until the customer has decided', async () => {
    const somebody = await aCustomer(app);
    const { client } = grocer;
    const credentials = oidc.PrivateKeyJwt({ key: client.key.privateKey, kid: client.key.thumbprint });
    const config = await oidc.discovery(new URL(app.url), client.id, {}, credentials, {
      execute: [oidc.allowInsecureRequests],
    });
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
    const codes = await oidc.initiateDeviceAuthorization(config, {
      scope: 'preferences.read',
      ...details(shoeSize),
    });
    expect(codes).toMatchObject({ expires_in: 600, interval: 5, verification_uri: `${app.url}/oauth/device` });
    const polling = oidc.pollDeviceAuthorizationGrant(config, { ...codes, interval: 1 }, undefined, { DPoP });
    await decideOnDevice(app, codes, somebody);
    const tokens = await polling;
    expect(tokens).toMatchObject({ token_type: 'dpop', grant_id: claimsOf(tokens.access_token)['consent_id'] });
    expect(tokens.authorization_details).toEqual([expect.objectContaining({ attributes: ['size.footwear'] })]);
    const read = await oidc.fetchProtectedResource(
      config,
      tokens.access_token,
      new URL('/v1/preferences?touchpoint=till&stage=shopping', app.url),
      'GET',
      undefined,
      undefined,
      { DPoP },
    );
    expect(read.status).toBe(200);
  });

  it('gets a code that is easy to read, and addresses to show', async () => {
    const codes = await ask();
    expect(codes.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(codes.verification_uri_complete).toBe(`${app.url}/oauth/device?user_code=${codes.user_code}`);
  });

  it('and is told that a page of its own opened a request of a device', async () => {
    const somebody = await aCustomer(app);
    await decideOnDevice(app, await ask(), somebody);
    const { body } = await somebody.api.get('/v1/me/consent-requests').expect(200);
    expect(body.items).toEqual([expect.objectContaining({ origin: 'device', status: 'approved' })]);
  });

  it('keeps its tokens by refreshing them', async () => {
    const somebody = await aCustomer(app);
    const codes = await ask({ scope: 'preferences.read offline_access' });
    await decideOnDevice(app, codes, somebody);
    const { body } = await pollTill(codes);
    expect((await refresh(app, grocer.client, body.refresh_token)).status).toBe(200);
  });

  it('gets one token for one time, and nothing to refresh', async () => {
    const somebody = await aCustomer(app);
    const codes = await ask({ ccx_use: 'once' });
    await decideOnDevice(app, codes, somebody);
    const { status, body } = await pollTill(codes);
    expect([status, body.refresh_token]).toEqual([200, undefined]);
  });

  it('holds as long as its page says before, and the page of the decision after', async () => {
    for (const [params, said] of [
      [{ ccx_use: 'once' }, '1 day'],
      [{ ccx_use: 'once', ccx_lifetime_days: '30' }, '7 days'],
    ] as const) {
      const codes = await ask(params);
      const sentence = `This is for one time only and has to be used within ${said}.`;
      const typed = await enterCode(new Browser(app.url, { 'accept-language': 'en' }), codes.user_code);
      expect(textOf(typed.body)).toContain(sentence);
      const { page } = await reachDecision(app, codes, await aCustomer(app));
      expect(textOf(page.body)).toContain(sentence);
    }
  });

  it('is answered without another question where the customer has given all of it', async () => {
    const somebody = await aCustomer(app);
    await decideOnDevice(app, await ask(), somebody);
    const codes = await ask();
    const { page } = await reachDecision(app, codes, somebody);
    expect(textOf(page.body)).toContain('Done');
    expect((await pollTill(codes)).status).toBe(200);
  });
});

describe('what a till may ask for', () => {
  it.each([
    ['nothing', { authorization_details: '' }, '400 invalid_request'],
    ['details that are no JSON', { authorization_details: '[{' }, '400 invalid_authorization_details'],
    ['details of an unknown type', { authorization_details: '[{"type":"all"}]' }, '400 invalid_authorization_details'],
    ['details with faults', details({ ...shoeSize, purposes: [] }), '400 invalid_authorization_details'],
    [
      'something special',
      details({ ...shoeSize, type: 'ccx_preferences_special', attributes: ['food.allergen'] }),
      '400 invalid_authorization_details',
    ],
    ['a scope that it does not have', { scope: 'interactions.write' }, '400 invalid_scope'],
    ['a use that there is not', { ccx_use: 'always' }, '400 invalid_request'],
    ['no read at all', { ccx_max_reads_per_day: '0' }, '400 invalid_request'],
    ['another resource', { resource: 'https://elsewhere.example' }, '400 invalid_target'],
  ])('%s is refused at once', async (_, params, expected) => {
    expect(refusal(await requestDevice(app, grocer.client, params))).toBe(expected);
  });

  it('nothing, where the client is not registered for it', async () => {
    const { client } = await aRetailer(app);
    expect(refusal(await requestDevice(app, client))).toBe('400 invalid_request');
  });

  it('nothing, where the client is not who it says', async () => {
    const other = await aRetailerWithTill(app);
    const impostor = { ...grocer.client, key: other.client.key };
    expect(refusal(await requestDevice(app, impostor))).toBe('401 invalid_client');
  });

  it.each([
    ['without a signed assertion', { authMethod: 'client_secret_basic', jwks: null } as const],
    ['without bound tokens', { bearer: true }],
  ])('nothing, %s: such a client is not registered', async (_, settings) => {
    const development = await startApp({ config: { OAUTH_PROFILE: 'development' } });
    const retailer = await aRetailer(development);
    await expect(
      aClient(development, retailer.id, { grantTypes: [DEVICE_GRANT], redirectUris: [], scopes: [], ...settings }),
    ).rejects.toMatchObject({ errors: [expect.objectContaining({ pointer: '/grant_types' })] });
    await development.stop();
  });
});

const everythingButDate = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

describe('polling', () => {
  it('is pending until the customer has decided, and slowed down when it comes too often', async () => {
    const codes = await ask();
    expect(refusal(await pollTill(codes))).toBe('400 authorization_pending');
    expect(refusal(await poll(app, grocer.client, codes, { wait: false }))).toBe('400 slow_down');
    expect(refusal(await pollTill(codes))).toBe('400 authorization_pending');
  });

  it('tells that the customer has refused', async () => {
    const codes = await ask();
    const page = await decideOnDevice(app, codes, await aCustomer(app), 'refuse');
    expect(textOf(page.body)).toContain('You have stopped it');
    expect(refusal(await pollTill(codes))).toBe('400 access_denied');
  });

  it('tells that the customer stopped at the code', async () => {
    const codes = await ask();
    const browser = new Browser(app.url);
    const page = await answerCode(browser, await enterCode(browser, codes.user_code), 'abort');
    expect([page.status, textOf(page.body)]).toEqual([200, expect.stringContaining('You have stopped it')]);
    expect(refusal(await pollTill(codes))).toBe('400 access_denied');
  });

  it('tells that the customer went back instead of signing in', async () => {
    const codes = await ask();
    const browser = new Browser(app.url);
    const page = await browser.follow(await answerCode(browser, await enterCode(browser, codes.user_code), 'confirm'));
    await browser.follow(await browser.submit(page, 'cancel'));
    expect(refusal(await pollTill(codes))).toBe('400 access_denied');
  });

  it('finds nothing once the customer has withdrawn what they had just given', async () => {
    const somebody = await aCustomer(app);
    const codes = await ask();
    await decideOnDevice(app, codes, somebody);
    const { body } = await somebody.api.get('/v1/me/consents').expect(200);
    await somebody.api.post(`/v1/me/consents/${body.items[0].id}/withdraw`).send({}).expect(200);
    expect(refusal(await pollTill(codes))).toBe('400 invalid_grant');
  });

  it('gives tokens under a consent that is paused meanwhile, for when it is resumed', async () => {
    const somebody = await aCustomer(app);
    const codes = await ask();
    await decideOnDevice(app, codes, somebody);
    const { body } = await somebody.api.get('/v1/me/consents').expect(200);
    await somebody.api.post(`/v1/me/consents/${body.items[0].id}/pause`).send({}).expect(200);
    const { status, body: tokens } = await pollTill(codes);
    expect(status).toBe(200);
    const access = consentAccessOf(app, grocer.client, tokens);
    expect((await access.fetch('GET', '/v1/preferences?touchpoint=till&stage=shopping')).status).toBe(403);
  });

  it('tells a suspended retailer nothing', async () => {
    const other = await aRetailerWithTill(app);
    const codes = await authorizeDevice(app, other.client);
    await decideOnDevice(app, codes, await aCustomer(app));
    await suspendRetailer(app, other);
    expect(refusal(await poll(app, other.client, codes))).toBe('401 invalid_client');
    await reinstateRetailer(app, other);
    expect((await poll(app, other.client, codes)).status).toBe(200);
  });

  it('tells that the code is too old', async () => {
    const codes = await ask();
    // The engine goes by the time of the machine.
    jest.useFakeTimers({ doNotFake: everythingButDate, now: Date.now() + 11 * 60_000 });
    try {
      expect(refusal(await pollTill(codes))).toBe('400 expired_token');
      const browser = new Browser(app.url, { 'accept-language': 'en' });
      const page = await enterCode(browser, codes.user_code);
      expect([page.status, textOf(page.body)]).toEqual([422, expect.stringContaining('too old')]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('takes a code from the client that it was made for', async () => {
    const other = await aRetailerWithTill(app);
    expect(refusal(await poll(app, other.client, await ask()))).toBe('400 invalid_grant');
  });

  it('takes no code that there is not', async () => {
    expect(refusal(await poll(app, grocer.client, { device_code: 'made-up' }))).toBe('400 invalid_grant');
  });

  it('gives out tokens once, however many ask at once', async () => {
    const codes = await ask();
    await decideOnDevice(app, codes, await aCustomer(app));
    const answers = await Promise.all(Array.from({ length: 20 }, () => pollTill(codes)));
    const tokens = answers.filter(({ status }) => status === 200);
    expect(tokens).toHaveLength(1);
    expect(answers.filter((answer) => refusal(answer) === '400 invalid_grant')).toHaveLength(19);
    // Two parties hold the code: what either got from it has ended, and the customer's consent has not.
    const access = consentAccessOf(app, grocer.client, tokens[0]?.body);
    expect((await access.fetch('GET', '/v1/preferences?touchpoint=till&stage=shopping')).status).toBe(401);
  });

  it('binds the tokens to the key of the device', async () => {
    const codes = await ask();
    await decideOnDevice(app, codes, await aCustomer(app));
    const { body } = await pollTill(codes);
    expect(claimsOf(body.access_token)['cnf']).toEqual({ jkt: grocer.client.dpopKey.thumbprint });
  });
});

describe('the page of the code', () => {
  const open = () => new Browser(app.url, { 'accept-language': 'en' });

  it('shows who asks, on which device, for what and why, before anybody signs in', async () => {
    const { user_code: code } = await ask();
    const page = await enterCode(open(), code);
    const said = textOf(page.body);
    expect(page.status).toBe(200);
    for (const part of [code, 'Grocer A', 'Grocer A Ltd', 'Till 3', 'Shoe size', 'Asked just now']) {
      expect(said).toContain(part);
    }
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self'");
  });

  it('speaks German', async () => {
    const { user_code: code } = await ask();
    const page = await enterCode(new Browser(app.url, { 'accept-language': 'de' }), code);
    expect(textOf(page.body)).toContain('Zeigt das Gerät vor Ihnen genau diesen Code?');
  });

  it('is filled in by the address that a device shows as an image, and sends nothing off by itself', async () => {
    const codes = await ask();
    const page = await open().get(codes.verification_uri_complete);
    expect(page.body).toContain(`value="${codes.user_code}"`);
    expect(page.body).not.toContain('<script');
  });

  it('takes a code in small letters and without its dash', async () => {
    const { user_code: code } = await ask();
    expect((await enterCode(open(), code.replace('-', '').toLowerCase())).status).toBe(200);
  });

  it.each([
    ['a code that there is not', 'BBBB-BBBB', 'There is no such code'],
    ['no code', '', 'Type the code'],
    ['markup', '"><b>x', 'There is no such code'],
  ])('takes %s for what it is', async (_, code, words) => {
    const page = await enterCode(open(), code);
    expect([page.status, textOf(page.body)]).toEqual([422, expect.stringContaining(words)]);
    expect(page.body).not.toContain('"><b>');
  });

  it('takes a code once: whoever comes later asks the device for another', async () => {
    const codes = await ask();
    await reachDecision(app, codes, customer);
    const page = await enterCode(open(), codes.user_code);
    expect([page.status, textOf(page.body)]).toEqual([422, expect.stringContaining('has been used')]);
  });

  it('lets one of two browsers go on that confirm a code at the same moment', async () => {
    const { user_code: code } = await ask();
    const pages = await Promise.all(
      [open(), open()].map(async (browser) => ({ browser, page: await enterCode(browser, code) })),
    );
    const answers = await Promise.all(pages.map(({ browser, page }) => answerCode(browser, page, 'confirm')));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, expect.any(Number)]);
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  });

  it('confirms no code that was not shown to this browser first', async () => {
    const { user_code: code } = await ask();
    const browser = open();
    const page = await browser.submit(await browser.get('/oauth/device'), 'device', {
      user_code: code,
      confirm: 'yes',
    });
    expect(page.status).toBe(400);
    expect((await enterCode(open(), code)).status).toBe(200);
  });

  it('takes no form of another site', async () => {
    const { user_code: code } = await ask();
    const { status, location } = await open().post('/oauth/device', { user_code: code });
    expect([status, location]).toEqual([303, `${app.url}/oauth/device`]);
    const browser = open();
    await browser.get('/oauth/device');
    expect((await browser.post('/oauth/device', { user_code: code, xsrf: 'x' })).status).toBe(400);
  });

  it('remembers whoever only looks for an hour', async () => {
    const { headers } = await open().get('/oauth/device');
    const [, end = ''] = /^ccx_oauth=.*expires=([^;]+)$/.exec(headers.getSetCookie()[0] ?? '') ?? [];
    expect(Date.parse(end) - Date.now()).toBeLessThanOrEqual(3_600_000);
  });

  it('begins again for whoever comes to the middle of it', async () => {
    const { status, location } = await open().get('/oauth/device/made-up');
    expect([status, location]).toEqual([303, `${app.url}/oauth/device`]);
  });

  it('lets nobody guess: after sixty codes an address waits', async () => {
    const strict = await startApp({ config: { RATE_LIMITS: 'on' } });
    const browser = new Browser(strict.url, { 'accept-language': 'en' });
    for (let tries = 0; tries < 60; tries++) expect((await enterCode(browser, 'BBBB-BBBB')).status).toBe(422);
    const page = await enterCode(browser, 'BBBB-BBBB');
    expect([page.status, textOf(page.body)]).toEqual([429, expect.stringContaining('Too many codes')]);
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
    await strict.stop();
  });
});
