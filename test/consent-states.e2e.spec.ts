import { aCustomer, anOperator, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { amend, later, reading, reporting } from './support/consents.js';
import { authorizeDevice, DEVICE_GRANT, type DeviceCodes, poll, reachDecision } from './support/device.js';
import { askToBeErased, takeSteps } from './support/erasures.js';
import { aSale } from './support/events.js';
import {
  type ConsentAccess,
  consentAccessOf,
  consentToken,
  type JsonAnswer,
  post,
  refresh,
  type RetailerAccess,
  retailerToken,
} from './support/oauth.js';
import { aRetailer, reinstateRetailer, suspendRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
});
afterAll(() => app.stop());

/** How a consent comes to be in a state, after all tokens have been got. */
const states: Record<string, (life: Live) => Promise<unknown>> = {
  active: async () => undefined,
  narrowed: (life) => takeTillsOut(life),
  paused: (life) => command(life, 'pause'),
  'paused, resumed': async (life) => {
    await command(life, 'pause');
    await command(life, 'resume');
  },
  withdrawn: (life) => command(life, 'withdraw'),
  'withdrawn with data': (life) => command(life, 'withdraw', { reported_data: 'delete' }),
  expired: (life) => outlive(life),
  'expired, swept': async () => {
    app.clock.advance({ minutes: 3 });
    await app.runJob('consents.expire');
  },
  'customer erased': async ({ customer }) => {
    await askToBeErased(app, customer);
    await takeSteps(app);
  },
  'retailer suspended': ({ retailer }) => suspendRetailer(app, retailer),
  'retailer reinstated': async ({ retailer }) => {
    await suspendRetailer(app, retailer);
    await reinstateRetailer(app, retailer);
  },
  'client suspended': (life) => setClient(life, 'suspended'),
  'client reinstated': async (life) => {
    await setClient(life, 'suspended');
    await setClient(life, 'active');
  },
};

/** What each call is answered with every kind of token that was got before the state changed. */
const table = `
                    | read                   | lookup                 | report                 | report by client       | report of before       | refresh            | introspection      | grant                  | grant by client        | device approved    | device pending
active              | 200                    | 200                    | 200                    | 200                    | 200                    | 200                | active             | 200                    | 200                    | 200                | 400 authorization_pending
narrowed            | 403 outside-consent    | 200 outside-consent    | 403 outside-consent    | 403 outside-consent    | 403 outside-consent    | 200                | active             | 200                    | 200                    | 200                | 400 authorization_pending
paused              | 403 consent-paused     | 200 consent-paused     | 403 consent-paused     | 403 consent-paused     | 403 consent-paused     | 200                | inactive           | 403 consent-paused     | 200                    | 200                | 400 authorization_pending
paused, resumed     | 200                    | 200                    | 200                    | 200                    | 200                    | 200                | active             | 200                    | 200                    | 200                | 400 authorization_pending
withdrawn           | 401 invalid-token      | 200 no-consent         | 401 invalid-token      | 403 no-consent-at-time | 200                    | 400 invalid_grant  | inactive           | 401 invalid-token      | 404 grant-not-found    | 400 invalid_grant  | 400 authorization_pending
withdrawn with data | 401 invalid-token      | 200 no-consent         | 401 invalid-token      | 403 no-consent-at-time | 403 consent-withdrawn  | 400 invalid_grant  | inactive           | 401 invalid-token      | 404 grant-not-found    | 400 invalid_grant  | 400 authorization_pending
expired             | 401 invalid-token      | 200 no-consent         | 401 invalid-token      | 403 no-consent-at-time | 200                    | 400 invalid_grant  | inactive           | 401 invalid-token      | 404 grant-not-found    | 400 invalid_grant  | 400 authorization_pending
expired, swept      | 401 invalid-token      | 200 no-consent         | 401 invalid-token      | 403 no-consent-at-time | 200                    | 400 invalid_grant  | inactive           | 401 invalid-token      | 404 grant-not-found    | 400 invalid_grant  | 400 authorization_pending
customer erased     | 401 invalid-token      | 200 no-consent         | 401 invalid-token      | 403 no-consent-at-time | 403 no-consent-at-time | 400 invalid_grant  | inactive           | 401 invalid-token      | 404 grant-not-found    | 400 invalid_grant  | 400 authorization_pending
retailer suspended  | 403 retailer-suspended | 403 retailer-suspended | 403 retailer-suspended | 403 retailer-suspended | 403 retailer-suspended | 401 invalid_client | 401 invalid_client | 403 retailer-suspended | 403 retailer-suspended | 401 invalid_client | 401 invalid_client
retailer reinstated | 200                    | 200                    | 200                    | 200                    | 200                    | 200                | active             | 200                    | 200                    | 200                | 400 authorization_pending
client suspended    | 403 retailer-suspended | 403 retailer-suspended | 403 retailer-suspended | 403 retailer-suspended | 403 retailer-suspended | 401 invalid_client | 401 invalid_client | 403 retailer-suspended | 403 retailer-suspended | 401 invalid_client | 401 invalid_client
client reinstated   | 200                    | 200                    | 200                    | 200                    | 200                    | 200                | active             | 200                    | 200                    | 200                | 400 authorization_pending
`;

