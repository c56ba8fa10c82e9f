import { randomUUID } from 'node:crypto';

import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser, textOf } from './support/browser.js';
import { amend, withdraw } from './support/consents.js';
import { aRetailerWithTill, authorizeDevice, decideOnDevice, poll, reachDecision } from './support/device.js';
import {
  authorizationCode,
  authorizationParams,
  type AuthorizationOptions,
  claimsOf,
  codeOf,
  type ConsentAccess,
  consentAccessOf,
  type JsonAnswer,
  post,
  pushRequest,
  redeem,
  refresh,
  type RetailerAccess,
  retailerToken,
  signIn,
} from './support/oauth.js';
import { announced } from './support/records.js';
import { aClient, aRetailer, reinstateRetailer, suspendRetailer, type TestRetailer } from './support/retailers.js';

const scopes = ['openid', 'offline_access', 'preferences.read', 'grant_management_query', 'grant_management_revoke'];

let app: TestApp;
let grocer: TestRetailer;
let asGrocer: RetailerAccess;
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
  grocer = await aRetailer(app, { client: { scopes } });
  asGrocer = await managing(grocer);
});
afterAll(() => app.stop());

const managing = (retailer: TestRetailer) =>
  retailerToken(app, retailer, { scope: 'grant_management_query grant_management_revoke' });
const line = (...attributes: string[]) => ({
  type: 'ccx_preferences',
  attributes,
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
});

/** The whole way to tokens, with parameters of grant management. */
async function tokens(customer: TestCustomer, options: AuthorizationOptions = {}): Promise<JsonAnswer> {
  const { code, verifier } = await authorizationCodeWith(customer, options);
  return redeem(app, grocer.client, code, verifier);
}

async function authorizationCodeWith(customer: TestCustomer, options: AuthorizationOptions) {
  const { answer, verifier } = await decided(customer, options);
  return { code: codeOf(answer, grocer.client), verifier };
}

async function decided(customer: TestCustomer, options: AuthorizationOptions) {
  const { address, verifier } = await pushRequest(app, grocer.client, options);
  const browser = new Browser(app.url, { 'accept-language': 'en' });
  const page = await signIn(browser, await browser.follow(await browser.get(address)), customer);
  const answer = page.location
    ? page
    : await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
  return { answer, verifier };
}

async function consented(attributes: readonly string[] = ['size.footwear']): Promise<{
  customer: TestCustomer;
  access: ConsentAccess;
}> {
  const customer = await aCustomer(app);
  const { body } = await tokens(customer, { details: [line(...attributes)] });
  return { customer, access: consentAccessOf(app, grocer.client, body) };
}

const attributesOf = ({ body }: JsonAnswer): string[] =>
  (body.authorization_details as { attributes: string[] }[]).flatMap(({ attributes }) => attributes).toSorted();
const naming = (action: string, id: string, ...attributes: string[]): AuthorizationOptions => ({
  params: { grant_management_action: action, grant_id: id },
  details: [line(...attributes)],
});

describe('a token answer', () => {
  it('names the grant, which is the consent', async () => {
    const { body } = await tokens(await aCustomer(app));
    expect(body.grant_id).toBe(claimsOf(body.access_token)['consent_id']);
  });

  it('names it again when the token is refreshed', async () => {
    const { access } = await consented();
    const { body } = await refresh(app, grocer.client, access.refreshToken ?? '');
    expect(body.grant_id).toBe(access.consentId);
  });

  it('names none for the client’s own token', async () => {
    const { client } = grocer;
    const { body } = await post(
      app,
      client,
      '/oauth/token',
      { grant_type: 'client_credentials', scope: 'grant_management_query' },
      true,
    );
    expect(body.access_token).toBeDefined();
    expect(body.grant_id).toBeUndefined();
  });
});

