import { cloudEventType } from '../../src/interactions/event-types.js';
import type { JsonObject } from '../../src/platform/json.js';
import type { TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { reporting, type RequestOptions } from './consents.js';
import { aReporter, aVoid, report, type Reporter } from './events.js';
import { aRetailer } from './retailers.js';

/** A line for everything that these tests report, with history. */
export const everyTouch = {
  ...reporting,
  event_types: [
    'transaction.completed',
    'return.completed',
    'promotion.offered',
    'promotion.responded',
    'loyalty.redeemed',
    'web.viewed',
  ],
  touchpoints: ['till', 'web', 'email', 'app'],
  since: 'P300D',
};

/** A retailer that may report what happened at any of its touchpoints, also of long ago. */
export function aStoryteller(app: TestApp, options: RequestOptions = {}): Promise<Reporter> {
  return aReporter(app, { details: [everyTouch], ...options });
}

const MINUTE = 60_000;

/** So many minutes ago, by the clock of the service. */
export const minutesAgo = (app: TestApp, minutes: number): string =>
  new Date(app.clock.now().getTime() - minutes * MINUTE).toISOString();

/** An event of some kind, so many minutes ago. */
export function happened(
  app: TestApp,
  reporter: Reporter,
  name: string,
  minutes: number,
  change: JsonObject = {},
): JsonObject {
  return reporter.sale({ type: cloudEventType(name), time: minutesAgo(app, minutes), ...change });
}

/** Reports events, all of which must be stored. */
export async function tell(reporter: Reporter, ...events: readonly JsonObject[]): Promise<void> {
  const { body } = await report(reporter.tills, events);
  if (body.stored !== events.length) throw new Error(`Not all was stored: ${JSON.stringify(body).slice(0, 2000)}`);
}

export interface Listed {
  // What an answer holds is for each test to say.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly items: any[];
  readonly next_cursor: string | null;
}

export async function listed({ customer }: Pick<Reporter, 'customer'>, query = ''): Promise<Listed> {
  const { body } = await customer.api.get(`/v1/me/interactions${query}`).expect(200);
  return body as Listed;
}

/** The retailer's own ids of what is listed. */
export const idsOf = async (reporter: Pick<Reporter, 'customer'>, query = ''): Promise<string[]> =>
  (await listed(reporter, query)).items.map(({ event_id }: { event_id: string }) => event_id);

/** The id here of an event that its retailer calls so. */
export async function idHere(reporter: Pick<Reporter, 'customer'>, event: JsonObject): Promise<string> {
  const { items } = await listed(reporter, '?limit=200');
  const found = items.find(({ event_id }: { event_id: string }) => event_id === event['id']);
  if (!found) throw new Error(`The event ${JSON.stringify(event['id'])} is not there.`);
  return found.id as string;
}

const DAY = 1_440;
const shopsOfAYear = [
  { name: 'Albatross Groceries', every: 4, more: 'promotion.offered' },
  { name: 'Thistle Market', every: 9, more: 'web.viewed' },
  { name: 'Cobbler & Sons', every: 31, more: 'return.completed' },
] as const;

/** Most of a year in which three retailers reported of the customer, who disputes one thing of it. */
export async function aYear(app: TestApp, customer: TestCustomer): Promise<void> {
  for (const { name, every, more } of shopsOfAYear) {
    const reporter = await aStoryteller(app, { customer, retailer: await aRetailer(app, { name }) });
    const days = Array.from({ length: Math.floor(290 / every) }, (_, index) => index * every + 1);
    const sales = days.map((day) => happened(app, reporter, 'transaction.completed', day * DAY));
    const others = days
      .filter((_, index) => index % 3 === 0)
      .map((day) => happened(app, reporter, more, day * DAY + 60, besides[more]));
    await tell(reporter, ...sales, ...others, aVoid(sales.at(-1) as JsonObject));
    const id = await idHere(reporter, sales[0] as JsonObject);
    if (name === 'Thistle Market') {
      await customer.api.post(`/v1/me/interactions/${id}/dispute`).send({ reason: 'not_me' }).expect(201);
    }
  }
}

const besides = {
  'promotion.offered': { ccxtouchpoint: 'email', data: { campaign: 'spring-26', channel: 'email' } },
  'web.viewed': { ccxtouchpoint: 'web', data: { page: 'product' } },
  'return.completed': {
    data: { currency: 'GBP', lines: [{ product: { scheme: 'retailer', code: '85123A' }, quantity: '1' }] },
  },
} as const satisfies Record<string, JsonObject>;