/** The calls; each answers once for every token with which it can be made. */
const endpoints: Record<string, (life: Live) => Promise<string[]>> = {
  read: ({ tokens }) => each(tokens, async (token) => problem(await read(token))),
  lookup: async ({ own, subject }) => {
    const asked = { subjects: [subject], touchpoint: 'till', attributes: ['size.footwear'] };
    const answer = await own.fetch('POST', '/v1/preferences/lookup', asked);
    const [result] = (answer.body.results ?? []) as { code?: string }[];
    return [[problem(answer), result?.code].filter((part) => part !== undefined).join(' ')];
  },
  report: ({ tokens, subject }) => each(tokens, async (token) => problem(await report(token, aSale(app, { subject })))),
  'report by client': async ({ own, subject }) => [problem(await report(own, aSale(app, { subject })))],
  'report of before': async ({ own, saleBefore }) => [problem(await report(own, saleBefore))],
  refresh: ({ retailer, refreshTokens }) =>
    each(refreshTokens, async (token) => oauth(await refresh(app, retailer.client, token))),
  introspection: ({ retailer, tokens, refreshTokens }) =>
    each([...tokens.map(({ accessToken }) => accessToken), ...refreshTokens], async (token) => {
      const answer = await post(app, retailer.client, '/oauth/introspect', { token }, false);
      return answer.status === 200 ? (answer.body.active ? 'active' : 'inactive') : oauth(answer);
    }),
  grant: ({ tokens, consentId }) =>
    each(tokens, async (token) => problem(await token.fetch('GET', `/oauth/grants/${consentId}`))),
  'grant by client': async ({ own, consentId }) => [problem(await own.fetch('GET', `/oauth/grants/${consentId}`))],
  'device approved': async ({ retailer, approved }) => [oauth(await poll(app, retailer.client, approved, patient))],
  'device pending': async ({ retailer, pending }) => [oauth(await poll(app, retailer.client, pending, patient))],
};
const patient = { wait: false };

/** A customer, a retailer, their consent, and all that can be had of it. */
interface Live {
  readonly customer: TestCustomer;
  readonly retailer: TestRetailer;
  readonly consentId: string;
  readonly subject: string;
  /** Got by a code, by refreshing, and by a device. */
  readonly tokens: readonly ConsentAccess[];
  readonly refreshTokens: readonly string[];
  /** The client's own, without a customer. */
  readonly own: RetailerAccess;
  readonly approved: DeviceCodes;
  readonly pending: DeviceCodes;
  /** Something sold before anything changed, and not reported yet. */
  readonly saleBefore: ReturnType<typeof aSale>;
}

const scope = 'preferences.read interactions.write grant_management_query';
const details = [reading, reporting];

