import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import {
  authorizationCode,
  clientAssertion,
  dpopProof,
  type JsonAnswer,
  redeem,
  tokenRequest,
} from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';
import { type SecondProcess, startSecondProcess } from './support/second-process.js';

let app: TestApp;
let second: SecondProcess;
let grocer: TestRetailer;
let customer: TestCustomer;
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
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
    const name = status === 200 ? 'tokens' : `${status} ${String(body.error)}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const credentials = { grant_type: 'client_credentials', scope: 'preferences.read' };

describe('fifty requests to two processes at the same moment', () => {
  it.each(rounds)('redeem a code once, round %i', async () => {
    const { code, verifier } = await authorizationCode(app, grocer.client, customer);
    const answers = await fifty((origin) => redeem(app, grocer.client, code, verifier, { origin }));
    expect(tally(answers)).toEqual({ tokens: 1, '400 invalid_grant': AT_ONCE - 1 });
  });

  it('use a client assertion once', async () => {
    const assertion = await clientAssertion(grocer.client, { aud: app.url });
    const answers = await fifty((origin) => tokenRequest(app, grocer.client, credentials, { assertion, origin }));
    expect(tally(answers)).toEqual({ tokens: 1, '401 invalid_client': AT_ONCE - 1 });
  });

  it('use a DPoP proof once', async () => {
    const proof = await dpopProof(grocer.client.dpopKey, { htm: 'POST', htu: `${app.url}/oauth/token` });
    const answers = await fifty((origin) => tokenRequest(app, grocer.client, credentials, { proof, origin }));
    expect(tally(answers)).toEqual({ tokens: 1, '400 invalid_grant': AT_ONCE - 1 });
  });

  it('get tokens that either process takes, with one set of keys', async () => {
    const answers = await fifty((origin) => tokenRequest(app, grocer.client, credentials, { origin }));
    expect(tally(answers)).toEqual({ tokens: AT_ONCE });
    const keys = await Promise.all(
      [app.url, second.origin].map(async (origin) => (await fetch(`${origin}/oauth/jwks`)).json()),
    );
    expect(keys[0]).toEqual(keys[1]);
  });
});