describe('what a request may say about grants', () => {
  const push = (params: Readonly<Record<string, string>>, client = grocer.client) =>
    post(app, client, '/oauth/par', authorizationParams(client, 'v'.repeat(43), { params }), false);
  const refusal = ({ status, body }: JsonAnswer) => `${status} ${String(body.error)}`;

  it.each([
    ['an action that there is not', { grant_management_action: 'update' }, '400 invalid_request'],
    ['a grant without an action', { grant_id: randomUUID() }, '400 invalid_request'],
    ['merging with nothing', { grant_management_action: 'merge' }, '400 invalid_request'],
    ['replacing nothing', { grant_management_action: 'replace' }, '400 invalid_request'],
    ['creating what there is', { grant_management_action: 'create', grant_id: randomUUID() }, '400 invalid_request'],
    [
      'adding what is given once',
      { grant_management_action: 'merge', grant_id: randomUUID(), ccx_use: 'once' },
      '400 invalid_request',
    ],
    ['a grant that there is not', { grant_management_action: 'merge', grant_id: randomUUID() }, '400 invalid_grant_id'],
    ['a grant that is no id', { grant_management_action: 'replace', grant_id: 'mine' }, '400 invalid_grant_id'],
  ])('not %s', async (_, params, expected) => {
    expect(refusal(await push(params))).toBe(expected);
  });

  it('not a grant of another retailer, which looks as if there were none', async () => {
    const { access } = await consented();
    const other = await aRetailer(app, { client: { scopes } });
    const params = { grant_management_action: 'merge', grant_id: access.consentId };
    const [foreign, unknown] = await Promise.all([
      push(params, other.client),
      push({ ...params, grant_id: randomUUID() }, other.client),
    ]);
    expect(refusal(foreign)).toBe('400 invalid_grant_id');
    expect(foreign.body).toEqual(unknown.body);
  });

  it('not a grant that has ended', async () => {
    const { customer, access } = await consented();
    await withdraw({ consentId: access.consentId, customer }).expect(200);
    expect(refusal(await push({ grant_management_action: 'merge', grant_id: access.consentId }))).toBe(
      '400 invalid_grant_id',
    );
  });

  it('nothing, from a client that does not authenticate', async () => {
    const development = await startApp({ config: { OAUTH_PROFILE: 'development' } });
    const retailer = await aRetailer(development);
    const client = await aClient(development, retailer.id, {
      authMethod: 'none',
      bearer: true,
      grantTypes: ['authorization_code'],
      scopes: ['preferences.read'],
    });
    const params = authorizationParams(client, 'v'.repeat(43), { params: { grant_management_action: 'create' } });
    const { location } = await new Browser(development.url).get(
      `/oauth/authorize?${new URLSearchParams(params).toString()}`,
    );
    expect(new URL(location ?? '').searchParams.get('error')).toBe('invalid_request');
    await development.stop();
  });
});

describe('create', () => {
  it('makes a grant where there is none, and adds to the one that there is', async () => {
    const customer = await aCustomer(app);
    const params = { grant_management_action: 'create' };
    const first = await tokens(customer, { params });
    const second = await tokens(customer, { params, details: [line('receipt.delivery')] });
    expect(second.body.grant_id).toBe(first.body.grant_id);
    expect(attributesOf(second)).toEqual(['receipt.delivery', 'size.footwear']);
  });
});

describe('merge', () => {
  it('adds to the grant that is named', async () => {
    const { customer, access } = await consented();
    const answer = await tokens(customer, naming('merge', access.consentId, 'receipt.delivery'));
    expect(answer.body.grant_id).toBe(access.consentId);
    expect(attributesOf(answer)).toEqual(['receipt.delivery', 'size.footwear']);
  });

  it('ends the refresh token from before', async () => {
    const { customer, access } = await consented();
    const { body } = await tokens(customer, naming('merge', access.consentId, 'receipt.delivery'));
    const [old, fresh] = await Promise.all(
      [access.refreshToken ?? '', String(body.refresh_token)].map((token) => refresh(app, grocer.client, token)),
    );
    expect([old?.status, old?.body.error, fresh?.status]).toEqual([400, 'invalid_grant', 200]);
  });

  it('asks nobody for what is given already, and ends nothing then', async () => {
    const { customer, access } = await consented();
    const { body } = await tokens(customer, naming('merge', access.consentId, 'size.footwear'));
    expect(body.grant_id).toBe(access.consentId);
    expect((await refresh(app, grocer.client, access.refreshToken ?? '')).status).toBe(200);
  });

  it('is an error to the client when somebody else signs in', async () => {
    const { access } = await consented();
    const { answer } = await decided(await aCustomer(app), naming('merge', access.consentId, 'receipt.delivery'));
    const sent = new URL(answer.location ?? '').searchParams;
    expect([sent.get('error'), sent.get('code')]).toEqual(['invalid_grant_id', null]);
  });

  it('is an error to the client when the consent ends before the customer signs in', async () => {
    const { customer, access } = await consented();
    const { address } = await pushRequest(app, grocer.client, naming('merge', access.consentId, 'receipt.delivery'));
    const browser = new Browser(app.url);
    const page = await browser.follow(await browser.get(address));
    await withdraw({ consentId: access.consentId, customer }).expect(200);
    const answer = await signIn(browser, page, customer);
    expect(new URL(answer.location ?? '').searchParams.get('error')).toBe('invalid_grant_id');
  });

  it('is an error to the client when the customer signs out and another one in, on the very page', async () => {
    const { customer, access } = await consented();
    const other = await aCustomer(app);
    const { address } = await pushRequest(app, grocer.client, naming('merge', access.consentId, 'receipt.delivery'));
    const browser = new Browser(app.url);
    const page = await signIn(browser, await browser.follow(await browser.get(address)), customer);
    const signedOut = await browser.follow(await browser.submit(page, 'sign-out'));
    const answer = await signIn(browser, signedOut, other);
    expect(new URL(answer.location ?? '').searchParams.get('error')).toBe('invalid_grant_id');
  });
});

