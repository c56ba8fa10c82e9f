import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { aRetailerWithTill, authorizeDevice, decideOnDevice, poll, reachDecision } from './support/device.js';
import {
  authorizationCode,
  authorizationParams,
  clientAssertion,
  codeOf,
  type ConsentAccess,
  consentAccessOf,
  consentToken,
  dpopFetch,
  dpopProof,
  type JsonAnswer,
  redeem,
  refresh,
  type RetailerAccess,
  signIn,
  tokenRequest,
} from './support/oauth.js';
import { aClient, aRetailer, type TestClient, type TestRetailer } from './support/retailers.js';
import { type SecondProcess, startSecondProcess } from './support/second-process.js';

jest.setTimeout(120_000);

let app: TestApp;
let second: SecondProcess;
let grocer: TestRetailer;
let customer: TestCustomer;
beforeAll(async () => {
  // Public clients are for development only. Clients with keys are held to the strict profile there, too.
  app = await startApp({ config: { OAUTH_PROFILE: 'development' } });
  second = await startSecondProcess(app);
  [grocer, customer] = await Promise.all([aRetailer(app), aCustomer(app)]);
}, 120_000);
afterAll(async () => {
  await second.stop();
  await app.stop();
});

const AT_ONCE = 50;
const rounds = Array.from({ length: 10 }, (_, index) => [index + 1]);

/** Sends as many requests as there are, to both processes in turn, and answers what came back. */
function fifty(request: (origin: string) => Promise<JsonAnswer>): Promise<JsonAnswer[]> {
  return Promise.all(Array.from({ length: AT_ONCE }, (_, index) => request(index % 2 ? second.origin : app.url)));
}

