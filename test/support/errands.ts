import { randomUUID } from 'node:crypto';

import { RetailersService } from '../../src/retailers/retailers.service.js';
import { aCustomer, type TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { ask } from './consents.js';
import { aReporter, aSale, type Reporter, report } from './events.js';
import { type ConsentAccess, consentToken, type JsonAnswer, type RetailerAccess, retailerToken } from './oauth.js';
import { aRetailer } from './retailers.js';
import { type Caller, type Errand, PutOffError, UnsettledError } from './traffic.js';

export const registers =
  (app: TestApp): Errand =>
  async ({ note }) => {
    const account = { email: `${randomUUID()}@example.org`, password: 'three geese over the canal' };
    const { customer_id } = await asCustomer(app, undefined, 'POST', '/v1/customers', 201, account);
    note(`${customer_id} customer registered`);
  };

/** Records, revises and removes preferences. */
export const states =
  (app: TestApp, { token, customerId }: TestCustomer): Errand =>
  async ({ note, again }) => {
    const statement = { value: { brand: randomUUID() }, strength: 'want', applies_to: { level: 'everyone' } };
    const path = '/v1/me/preferences';
    const draft = { attribute: 'brand.affinity', ...statement };
    const once = { 'idempotency-key': randomUUID() };
    const { id, version } = await again(() => asCustomer(app, token, 'POST', path, 201, draft, once));
    note(`${customerId} preference ${id} v${version} recorded`);
    const current = await call(app, token, 'GET', `${path}/${id}`);
    expecting(current, 200);
    const etag = current.headers.get('etag') ?? '';
    const avoided = { ...statement, strength: 'avoid' };
    const revised = await asCustomer(app, token, 'PUT', `${path}/${id}`, 200, avoided, { 'if-match': etag });
    note(`${customerId} preference ${id} v${revised.version} revised`);
    if (Math.random() < 0.1) return; // a few stay; all of them would not fit
    await asCustomer(app, token, 'DELETE', `${path}/${id}`, 204);
    note(`${customerId} preference ${id} v${revised.version + 1} removed`);
  };

/** Is asked for a consent, gives it and withdraws it. */
export const decides =
  (app: TestApp, customer: TestCustomer, asker: RetailerAccess): Errand =>
  async ({ note, again }) => {
    const consentId = await given(app, customer, asker, note);
    await again(() => ended(app, customer, consentId, note));
  };

/**
 * The same, with the retailer looking at once, each time: it is told while the consent holds, and told nothing in any
 * look that it begins after the customer knows that the consent has ended.
 */
export const changesMind =
  (app: TestApp, customer: TestCustomer, asker: RetailerAccess, subject: string): Errand =>
  async ({ note, again }) => {
    const look = async () => {
      const asked = { subjects: [subject], touchpoint: 'till' };
      const { results } = expecting(await asker.fetch('POST', '/v1/preferences/lookup', asked), 200);
      return results[0] as { code?: string; disclosure_id?: string };
    };
    const consentId = await given(app, customer, asker, note);
    for (const { disclosure_id, code } of await Promise.all(LOOKS.map(() => look()))) {
      if (disclosure_id === undefined) throw new Error(`Told nothing under the consent ${consentId}: ${code}`);
      note(`${customer.customerId} disclosure ${disclosure_id}`);
    }
    await again(() => ended(app, customer, consentId, note));
    for (const { disclosure_id } of await Promise.all(LOOKS.map(() => look()))) {
      if (disclosure_id !== undefined)
        throw new Error(`Told ${disclosure_id} after the consent ${consentId} had ended`);
    }
  };

/** Pauses a consent and resumes it, while a till that has its token reads: the last command that was answered holds. */
export const pauses =
  (app: TestApp, { token, customerId }: TestCustomer, till: ConsentAccess): Errand =>
  async ({ note, again }) => {
    const command = (name: 'pause' | 'resume') =>
      again(() => asCustomer(app, token, 'POST', `/v1/me/consents/${till.consentId}/${name}`, 200, {}));
    const readAll = (status: number) =>
      Promise.all(LOOKS.map(async () => expecting(await till.fetch('GET', '/v1/preferences?touchpoint=till'), status)));
    await command('resume');
    for (const { disclosure_id } of await readAll(200)) note(`${customerId} disclosure ${disclosure_id}`);
    const { version } = await command('pause');
    note(`${customerId} consent ${till.consentId} v${version} paused`);
    await readAll(403);
  };

/** As many at once as find every process. */
const LOOKS = [1, 2, 3];

async function given(
  app: TestApp,
  { token, email, customerId }: TestCustomer,
  asker: RetailerAccess,
  note: Caller['note'],
): Promise<string> {
  const { id } = expecting(await ask(asker, { email }), 201);
  note(`${customerId} request ${id} opened`);
  const { consent } = await asCustomer(app, token, 'POST', `/v1/me/consent-requests/${id}/approve`, 200, {});
  // One that an earlier call has left standing is renewed.
  note(`${customerId} consent ${consent.id} v${consent.version} ${consent.version === 1 ? 'given' : 'renewed'}`);
  note(`${customerId} receipt ${consent.receipt.id}`);
  return consent.id as string;
}

async function ended(
  app: TestApp,
  { token, customerId }: TestCustomer,
  consentId: string,
  note: Caller['note'],
): Promise<void> {
  const { version, receipt } = await asCustomer(app, token, 'POST', `/v1/me/consents/${consentId}/withdraw`, 200, {});
  note(`${customerId} consent ${consentId} v${version} withdrawn`);
  note(`${customerId} receipt ${receipt.id}`);
}

export const reports =
  (app: TestApp, { tills, subject, customer }: Reporter): Errand =>
  async ({ note, again }) => {
    const sales = Array.from({ length: 1 + Math.floor(Math.random() * 5) }, () => aSale(app, { subject }));
    const { results } = await again(async () => expecting(await report(tills, sales), 200));
    for (const { id, outcome } of results as { id: string; outcome: string }[]) {
      if (['stored', 'duplicate'].includes(outcome)) note(`${customer.customerId} interaction ${id}`);
    }
  };

export const reads =
  (till: RetailerAccess, { customerId }: TestCustomer): Errand =>
  async ({ note }) => {
    const { disclosure_id } = expecting(await till.fetch('GET', '/v1/preferences?touchpoint=till'), 200);
    note(`${customerId} disclosure ${disclosure_id}`);
  };

/** A customer and all who have to do with her at the same time. Their tokens are good for five minutes. */
export async function everybody(app: TestApp): Promise<{ customer: TestCustomer; errands: Errand[] }> {
  const customer = await aCustomer(app);
  const [grocer, tailor, baker, smith] = await Promise.all(
    ['Grocer G', 'Tailor T', 'Baker B', 'Smith S'].map((name) => aRetailer(app, { name })),
  );
  const till = await consentToken(app, grocer!, customer);
  const kiosk = await consentToken(app, tailor!, customer);
  const reporter = await aReporter(app, { customer });
  const scope = 'preferences.read consents.read consents.request';
  const [office, counter] = await Promise.all([baker!, smith!].map((asker) => retailerToken(app, asker, { scope })));
  const subject = await app.get(RetailersService).subjectFor(baker!.id, customer.key);
  return {
    customer,
    errands: [
      ...[1, 2].map(() => states(app, customer)),
      ...[1, 2].map(() => reports(app, reporter)),
      ...[1, 2].map(() => reads(till, customer)),
      pauses(app, customer, kiosk),
      changesMind(app, customer, office!, subject),
      decides(app, customer, counter!),
    ],
  };
}

async function asCustomer(
  app: TestApp,
  token: string | undefined,
  method: string,
  path: string,
  status: number,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) {
  return expecting(await call(app, token, method, path, body, headers), status);
}

async function call(
  app: TestApp,
  token: string | undefined,
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer> {
  const response = await fetch(app.url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

function expecting({ status, body }: JsonAnswer, expected: number) {
  if (isUnsettled(status, body)) throw new UnsettledError(String(body.detail));
  if (status === 503) throw new PutOffError(String(body.detail));
  if (status !== expected) throw new Error(`Answered ${status} instead of ${expected}: ${JSON.stringify(body)}`);
  return body;
}

/** Whoever repeats a request, the first of which is not known to be over, is to ask later. */
function isUnsettled(status: number, body: Record<string, unknown>): boolean {
  return status === 409 && String(body['type']).endsWith('/idempotency-in-progress') && body['retryable'] === true;
}