describe('replace', () => {
  it('puts what is given now in the place of what was given, under the same id', async () => {
    const { customer, access } = await consented(['size.footwear', 'receipt.delivery']);
    const answer = await tokens(customer, naming('replace', access.consentId, 'size.apparel'));
    expect(answer.body.grant_id).toBe(access.consentId);
    expect(attributesOf(answer)).toEqual(['size.apparel']);
    expect(attributesOf(await asGrocer.fetch('GET', `/oauth/grants/${access.consentId}`))).toEqual(['size.apparel']);
  });

  it('asks the customer, also for less than they have given', async () => {
    const { customer, access } = await consented(['size.footwear', 'receipt.delivery']);
    const { address } = await pushRequest(app, grocer.client, naming('replace', access.consentId, 'size.footwear'));
    const browser = new Browser(app.url, { 'accept-language': 'en' });
    const page = await signIn(browser, await browser.follow(await browser.get(address)), customer);
    expect([page.status, page.location]).toEqual([200, undefined]);
  });

  it('changes nothing when the customer refuses', async () => {
    const { customer, access } = await consented();
    const { address } = await pushRequest(app, grocer.client, naming('replace', access.consentId, 'size.apparel'));
    const browser = new Browser(app.url, { 'accept-language': 'en' });
    const page = await signIn(browser, await browser.follow(await browser.get(address)), customer);
    await browser.submit(page, 'decision', { decision: 'refuse' });
    expect(attributesOf(await asGrocer.fetch('GET', `/oauth/grants/${access.consentId}`))).toEqual(['size.footwear']);
    expect((await refresh(app, grocer.client, access.refreshToken ?? '')).status).toBe(200);
  });

  it('works at a till, which is told when another customer comes', async () => {
    const shop = await aRetailerWithTill(app);
    const [customer, other] = await Promise.all([aCustomer(app), aCustomer(app)]);
    const first = await authorizeDevice(app, shop.client);
    await decideOnDevice(app, first, customer);
    const { body } = await poll(app, shop.client, first);
    const replacing = {
      grant_management_action: 'replace',
      grant_id: String(body.grant_id),
      authorization_details: JSON.stringify([{ ...line('size.apparel'), touchpoints: ['till'] }]),
    };

    const wrong = await authorizeDevice(app, shop.client, replacing);
    const { page } = await reachDecision(app, wrong, other);
    expect(textOf(page.body)).toContain('nothing was shared');
    const told = await poll(app, shop.client, wrong);
    expect([told.status, told.body.error]).toEqual([400, 'invalid_grant_id']);

    const right = await authorizeDevice(app, shop.client, replacing);
    await decideOnDevice(app, right, customer);
    const answer = await poll(app, shop.client, right);
    expect([answer.body.grant_id, attributesOf(answer)]).toEqual([body.grant_id, ['size.apparel']]);
  });
});

