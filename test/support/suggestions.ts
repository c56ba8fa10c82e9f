import type { JsonObject } from '../../src/platform/json.js';
import { bearer, type TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { reporting, type RequestOptions } from './consents.js';
import { aReporter, report, type Reporter } from './events.js';
import { eventually } from './eventually.js';

export interface TestSuggestion {
  readonly id: string;
  readonly rule: string;
  readonly status: string;
  readonly explanation: { readonly en: string; readonly de: string };
  readonly preference: { readonly attribute: string; readonly value: JsonObject; readonly applies_to: JsonObject };
  readonly counted: Record<string, number>;
  readonly holds: boolean;
  readonly preference_id: string | null;
  readonly rests_until: string | null;
}

export interface TestCandidate {
  readonly rule: string;
  readonly attribute: string;
  readonly group: string;
  readonly value: string;
  readonly k: number;
  readonly n: number;
  readonly days: number;
  readonly suggest: boolean;
  readonly lacks: readonly string[];
  readonly base: number;
}

/** Lets a retailer report what happened in the last weeks, by any channel. */
export const reportingHistory = {
  ...reporting,
  event_types: [
    'transaction.completed',
    'return.completed',
    'promotion.offered',
    'promotion.responded',
    'app.opened',
    'call.completed',
  ],
  touchpoints: ['till', 'web', 'app', 'email', 'call_centre', 'returns'],
  since: 'P300D',
};

/** A customer of whom a retailer may report the last months; with suggestions switched on, unless told. */
export async function aShopper(
  app: TestApp,
  { enabled = true, ...options }: RequestOptions & { enabled?: boolean } = {},
): Promise<Reporter> {
  const shopper = await aReporter(app, { details: [reportingHistory], ...options });
  if (enabled) await change(shopper.customer, { enabled: true });
  return shopper;
}

export const change = ({ api }: Pick<TestCustomer, 'api'>, settings: object) =>
  api.patch('/v1/me/suggestions/settings').send(settings).expect(200);

/** A sale of so many days ago, with more in its data. */
export function saleOf(
  app: TestApp,
  { sale }: Pick<Reporter, 'sale'>,
  daysAgo: number,
  data: JsonObject = {},
): JsonObject {
  const event = sale();
  return { ...event, time: daysBefore(app, daysAgo), data: { ...(event.data as JsonObject), ...data } };
}

/** At noon, so that a few seconds make no other day. */
export function daysBefore(app: TestApp, days: number): string {
  const day = new Date(app.clock.now().getTime() - days * 86_400_000).toISOString().slice(0, 10);
  return `${day}T12:00:00Z`;
}

/** One line of a basket. */
export const line = (product: JsonObject, quantity = '1'): JsonObject => ({
  product: { scheme: 'retailer', code: '85123A', ...product },
  quantity,
});

/** Purchases on so many days that have passed, each with this in its data, reported and looked at. */
export async function shopped(
  app: TestApp,
  shopper: Reporter,
  days: readonly number[],
  data: JsonObject,
): Promise<JsonObject[]> {
  const sales = days.map((day) => saleOf(app, shopper, day, data));
  await reported(app, shopper, sales);
  return sales;
}

export async function reported(
  app: TestApp,
  { tills }: Pick<Reporter, 'tills'>,
  events: readonly JsonObject[],
): Promise<void> {
  const { body } = await report(tills, events);
  if (body['stored'] !== events.length) throw new Error(`Not all was stored: ${JSON.stringify(body)}`);
  await lookedAt(app);
}

/** All that happened so far has been looked at. */
export const lookedAt = (app: TestApp) =>
  eventually(async () => {
    const { rows } = await app.db.query(
      `select 1 from outbox_deliveries
       union all select 1 from suggestion_settings where due_at <= $1`,
      [app.clock.now()],
    );
    if (rows.length > 0) throw new Error('Something is still to be looked at.');
  });

export async function suggestionsOf({ api }: Pick<TestCustomer, 'api'>, status = 'open'): Promise<TestSuggestion[]> {
  return (await api.get(`/v1/me/suggestions?status=${status}`).expect(200)).body.items;
}

export async function candidatesOf({ api }: Pick<TestCustomer, 'api'>): Promise<TestCandidate[]> {
  const { body } = await api.get('/v1/me/suggestions/candidates?limit=200').expect(200);
  return body.items;
}

/** Lets days pass, after which the customer signs in again. */
export async function later(
  app: TestApp,
  { email, password }: TestCustomer,
  days: number,
): Promise<Pick<TestCustomer, 'api'>> {
  app.clock.advance({ days });
  await app.runJob('suggestions');
  const { body } = await app.http.post('/v1/sessions').send({ email, password }).expect(201);
  return { api: bearer(app, body.token) };
}

/** Day by day back from yesterday. */
export const lastDays = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
