import type { Response } from 'supertest';

import { type JsonAnswer, type RetailerAccess, retailerToken } from './oauth.js';
import { aCustomer, bearer, type TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { aRetailer, type TestRetailer } from './retailers.js';

export const reading = {
  type: 'ccx_preferences',
  attributes: ['size.apparel', 'size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
  retention: 'P30D',
};
export const reporting = {
  type: 'ccx_interactions',
  event_types: ['transaction.completed', 'return.completed'],
  purposes: ['dpv:PersonalisedBenefits'],
  touchpoints: ['till', 'web'],
};

/** A special attribute is asked for by itself. */
export const special = {
  type: 'ccx_preferences_special',
  attributes: ['food.allergen'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
};

/** So are special products, one class at a time. */
export const specialProducts = {
  type: 'ccx_interactions_special',
  products: ['pharmacy'],
  event_types: ['transaction.completed', 'return.completed'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
};

export interface RequestOptions {
  readonly customer?: TestCustomer;
  readonly retailer?: TestRetailer;
  /** Whom to ask, where it is not the customer by their e-mail address. */
  readonly addressee?: { readonly email?: string; readonly subject?: string };
  /** Both lines above, unless told. */
  readonly details?: readonly object[];
  readonly use?: 'standing' | 'once';
  readonly lifetime_days?: number;
  readonly max_reads_per_day?: number;
  readonly message?: string;
}

export interface TestRequest {
  readonly id: string;
  readonly customer: TestCustomer;
  readonly retailer: TestRetailer;
  /** The retailer's own calls. */
  readonly asRetailer: RetailerAccess;
  /** The request as the retailer was answered. */
  // What an answer holds is for each test to say.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** A request in a customer's list. */
export async function aConsentRequest(app: TestApp, options: RequestOptions = {}): Promise<TestRequest> {
  const { customer = await aCustomer(app), retailer = await aRetailer(app), addressee, details, ...more } = options;
  const asRetailer = await retailerToken(app, retailer, { scope: 'consents.read consents.request' });
  const { status, body } = await ask(asRetailer, addressee ?? { email: customer.email }, details, more);
  if (status !== 201) throw new Error(`Not asked: ${JSON.stringify(body)}`);
  return { id: body.id, customer, retailer, asRetailer, body };
}

export function ask(
  asRetailer: RetailerAccess,
  customer: object,
  details: readonly object[] = [reading, reporting],
  more: object = {},
): Promise<JsonAnswer> {
  return asRetailer.fetch('POST', '/v1/consent-requests', { customer, authorization_details: details, ...more });
}

/** The words of the statement by which something special is given, and their hash, in each language. */
export async function statementOf({
  id,
  customer,
}: Pick<TestRequest, 'id' | 'customer'>): Promise<Record<'text' | 'hash', { en: string; de: string }>> {
  const { body } = await customer.api.get(`/v1/me/consent-requests/${id}`).expect(200);
  return body.in_words.statement;
}

/** A consent to something special, an attribute unless told: asked for by itself, and approved by its statement. */
export async function aSpecialConsent(
  app: TestApp,
  { approval = {}, ...asked }: RequestOptions & { approval?: object } = {},
): Promise<TestConsent> {
  const request = await aConsentRequest(app, { details: [special], ...asked });
  const { hash } = await statementOf(request);
  const { body } = await approve(request, { statement: hash.en, ...approval }).expect(200);
  return { ...request, consentId: body.consent.id, consent: body.consent };
}

export interface TestConsent extends TestRequest {
  readonly consentId: string;
  /** The consent as the customer was answered. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly consent: any;
}

/** A consent: asked for in the customer's list, and approved there, whole unless told. */
export async function aConsent(
  app: TestApp,
  options: RequestOptions & { approval?: object } = {},
): Promise<TestConsent> {
  const { approval = {}, ...asked } = options;
  const request = await aConsentRequest(app, asked);
  const { body } = await approve(request, approval).expect(200);
  return { ...request, consentId: body.consent.id, consent: body.consent };
}

export const approve = ({ id, customer }: Pick<TestRequest, 'id' | 'customer'>, approval: object = {}) =>
  customer.api.post(`/v1/me/consent-requests/${id}/approve`).send(approval);

export const refuse = ({ id, customer }: Pick<TestRequest, 'id' | 'customer'>) =>
  customer.api.post(`/v1/me/consent-requests/${id}/refuse`);

export const withdraw = ({ consentId, customer }: Pick<TestConsent, 'consentId' | 'customer'>, how: object = {}) =>
  customer.api.post(`/v1/me/consents/${consentId}/withdraw`).send(how);

/** A command of the customer about a consent. */
export const command = (
  { consentId, customer }: Pick<TestConsent, 'consentId' | 'customer'>,
  name: 'pause' | 'resume' | 'renew',
  body: object = {},
) => customer.api.post(`/v1/me/consents/${consentId}/${name}`).send(body);

/** Narrows a consent as it is now. */
export async function amend(
  { consentId, customer }: Pick<TestConsent, 'consentId' | 'customer'>,
  amendment: object,
): Promise<Response> {
  const path = `/v1/me/consents/${consentId}`;
  const { headers } = await customer.api.get(path).expect(200);
  return customer.api.patch(path).set('if-match', String(headers['etag'])).send(amendment);
}

/** The customer, signed in again so many days later. */
export async function later(app: TestApp, customer: TestCustomer, days: number): Promise<TestCustomer> {
  app.clock.advance({ days });
  const { email, password } = customer;
  const { body } = await app.http.post('/v1/sessions').send({ email, password }).expect(201);
  return { ...customer, api: bearer(app, body.token) };
}
