import type { TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { Browser, type PageAnswer } from './browser.js';
import { type JsonAnswer, post, signIn, tokenRequest, type TokenOptions } from './oauth.js';
import { aRetailer, type RetailerOptions, type TestClient, type TestRetailer } from './retailers.js';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const shoeSize = {
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till'],
};

/** A retailer whose client is a till: it has no browser, and no address to be called back at. */
export function aRetailerWithTill(app: TestApp, options: RetailerOptions = {}): Promise<TestRetailer> {
  return aRetailer(app, {
    ...options,
    client: {
      name: 'Till 3',
      grantTypes: [DEVICE_GRANT, 'refresh_token', 'client_credentials'],
      redirectUris: [],
      scopes: ['preferences.read', 'offline_access', 'grant_management_query', 'grant_management_revoke'],
      ...options.client,
    },
  });
}

/** What a device is told to show, and with what it asks again. */
export interface DeviceCodes {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

export function requestDevice(
  app: TestApp,
  client: TestClient,
  params: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer> {
  const asked = { scope: 'preferences.read', authorization_details: JSON.stringify([shoeSize]), ...params };
  return post(app, client, '/oauth/device_authorization', asked, false);
}

export async function authorizeDevice(
  app: TestApp,
  client: TestClient,
  params?: Readonly<Record<string, string>>,
): Promise<DeviceCodes> {
  const { status, body } = await requestDevice(app, client, params);
  if (status !== 200) throw new Error(`No codes: ${JSON.stringify(body)}`);
  return body as DeviceCodes;
}

/** Whether the customer has decided meanwhile: tokens, or why there are none. The device waits as long as it was told. */
export function poll(
  app: TestApp,
  client: TestClient,
  codes: Pick<DeviceCodes, 'device_code'>,
  options: TokenOptions & { wait?: boolean } = {},
): Promise<JsonAnswer> {
  const { wait = true, ...more } = options;
  if (wait) app.clock.advance({ seconds: 5 });
  return tokenRequest(app, client, { grant_type: DEVICE_GRANT, device_code: codes.device_code }, more);
}

/** The customer types the code, and sees what it stands for. */
export async function enterCode(browser: Browser, userCode: string): Promise<PageAnswer> {
  return browser.submit(await browser.get('/oauth/device'), 'device', { user_code: userCode });
}

/** Presses one of the two buttons below what the code stands for. */
export function answerCode(browser: Browser, page: PageAnswer, answer: 'confirm' | 'abort'): Promise<PageAnswer> {
  const value = new RegExp(`name="${answer}" value="([^"]+)"`).exec(page.body)?.[1];
  if (value === undefined) throw new Error(`The page has no ${answer}: ${page.status} ${page.body}`);
  return browser.submit(page, 'device', { [answer]: value });
}

/** From the code to the page on which the customer decides, or to what comes instead of it. */
export async function reachDecision(
  app: TestApp,
  { user_code: userCode }: Pick<DeviceCodes, 'user_code'>,
  customer: Pick<TestCustomer, 'email' | 'password'>,
): Promise<{ browser: Browser; page: PageAnswer }> {
  const browser = new Browser(app.url, { 'accept-language': 'en' });
  const confirmed = await answerCode(browser, await enterCode(browser, userCode), 'confirm');
  return { browser, page: await signIn(browser, await browser.follow(confirmed), customer) };
}

/** The whole way of the customer: the code, the sign-in, the decision. */
export async function decideOnDevice(
  app: TestApp,
  codes: Pick<DeviceCodes, 'user_code'>,
  customer: Pick<TestCustomer, 'email' | 'password'>,
  decision: 'approve' | 'refuse' = 'approve',
): Promise<PageAnswer> {
  const { browser, page } = await reachDecision(app, codes, customer);
  return browser.follow(await browser.submit(page, 'decision', { decision }));
}
