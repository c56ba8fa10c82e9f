import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser, type PageAnswer } from './support/browser.js';
import {
  type AuthorizationOptions,
  codeOf,
  type ConsentAccess,
  consentAccessOf,
  consentToken,
  pushRequest,
  redeem,
  signIn,
} from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let customer: TestCustomer;
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
  grocer = await aRetailer(app);
});
beforeEach(async () => {
  customer = await aCustomer(app);
});
afterAll(() => app.stop());

const line = (type: string, attribute: string) => ({
  type,
  attributes: [attribute],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
});
const shoes = line('ccx_preferences', 'size.footwear');
const allergens = line('ccx_preferences_special', 'food.allergen');

interface Visitor {
  readonly browser: Browser;
  readonly page: PageAnswer;
  readonly verifier: string;
}

/** The customer, signed in, in front of whatever comes then. */
async function asked(options: AuthorizationOptions = {}): Promise<Visitor> {
  const { address, verifier } = await pushRequest(app, grocer.client, options);
  const browser = new Browser(app.url, { 'accept-language': 'en' });
  const page = await signIn(browser, await browser.follow(await browser.get(address)), customer);
  return { browser, page, verifier };
}

async function redeemed(verifier: string, answer: PageAnswer): Promise<ConsentAccess> {
  const { body } = await redeem(app, grocer.client, codeOf(answer, grocer.client), verifier);
  return consentAccessOf(app, grocer.client, body);
}

/** Decides on a part and goes on to the next page, or back to the client. A special part is agreed to expressly. */
async function decide({ browser }: Visitor, page: PageAnswer, decision: 'approve' | 'refuse'): Promise<PageAnswer> {
  const statement = /name="statement"\s+value="([^"]+)"/.exec(page.body)?.[1];
  return browser.follow(await browser.submit(page, 'decision', { decision, ...(statement && { statement }) }));
}

const typesOf = ({ details }: ConsentAccess) => details.map(({ type }) => type).toSorted();
const consentOf = async ({ consentId }: ConsentAccess) =>
  (await customer.api.get(`/v1/me/consents/${consentId}`).expect(200)).body;

describe('asking again for what is given', () => {
  it('shows the question when the client wants it shown, and so renews', async () => {
    const access = await consentToken(app, grocer, customer, { lifetimeDays: 30 });
    const before = await consentOf(access);
    app.clock.advance({ hours: 6 });
    const visitor = await asked({ lifetimeDays: 30, params: { prompt: 'consent' } });
    expect(visitor.page.location).toBeUndefined();
    const renewed = await redeemed(visitor.verifier, await decide(visitor, visitor.page, 'approve'));
    expect(renewed.consentId).toBe(access.consentId);
    const after = await consentOf(renewed);
    expect(Date.parse(after.expires_at)).toBeGreaterThan(Date.parse(before.expires_at));
    expect(after.versions.at(-1)).toMatchObject({ change: 'renewed' });
  });

  it('asks for the password again when the last sign-in was too long ago', async () => {
    const visitor = await asked({ scope: 'openid preferences.read' });
    await decide(visitor, visitor.page, 'approve');
    const again = async (maxAge: string) => {
      const params = { max_age: maxAge };
      const { address } = await pushRequest(app, grocer.client, { scope: 'openid preferences.read', params });
      return visitor.browser.follow(await visitor.browser.get(address));
    };
    expect((await again('3600')).location).toContain('code=');
    expect((await again('0')).body).toContain('type="password"');
  });
});

describe('how often a day the client will read', () => {
  const reads = (count: string): AuthorizationOptions => ({ params: { ccx_max_reads_per_day: count } });

  it('is what the customer gives', async () => {
    const visitor = await asked(reads('3'));
    const access = await redeemed(visitor.verifier, await decide(visitor, visitor.page, 'approve'));
    expect(await consentOf(access)).toMatchObject({ max_reads_per_day: 3 });
  });

  it('is asked for again when it is to be more', async () => {
    const first = await asked(reads('3'));
    await decide(first, first.page, 'approve');
    expect((await asked(reads('3'))).page.location).toContain('code=');
    expect((await asked(reads('2'))).page.location).toContain('code=');
    expect((await asked()).page.location).toContain('code=');
    expect((await asked(reads('4'))).page.location).toBeUndefined();
  });
});

describe('ordinary and special lines in one request', () => {
  const both = { details: [shoes, allergens] };

  it('are decided one by one, and end in one consent', async () => {
    const visitor = await asked(both);
    const second = await decide(visitor, visitor.page, 'approve');
    expect(second.location).toBeUndefined();
    const access = await redeemed(visitor.verifier, await decide(visitor, second, 'approve'));
    expect(typesOf(access)).toEqual(['ccx_preferences', 'ccx_preferences_special']);
  });

  it('lead to tokens for the part that is given', async () => {
    const visitor = await asked(both);
    const second = await decide(visitor, visitor.page, 'approve');
    const access = await redeemed(visitor.verifier, await decide(visitor, second, 'refuse'));
    expect(typesOf(access)).toEqual(['ccx_preferences']);
  });

  it('ask for the part that is not given yet, and for nothing once all of it is', async () => {
    await consentToken(app, grocer, customer);
    const visitor = await asked(both);
    expect(visitor.page.body).toContain('name="statement"');
    const access = await redeemed(visitor.verifier, await decide(visitor, visitor.page, 'approve'));
    expect(typesOf(access)).toEqual(['ccx_preferences', 'ccx_preferences_special']);
    expect((await asked(both)).page.location).toContain('code=');
  });

  it('are told as a refusal when nothing of them is given', async () => {
    const visitor = await asked(both);
    const second = await decide(visitor, visitor.page, 'refuse');
    const refused = await visitor.browser.submit(second, 'decision', { decision: 'refuse' });
    const { address } = { address: /href="([^"]*\/oauth\/authorize\/[^"]+)"/.exec(refused.body)?.[1] ?? '' };
    const { location } = await visitor.browser.follow(await visitor.browser.get(address));
    expect(new URL(location ?? '').searchParams.get('error')).toBe('access_denied');
  });

  it('cannot be asked for once', async () => {
    await expect(pushRequest(app, grocer.client, { ...both, use: 'once' })).rejects.toThrow(
      'invalid_authorization_details',
    );
  });
});
