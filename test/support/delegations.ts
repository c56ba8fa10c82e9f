import { aCustomer, bearer, type Caller, type TestCustomer } from './actors.js';
import type { TestApp } from './app.js';

const DAY_MS = 86_400_000;

export interface Terms {
  readonly name?: string;
  readonly scopes?: readonly string[];
  /** All that are not special, when left out. */
  readonly attributes?: readonly string[];
  readonly expires_at?: string;
}

/** What a giver sends, for everything that can be given unless told. */
export function terms(app: TestApp, more: Terms = {}): object {
  return {
    name: 'Anna, who does the shopping',
    scopes: [
      'preferences.read',
      'preferences.write',
      'consents.read',
      'consents.write',
      'interactions.read',
      'disclosures.read',
    ],
    expires_at: inDays(app, 100),
    ...more,
  };
}

export function inDays(app: TestApp, days: number): string {
  return new Date(app.clock.now().getTime() + days * DAY_MS).toISOString();
}

export interface TestOffer {
  readonly id: string;
  readonly invitation: string;
}

export async function anOffer(app: TestApp, giver: TestCustomer, more: Terms = {}): Promise<TestOffer> {
  const { body } = await giver.api.post('/v1/me/delegations').send(terms(app, more)).expect(201);
  return { id: body.id, invitation: body.invitation };
}

export const accept = (delegate: TestCustomer, invitation: string) =>
  delegate.api.post('/v1/me/delegations/accept').send({ invitation });

export interface TestDelegation extends TestOffer {
  readonly giver: TestCustomer;
  readonly delegate: TestCustomer;
  /** Requests of the delegate for the giver. */
  readonly acting: Caller;
}

/** Somebody who may act for somebody else. */
export async function aDelegation(
  app: TestApp,
  { giver, delegate, ...more }: Terms & { readonly giver?: TestCustomer; readonly delegate?: TestCustomer } = {},
): Promise<TestDelegation> {
  const [from, to] = [giver ?? (await aCustomer(app)), delegate ?? (await aCustomer(app))];
  const offer = await anOffer(app, from, more);
  await accept(to, offer.invitation).expect(200);
  return { ...offer, giver: from, delegate: to, acting: actingFor(to.api, offer.id) };
}

/** The same requests for whoever gave the delegation. */
export function actingFor(api: Caller, delegationId: string): Caller {
  const methods = Object.entries(api) as [keyof Caller, Caller[keyof Caller]][];
  return Object.fromEntries(
    methods.map(([method, call]) => [method, (path: string) => call(path).set('CCX-Acting-For', delegationId)]),
  ) as Caller;
}

/** A program of the customer's that may do so much. */
export async function aProgram(app: TestApp, { api }: TestCustomer, scopes: readonly string[]): Promise<Caller> {
  const token = { name: 'a program', scopes, expires_at: inDays(app, 30) };
  const { body } = await api.post('/v1/me/tokens').send(token).expect(201);
  return bearer(app, body.token);
}

export const everyone = { level: 'everyone' } as const;

export const shoes = {
  attribute: 'size.footwear',
  value: { system: 'EUROPE', size: '42' },
  strength: 'must',
  applies_to: everyone,
};

export const peanuts = { attribute: 'food.allergen', value: { code: 'AP' }, strength: 'never', applies_to: everyone };
