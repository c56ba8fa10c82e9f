import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { ask } from './consents.js';
import { eventually } from './eventually.js';
import { aSale, type Reporter, report } from './events.js';
import type { JsonAnswer, RetailerAccess } from './oauth.js';

/** Something that was acknowledged: `<customer> preference <id> v2 revised`. */
export type Fact = string;

/** Does something over HTTP, and notes each thing as soon as it is acknowledged. */
type Errand = (note: (fact: Fact) => void) => Promise<void>;

/** People and programs who call a service at the same time, until it breaks down under them. */
export class Traffic {
  readonly acknowledged: Fact[] = [];
  /** Answers that nobody should get, whatever becomes of the service. */
  readonly faults: string[] = [];
  /** Requests that were never answered. */
  interrupted = 0;

  constructor(private readonly errands: readonly Errand[]) {}

  /**
   * Lets everybody call again and again. Once each of them has got something done, and `afterMs` later, ends the service
   * in the middle of it; returns when all have noticed.
   */
  async until(breakdown: () => Promise<unknown>, afterMs: number): Promise<void> {
    const busy = new Set<Errand>();
    const callers = this.errands.map((errand) => this.repeat(errand, () => busy.add(errand)));
    await eventually(() => {
      if (busy.size + this.faults.length < this.errands.length) throw new Error('Somebody gets nothing done.');
    });
    await delay(afterMs);
    await breakdown();
    await Promise.all(callers);
  }

  private async repeat(errand: Errand, onDone: () => void): Promise<void> {
    for (;;) {
      try {
        await errand((fact) => this.acknowledged.push(fact));
        onDone();
      } catch (error) {
        // What fetch says when a connection is refused or cut; jest has a TypeError of its own.
        if ((error as Error).name === 'TypeError') this.interrupted++;
        else this.faults.push(String(error));
        return;
      }
    }
  }
}

export const registers =
  (app: TestApp): Errand =>
  async (note) => {
    const account = { email: `${randomUUID()}@example.org`, password: 'three geese over the canal' };
    const { customer_id } = await asCustomer(app, undefined, 'POST', '/v1/customers', 201, account);
    note(`${customer_id} customer registered`);
  };

/** Records, revises and removes preferences. */
export const states =
  (app: TestApp, { token, customerId }: TestCustomer): Errand =>
  async (note) => {
    const statement = { value: { brand: randomUUID() }, strength: 'want', applies_to: { level: 'everyone' } };
    const path = '/v1/me/preferences';
    const draft = { attribute: 'brand.affinity', ...statement };
    const { id, version } = await asCustomer(app, token, 'POST', path, 201, draft);
    note(`${customerId} preference ${id} v${version} recorded`);
    const current = await call(app, token, 'GET', `${path}/${id}`);
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
  (app: TestApp, { token, email, customerId }: TestCustomer, asker: RetailerAccess): Errand =>
  async (note) => {
    const { id } = expecting(await ask(asker, { email }), 201);
    note(`${customerId} request ${id} opened`);
    const path = '/v1/me';
    const { consent } = await asCustomer(app, token, 'POST', `${path}/consent-requests/${id}/approve`, 200, {});
    // One that an earlier call has left standing is renewed.
    note(`${customerId} consent ${consent.id} v${consent.version} ${consent.version === 1 ? 'given' : 'renewed'}`);
    note(`${customerId} receipt ${consent.receipt.id}`);
    const ended = await asCustomer(app, token, 'POST', `${path}/consents/${consent.id}/withdraw`, 200, {});
    note(`${customerId} consent ${consent.id} v${ended.version} withdrawn`);
    note(`${customerId} receipt ${ended.receipt.id}`);
  };

export const reports =
  (app: TestApp, { tills, subject, customer }: Reporter): Errand =>
  async (note) => {
    const sales = Array.from({ length: 1 + Math.floor(Math.random() * 5) }, () => aSale(app, { subject }));
    const { results } = expecting(await report(tills, sales), 200);
    for (const { id, outcome } of results as { id: string; outcome: string }[]) {
      if (outcome === 'stored') note(`${customer.customerId} interaction ${id}`);
    }
  };

export const reads =
  (till: RetailerAccess, { customerId }: TestCustomer): Errand =>
  async (note) => {
    const { disclosure_id } = expecting(await till.fetch('GET', '/v1/preferences?touchpoint=till'), 200);
    note(`${customerId} disclosure ${disclosure_id}`);
  };

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
  if (status !== expected) throw new Error(`Answered ${status} instead of ${expected}: ${JSON.stringify(body)}`);
  return body;
}
