import { randomUUID } from 'node:crypto';

import { cloudEventType } from '../../src/interactions/event-types.js';
import type { JsonObject } from '../../src/platform/json.js';
import type { TestApp } from './app.js';
import { aConsent, reporting, type RequestOptions, type TestConsent } from './consents.js';
import { type RetailerAccess, retailerToken } from './oauth.js';

/** A retailer that may report what a customer buys, and a token to do it with. */
export interface Reporter extends TestConsent {
  readonly subject: string;
  readonly tills: RetailerAccess;
  sale(change?: JsonObject): JsonObject;
}

export async function aReporter(app: TestApp, options: RequestOptions & { approval?: object } = {}): Promise<Reporter> {
  const consent = await aConsent(app, { details: [reporting], ...options });
  const { body } = await consent.asRetailer.fetch('GET', `/v1/consent-requests/${consent.id}`);
  const tills = await retailerToken(app, consent.retailer, { scope: 'interactions.write' });
  const { subject } = (body as { consent: { subject: string } }).consent;
  return { ...consent, subject, tills, sale: (change) => aSale(app, { subject, ...change }) };
}

/** Something bought a moment ago. */
export function aSale(app: TestApp, change: JsonObject = {}): JsonObject {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/tills/17',
    type: cloudEventType('transaction.completed'),
    time: app.clock.now().toISOString(),
    ccxtouchpoint: 'till',
    data: {
      currency: 'GBP',
      total: 1530,
      lines: [{ product: { scheme: 'retailer', code: '85123A' }, quantity: '6', unit_price: 255 }],
    },
    ...change,
  };
}

/** An offer that reached the customer a moment ago. */
export function anOffer(app: TestApp, change: JsonObject = {}): JsonObject {
  return {
    ...aSale(app),
    type: cloudEventType('promotion.offered'),
    ccxtouchpoint: 'email',
    data: { campaign: 'spring-26', channel: 'email' },
    ...change,
  };
}

/** Takes back an event, whatever that may correct itself. */
export function aVoid(sale: JsonObject): JsonObject {
  const { ccxcorrects: _, ...event } = sale;
  return {
    ...event,
    id: randomUUID(),
    type: cloudEventType('event.voided'),
    data: { id: sale.id as string, reason: 'cancelled' },
  };
}

export const report = (tills: RetailerAccess, body: unknown, headers?: Record<string, string>) =>
  tills.fetch('POST', '/v1/interactions', body, headers);