function tally(answers: readonly JsonAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const fault = body.error ?? String(body.type).split('/').at(-1);
    const name = status === 200 ? 'done' : `${status} ${String(fault)}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const credentials = { grant_type: 'client_credentials', scope: 'preferences.read' };
const reading = '/v1/preferences?touchpoint=till&stage=shopping';
const read = (access: RetailerAccess, origin = app.url) => dpopFetch(app, access, 'GET', reading, { origin });

describe('fifty requests to two processes at the same moment', () => {
  it.each(rounds)('redeem a code once, round %i', async () => {
    const { code, verifier } = await authorizationCode(app, grocer.client, customer);
    const answers = await fifty((origin) => redeem(app, grocer.client, code, verifier, { origin }));
    expect(tally(answers)).toEqual({ done: 1, '400 invalid_grant': AT_ONCE - 1 });
  });

  describe('use a client assertion', () => {
    it.each(rounds)('once, round %i', async () => {
      const assertion = await clientAssertion(grocer.client, { aud: app.url });
      const answers = await fifty((origin) => tokenRequest(app, grocer.client, credentials, { assertion, origin }));
      expect(tally(answers)).toEqual({ done: 1, '401 invalid_client': AT_ONCE - 1 });
    });
  });

  describe('use a DPoP proof of a token request', () => {
    it.each(rounds)('once, round %i', async () => {
      const proof = await dpopProof(grocer.client.dpopKey, { htm: 'POST', htu: `${app.url}/oauth/token` });
      const answers = await fifty((origin) => tokenRequest(app, grocer.client, credentials, { proof, origin }));
      expect(tally(answers)).toEqual({ done: 1, '400 invalid_grant': AT_ONCE - 1 });
    });
  });

  describe('use a DPoP proof of a read', () => {
    let access: ConsentAccess;
    beforeAll(async () => {
      access = await consentToken(app, grocer, customer);
    });

    it.each(rounds)('once, round %i', async () => {
      const htu = `${app.url}/v1/preferences`;
      const proof = await dpopProof(access.key, { htm: 'GET', htu, token: access.accessToken });
      const answers = await fifty((origin) => dpopFetch(app, access, 'GET', reading, { proof, origin }));
      expect(tally(answers)).toEqual({ done: 1, '401 invalid-dpop-proof': AT_ONCE - 1 });
    });
  });

  describe('use the refresh token of a public client', () => {
    let client: TestClient;
    let browser: Browser;
    beforeAll(async () => {
      client = await aPublicClient();
      browser = new Browser(app.url, { 'accept-language': 'en' });
    });

    // Whoever comes second may be a thief, or the one who was robbed: neither keeps anything (RFC 9700 §4.14.2).
    it.each(rounds)('once, and nobody keeps what came of it, round %i', async () => {
      const { refreshToken = '', consentId } = await publicAccess(client, browser);
      const answers = await fifty((origin) => refresh(app, client, refreshToken, { origin }));
      expect(tally(answers)).toEqual({ done: 1, '400 invalid_grant': AT_ONCE - 1 });
      const { body } = answers.find(({ status }) => status === 200) as JsonAnswer;
      const rotated = await refresh(app, client, body.refresh_token);
      expect(tally([rotated])).toEqual({ '400 invalid_grant': 1 });
      expect((await read(consentAccessOf(app, client, body), second.origin)).status).toBe(401);
      await expectActive(consentId);
    });
  });

  describe('use the code of a device', () => {
    let till: TestClient;
    beforeAll(async () => {
      till = (await aRetailerWithTill(app)).client;
      await decideOnDevice(app, await authorizeDevice(app, till), customer);
    });

    it.each(rounds)('once, and nobody keeps what came of it, round %i', async () => {
      const codes = await authorizeDevice(app, till);
      await reachDecision(app, codes, customer); // all is given already: nothing is left to decide
      const answers = await fifty((origin) => poll(app, till, codes, { wait: false, origin }));
      expect(tally(answers)).toEqual({ done: 1, '400 invalid_grant': AT_ONCE - 1 });
      const { body } = answers.find(({ status }) => status === 200) as JsonAnswer;
      const access = consentAccessOf(app, till, body);
      expect((await read(access, second.origin)).status).toBe(401);
      await expectActive(access.consentId);
    });
  });

  it('get tokens that either process takes, with one set of keys', async () => {
    const answers = await fifty((origin) => tokenRequest(app, grocer.client, credentials, { origin }));
    expect(tally(answers)).toEqual({ done: AT_ONCE });
    const keys = await Promise.all(
      [app.url, second.origin].map(async (origin) => (await fetch(`${origin}/oauth/jwks`)).json()),
    );
    expect(keys[0]).toEqual(keys[1]);
  });
});

describe('a code that is shown again later, to another process', () => {
  it('ends the tokens of its client at once, and leaves the consent and the other clients', async () => {
    const other = await consentToken(app, { client: await aClient(app, grocer.id) }, customer);
    const { code, verifier } = await authorizationCode(app, grocer.client, customer);
    const access = consentAccessOf(app, grocer.client, (await redeem(app, grocer.client, code, verifier)).body);
    expect((await read(access)).status).toBe(200);
    const again = await redeem(app, grocer.client, code, verifier, { origin: second.origin });
    expect(tally([again])).toEqual({ '400 invalid_grant': 1 });
    expect((await read(access)).status).toBe(401);
    expect(tally([await refresh(app, grocer.client, access.refreshToken ?? '')])).toEqual({ '400 invalid_grant': 1 });
    expect((await read(other)).status).toBe(200);
    await expectActive(access.consentId);
  });

  it('does so when the code itself would have expired by then', async () => {
    const { code, verifier } = await authorizationCode(app, grocer.client, customer);
    const access = consentAccessOf(app, grocer.client, (await redeem(app, grocer.client, code, verifier)).body);
    const now = Date.now();
    const later = jest.spyOn(Date, 'now').mockImplementation(() => now + 61_000);
    await redeem(app, grocer.client, code, verifier).finally(() => later.mockRestore());
    expect((await read(access)).status).toBe(401);
    await expectActive(access.consentId);
  });
});

async function expectActive(consentId: string): Promise<void> {
  const { body } = await customer.api.get(`/v1/me/consents/${consentId}`).expect(200);
  expect(body.status).toBe('active');
}

function aPublicClient(): Promise<TestClient> {
  return aClient(app, grocer.id, {
    authMethod: 'none',
    bearer: true,
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: ['http://127.0.0.1:3999/docs/oauth2-redirect.html'],
  });
}

/** Tokens of a public client: with the browser's session and the consent there is nothing to ask the second time. */
async function publicAccess(client: TestClient, browser: Browser): Promise<ConsentAccess> {
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  const query = new URLSearchParams(authorizationParams(client, verifier));
  let page = await browser.follow(await browser.get(`/oauth/authorize?${query.toString()}`));
  if (!page.location?.startsWith(client.redirectUri)) page = await signIn(browser, page, customer);
  const { body } = await redeem(app, client, codeOf(page, client), verifier);
  return consentAccessOf(app, client, body);
}
