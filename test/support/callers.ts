import { type CustomerScope, customerScopes } from '../../src/platform/http/access.js';
import { aCustomer, anAuditor, anOperator, bearer } from './actors.js';
import type { TestApp } from './app.js';
import { aDelegation, type Terms } from './delegations.js';
import { consentToken, dpopFetch, type RetailerAccess, retailerToken } from './oauth.js';
import type { DocumentedOperation } from './operations.js';
import { aRetailer } from './retailers.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly type?: string; readonly errors?: readonly { readonly pointer: string }[] };
}

export interface CallBody {
  readonly text: string;
  readonly contentType: string;
}

/** Somebody with a token, or without. */
export interface TestCaller {
  readonly who: string;
  /** What the service knows them by, whichever token they use. */
  readonly key?: string;
  call(method: string, path: string, body?: CallBody, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export type CallerKind = 'customer' | 'retailer' | 'auditor' | 'operator';

export const callerKinds: readonly CallerKind[] = ['customer', 'retailer', 'auditor', 'operator'];

/** What a client may have a token for without a customer. */
const ownScopes = [
  'preferences.read',
  'interactions.write',
  'interactions.read',
  'consents.read',
  'consents.request',
  'retailer.manage',
  'grant_management_query',
  'grant_management_revoke',
];

export function nobody(app: TestApp): TestCaller {
  return withHeaders(app, 'nobody', {});
}

/** Somebody whose token looks right and was never given. */
export function withToken(app: TestApp, token: string): TestCaller {
  return withHeaders(app, `whoever has ${token.slice(0, 12)}…`, { authorization: `Bearer ${token}` });
}

/** Somebody of this kind who may do everything that its kind may. */
export async function aCaller(app: TestApp, kind: CallerKind): Promise<TestCaller> {
  switch (kind) {
    case 'customer': {
      const { token, customerId } = await aCustomer(app);
      return { ...withToken(app, token), who: 'a customer', key: `customer:${customerId}` };
    }
    case 'auditor': {
      const { token, staffId } = await anAuditor(app);
      return { ...withToken(app, token), who: 'an auditor', key: `staff:${staffId}` };
    }
    case 'operator': {
      const { token, staffId } = await anOperator(app);
      return { ...withToken(app, token), who: 'an operator', key: `staff:${staffId}` };
    }
    case 'retailer':
      return aRetailersProgram(app, ownScopes);
  }
}

/** Somebody of the right kind whose token lacks one of the scopes; null where no such token exists. */
export async function aCallerWithout(
  app: TestApp,
  { audience, scopes }: DocumentedOperation,
): Promise<TestCaller | null> {
  if (scopes.length === 0) return null;
  if (audience === 'retailer') {
    return aRetailersProgram(app, ownScopes.filter((scope) => !scopes.includes(scope)).slice(0, 1));
  }
  const others = customerScopes.filter((scope) => scope !== 'account' && !scopes.includes(scope));
  return aPersonalToken(app, others);
}

/** What to send so that a caller of the kind is let in: which kinds an operation is for. */
export function kindsOf({ audience }: DocumentedOperation): readonly CallerKind[] {
  return audience === 'staff' ? ['auditor', 'operator'] : callerKinds.filter((kind) => kind === audience);
}

/** The same caller, who says that they act for somebody. */
export function actingAs(caller: TestCaller, delegationId: string): TestCaller {
  return {
    ...caller,
    call: (method, path, body, headers) =>
      caller.call(method, path, body, { ...headers, 'ccx-acting-for': delegationId }),
  };
}

/** Somebody who acts for a customer by the delegation, with all that a session may do. */
export async function aDelegate(app: TestApp, terms: Terms = {}): Promise<TestCaller> {
  const { delegate, id } = await aDelegation(app, terms);
  return {
    ...withHeaders(app, 'a delegate', { authorization: `Bearer ${delegate.token}`, 'ccx-acting-for': id }),
    key: `customer:${delegate.customerId} by delegation:${id}`,
  };
}

async function aPersonalToken(app: TestApp, scopes: readonly CustomerScope[]): Promise<TestCaller> {
  const { token } = await aCustomer(app);
  const expires_at = new Date(app.clock.now().getTime() + 86_400_000).toISOString();
  const { body } = await bearer(app, token)
    .post('/v1/me/tokens')
    .send({ name: 'a test', scopes, expires_at })
    .expect(201);
  return { ...withToken(app, body.token), who: `a personal token for ${scopes.join(' ')}` };
}

async function aRetailersProgram(app: TestApp, scopes: readonly string[]): Promise<TestCaller> {
  const retailer = await aRetailer(app, { client: { scopes: ownScopes } });
  const access = await retailerToken(app, retailer, { scope: scopes.join(' ') });
  return program(app, `a retailer with ${scopes.join(' ')}`, access);
}

/** A retailer's program that acts with the consent of a customer. */
export async function aCallerWithConsent(app: TestApp): Promise<TestCaller> {
  const access = await consentToken(app, await aRetailer(app), await aCustomer(app));
  return program(app, 'a retailer with a consent', access);
}

function program(app: TestApp, who: string, access: RetailerAccess): TestCaller {
  return {
    who,
    key: `client:${access.client.id}`,
    call: async (method, path, body, headers) => {
      const sent = { ...(body && { body: body.text }), headers: { ...typeOf(body), ...headers } };
      return dpopFetch(app, access, method.toUpperCase(), path, sent);
    },
  };
}

function typeOf(body: CallBody | undefined): Record<string, string> {
  return body ? { 'content-type': body.contentType } : {};
}

function withHeaders(app: TestApp, who: string, always: Readonly<Record<string, string>>): TestCaller {
  return {
    who,
    call: async (method, path, body, headers) => {
      const response = await fetch(app.url + path, {
        method: method.toUpperCase(),
        redirect: 'manual',
        headers: { accept: 'application/json', ...always, ...typeOf(body), ...headers },
        ...(body && { body: body.text }),
      });
      const text = await response.text();
      const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
      return {
        status: response.status,
        headers: response.headers,
        body: isJson && text !== '' ? JSON.parse(text) : {},
      };
    },
  };
}