async function live(): Promise<Live> {
  const [somebody, retailer] = await Promise.all([aCustomer(app), aRetailer(app, { client: clientOfEverything })]);
  const asked = { details, scope, lifetimeDays: 1 };
  await consentToken(app, retailer, somebody, asked);
  // Tokens live for minutes: they are got shortly before the consent ends, so that they outlive it.
  const customer = await later(app, somebody, 1);
  app.clock.advance({ minutes: -2 });
  const byCode = await consentToken(app, retailer, customer, asked);
  const refreshed = await refresh(app, retailer.client, byCode.refreshToken ?? '');
  const [first, approved, pending] = [await aDevice(retailer), await aDevice(retailer), await aDevice(retailer)];
  for (const codes of [first, approved]) await reachDecision(app, codes, customer); // given already: nothing is asked
  const byDevice = consentAccessOf(app, retailer.client, (await poll(app, retailer.client, first, patient)).body);
  const tokens = [byCode, consentAccessOf(app, retailer.client, refreshed.body), byDevice];
  const own = await retailerToken(app, retailer, { scope });
  const { consentId, subject } = byCode;
  expect(new Set(tokens.map((token) => token.consentId))).toEqual(new Set([consentId]));
  // Whatever is remembered of tokens is remembered by now.
  for (const token of tokens) expect((await read(token)).status).toBe(200);
  const refreshTokens = [byCode.refreshToken ?? '', byDevice.refreshToken ?? ''];
  const saleBefore = aSale(app, { subject });
  return { customer, retailer, consentId, subject, tokens, refreshTokens, own, approved, pending, saleBefore };
}

const clientOfEverything = {
  grantTypes: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT],
  scopes: [...scope.split(' '), 'offline_access'],
};

const aDevice = ({ client }: TestRetailer) =>
  authorizeDevice(app, client, { authorization_details: JSON.stringify(details), scope: `${scope} offline_access` });
const read = ({ fetch }: RetailerAccess) =>
  fetch('GET', '/v1/preferences?touchpoint=till&stage=shopping&attributes=size.footwear');
const report = ({ fetch }: RetailerAccess, sale: object) => fetch('POST', '/v1/interactions', sale);

async function command({ customer, consentId }: Live, name: string, body: object = {}): Promise<void> {
  await customer.api.post(`/v1/me/consents/${consentId}/${name}`).send(body).expect(200);
}

/** Past the end of the consent, by our clock and by the database's, which reads go by. */
async function outlive({ consentId }: Live): Promise<void> {
  app.clock.advance({ minutes: 3 });
  await app.db.query('update consents set expires_at = least(expires_at, now()) where id = $1', [consentId]);
}

async function takeTillsOut(life: Live): Promise<void> {
  const { body } = await life.customer.api.get(`/v1/me/consents/${life.consentId}`).expect(200);
  const items = (body.details as { id: string }[]).map(({ id }) => ({ id, touchpoints: ['web'] }));
  expect((await amend(life, { items })).status).toBe(200);
}

async function setClient({ retailer }: Live, status: 'active' | 'suspended'): Promise<void> {
  const operator = await anOperator(app);
  const path = `/v1/admin/retailers/${retailer.id}/clients/${retailer.client.id}`;
  const { headers } = await operator.api.get(path).expect(200);
  await operator.api
    .patch(path)
    .set('if-match', headers['etag'] ?? '')
    .send({ status })
    .expect(200);
}

const each = <T>(tokens: readonly T[], call: (token: T) => Promise<string>) => Promise.all(tokens.map(call));

/** `403 consent-paused`; whoever is not authenticated is also told so in the header. */
function problem({ status, headers, body }: JsonAnswer): string {
  const challenge = headers.get('www-authenticate') ?? '';
  expect(challenge.includes('DPoP') && challenge.includes('error="invalid_token"')).toBe(status === 401);
  return status === 200 ? '200' : `${status} ${String(body.type).replace(`${app.url}/problems/`, '')}`;
}

const oauth = ({ status, body }: JsonAnswer) => (status === 200 ? '200' : `${status} ${String(body.error)}`);

const [head = [], ...rows] = table
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));
const columns = head.filter((cell) => cell !== '');

describe.each(rows.map(([state = '', ...cells]) => ({ state, cells })))('consent: $state', ({ state, cells }) => {
  let life: Live;
  beforeAll(async () => {
    life = await live();
    await states[state]?.(life);
  });

  it.each(columns.map((endpoint, index) => [endpoint, cells[index] ?? '']))('%s: %s', async (endpoint, expected) => {
    const answers = (await endpoints[endpoint]?.(life)) ?? [];
    expect(answers).toEqual(answers.map(() => expected));
    expect(answers.length).toBeGreaterThan(0);
  });
});

it('the table has every state and every endpoint', () => {
  expect(rows.map(([state]) => state)).toEqual(Object.keys(states));
  expect(columns).toEqual(Object.keys(endpoints));
});