describe('looking at a grant', () => {
  it('tells what is given, since when and until when', async () => {
    const { access } = await consented();
    const { status, body } = await asGrocer.fetch('GET', `/oauth/grants/${access.consentId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      grant_id: access.consentId,
      status: 'active',
      scopes: [{ scope: expect.stringContaining('preferences.read') as string, resource: [app.url] }],
      claims: [],
      authorization_details: [{ type: 'ccx_preferences', attributes: ['size.footwear'] }],
    });
    expect(Date.parse(body.created_at)).toBeLessThan(Date.parse(body.expires_at));
  });

  it('tells how often a day the customer lets it be read, as token answers do', async () => {
    const customer = await aCustomer(app);
    const { body } = await tokens(customer, { params: { ccx_max_reads_per_day: '3' } });
    expect(body.ccx_max_reads_per_day).toBe(3);
    const look = async () => (await asGrocer.fetch('GET', `/oauth/grants/${body.grant_id}`)).body;
    expect((await look()).ccx_max_reads_per_day).toBe(3);
    await amend({ customer, consentId: body.grant_id }, { max_reads_per_day: 2 });
    expect((await look()).ccx_max_reads_per_day).toBe(2);
    expect((await refresh(app, grocer.client, body.refresh_token)).body.ccx_max_reads_per_day).toBe(2);

    const { body: unlimited } = await tokens(await aCustomer(app));
    expect(unlimited).not.toHaveProperty('ccx_max_reads_per_day');
    const { body: grant } = await asGrocer.fetch('GET', `/oauth/grants/${unlimited.grant_id}`);
    expect(grant.ccx_max_reads_per_day).toBeNull();
  });

  it('names nobody: neither the customer nor a token', async () => {
    const { customer, access } = await consented();
    const { body } = await asGrocer.fetch('GET', `/oauth/grants/${access.consentId}`);
    for (const secret of [customer.customerId, customer.email, access.subject, access.refreshToken]) {
      expect(JSON.stringify(body)).not.toContain(secret);
    }
  });

  it('tells that the customer has paused it', async () => {
    const { customer, access } = await consented();
    await customer.api.post(`/v1/me/consents/${access.consentId}/pause`).send({}).expect(200);
    const { body } = await asGrocer.fetch('GET', `/oauth/grants/${access.consentId}`);
    expect(body.status).toBe('paused');
  });

  it('takes a token of the consent itself, which reaches no other consent', async () => {
    const own = await tokens(await aCustomer(app), { scope: 'preferences.read grant_management_query' });
    const access = consentAccessOf(app, grocer.client, own.body);
    const { access: other } = await consented();
    expect((await access.fetch('GET', `/oauth/grants/${access.consentId}`)).status).toBe(200);
    expect((await access.fetch('GET', `/oauth/grants/${other.consentId}`)).status).toBe(404);
  });

  it.each([
    ['there is none', () => Promise.resolve(randomUUID())],
    ['the id is none', () => Promise.resolve('mine')],
    [
      'it is another retailer’s',
      async () => {
        const other = await aRetailer(app, { client: { scopes } });
        const { code, verifier } = await authorizationCode(app, other.client, await aCustomer(app));
        return String((await redeem(app, other.client, code, verifier)).body.grant_id);
      },
    ],
    [
      'it has ended',
      async () => {
        const { customer, access } = await consented();
        await withdraw({ consentId: access.consentId, customer }).expect(200);
        return access.consentId;
      },
    ],
  ])('finds nothing when %s', async (_, id) => {
    for (const method of ['GET', 'DELETE']) {
      const { status, body } = await asGrocer.fetch(method, `/oauth/grants/${await id()}`);
      expect([status, body.type]).toEqual([404, `${app.url}/problems/grant-not-found`]);
    }
  });

  it('needs the scope for it, and a token', async () => {
    const { access } = await consented();
    const querying = await retailerToken(app, grocer, { scope: 'grant_management_query' });
    const path = `/oauth/grants/${access.consentId}`;
    const { status, headers } = await querying.fetch('DELETE', path);
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toContain('scope="grant_management_revoke"');
    const unknown = await fetch(`${app.url}${path}`);
    expect(unknown.status).toBe(401);
    expect(unknown.headers.get('www-authenticate')).toContain('DPoP');
  });

  it('is not for a suspended retailer', async () => {
    const other = await aRetailer(app, { client: { scopes } });
    const access = await managing(other);
    await suspendRetailer(app, other);
    for (const method of ['GET', 'DELETE']) {
      expect((await access.fetch(method, `/oauth/grants/${randomUUID()}`)).status).toBe(403);
    }
    await reinstateRetailer(app, other);
  });
});

describe('giving a grant back', () => {
  it('ends the consent at once, with every token under it', async () => {
    const { customer, access } = await consented();
    const { status, body } = await asGrocer.fetch('DELETE', `/oauth/grants/${access.consentId}`);
    expect([status, body]).toEqual([204, '']);
    expect((await access.fetch('GET', '/v1/preferences?touchpoint=till&stage=shopping')).status).toBe(401);
    expect((await refresh(app, grocer.client, access.refreshToken ?? '')).body.error).toBe('invalid_grant');
    const { body: consent } = await customer.api.get(`/v1/me/consents/${access.consentId}`).expect(200);
    expect(consent.status).toBe('withdrawn');
    expect((await announced(app, customer.key)).filter((type) => type === 'consent.withdrawn')).toHaveLength(1);
  });

  it('is told to the customer as what the retailer did', async () => {
    const { customer, access } = await consented();
    await asGrocer.fetch('DELETE', `/oauth/grants/${access.consentId}`);
    const { body } = await customer.api.get(`/v1/me/consents/${access.consentId}`).expect(200);
    expect(body.versions.at(-1)).toMatchObject({ change: 'withdrawn', by: 'retailer' });
  });

  it('happens once: then there is no grant any more', async () => {
    const { access } = await consented();
    const path = `/oauth/grants/${access.consentId}`;
    const answers = await Promise.all([1, 2, 3].map(() => asGrocer.fetch('DELETE', path)));
    expect(answers.map(({ status }) => status)).toContain(204);
    expect((await asGrocer.fetch('DELETE', path)).status).toBe(404);
    expect((await asGrocer.fetch('GET', path)).status).toBe(404);
  });
});
