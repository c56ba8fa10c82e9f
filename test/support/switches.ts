import type { Response } from 'supertest';

import { aCustomer, type TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { Browser, type PageAnswer } from './browser.js';
import { reading, reporting } from './consents.js';
import {
  type AuthorizationOptions,
  codeOf,
  type ConsentAccess,
  consentAccessOf,
  consentToken,
  pushRequest,
  redeem,
  signIn,
} from './oauth.js';
import { aRetailer, type RetailerOptions, type TestRetailer } from './retailers.js';

/** A customer of one retailer who has their eye on another one. */
export interface Mover {
  readonly customer: TestCustomer;
  /** Where they are. */
  readonly albatross: TestRetailer;
  /** Its tokens. */
  readonly access: ConsentAccess;
  /** Where they want to go. */
  readonly tern: TestRetailer;
}

export interface MoverOptions {
  readonly customer?: TestCustomer;
  readonly tern?: TestRetailer;
  /** What the first retailer has; shoe and clothes sizes and reports, unless told. */
  readonly details?: readonly object[];
  readonly target?: RetailerOptions;
  readonly lifetimeDays?: number;
}

/** Where the other retailer begins a login. */
export const LOGIN_ADDRESS = 'https://tern.example/login?from=ccx';

export async function aMover(app: TestApp, options: MoverOptions = {}): Promise<Mover> {
  const { customer = await aCustomer(app), details = [reading, reporting], target, lifetimeDays } = options;
  const albatross = await aRetailer(app, { name: 'Albatross Groceries' });
  const access = await consentToken(app, albatross, customer, {
    details,
    scope: 'preferences.read interactions.write offline_access',
    ...(lifetimeDays !== undefined && { lifetimeDays }),
  });
  return { customer, albatross, access, tern: options.tern ?? (await aTern(app, target)) };
}

export function aTern(app: TestApp, options: RetailerOptions = {}): Promise<TestRetailer> {
  const redirectUris = ['https://tern.example/callback'];
  const client = { redirectUris, initiateLoginUri: LOGIN_ADDRESS, ...options.client };
  return aRetailer(app, { name: 'Tern Market', ...options, client });
}

/** The customer takes along what they have given. */
export function switchTo({ customer, access, tern }: Pick<Mover, 'customer' | 'access' | 'tern'>, order: object = {}) {
  return customer.api.post(`/v1/me/consents/${access.consentId}/switch`).send({ retailer_id: tern.id, ...order });
}

/** The customer at the other retailer, which asks: the page that they see, or the way back when they see none. */
export async function visit(
  app: TestApp,
  { customer, tern }: Pick<Mover, 'customer' | 'tern'>,
  options: AuthorizationOptions = { details: [reading] },
): Promise<{ browser: Browser; page: PageAnswer; verifier: string }> {
  const { address, verifier } = await pushRequest(app, tern.client, options);
  const browser = new Browser(app.url, { 'accept-language': 'en' });
  const page = await signIn(browser, await browser.follow(await browser.get(address)), customer);
  return { browser, page, verifier };
}

/** The tokens of the other retailer, which has asked and was given it without any question. */
export async function arrive(
  app: TestApp,
  mover: Pick<Mover, 'customer' | 'tern'>,
  options: AuthorizationOptions = { details: [reading] },
): Promise<ConsentAccess> {
  const { page, verifier } = await visit(app, mover, options);
  return redeemed(app, mover, codeOf(page, mover.tern.client), verifier);
}

export async function redeemed(
  app: TestApp,
  { tern }: Pick<Mover, 'tern'>,
  code: string,
  verifier: string,
): Promise<ConsentAccess> {
  const answer = await redeem(app, tern.client, code, verifier);
  if (answer.status !== 200) throw new Error(`No token: ${JSON.stringify(answer.body)}`);
  return consentAccessOf(app, tern.client, answer.body);
}

/** How what was approved beforehand stands, as the customer sees it. */
export async function standingOf({ customer }: Pick<Mover, 'customer'>, switched: Response): Promise<string> {
  const { body } = await customer.api.get(`/v1/me/consent-requests/${switched.body.request.id}`).expect(200);
  return body.status as string;
}
