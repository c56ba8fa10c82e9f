import { randomBytes, randomUUID } from 'node:crypto';

import { delegableScopes } from '../src/customers/delegation-terms.js';
import { startApp, type TestApp } from './support/app.js';
import {
  aCaller,
  aCallerWithConsent,
  aCallerWithout,
  actingAs,
  aDelegate,
  type CallerKind,
  callerKinds,
  kindsOf,
  nobody,
  type TestCaller,
  withToken,
} from './support/callers.js';
import {
  type DocumentedOperation,
  documentedOperations,
  emptyBody,
  isDelegable,
  someAddress,
} from './support/operations.js';

// They walk every operation, and some make a caller for each.
jest.setTimeout(120_000);

/** What the guard answers; anything else comes from the operation itself. */
const refusals = ['invalid-token', 'invalid-dpop-proof', 'insufficient-scope', 'not-delegable', 'delegation-not-valid'];
const isRefusal = (line: string) => refusals.some((code) => line.endsWith(` ${code}`));

let app: TestApp;
let closed: DocumentedOperation[];
const callers = {} as Record<CallerKind, TestCaller>;

beforeAll(async () => {
  app = await startApp();
  closed = documentedOperations(app.document).filter(({ audience }) => audience !== 'public');
  for (const kind of callerKinds) callers[kind] = await aCaller(app, kind);
});
afterAll(() => app.stop());

/** How each operation answers the caller, as `operation: status code`. */
async function answers(
  operations: readonly DocumentedOperation[],
  callerOf: (operation: DocumentedOperation) => TestCaller | Promise<TestCaller | null>,
): Promise<string[]> {
  const lines: string[] = [];
  for (const operation of operations) {
    const caller = await callerOf(operation);
    if (!caller) continue;
    const { status, body } = await caller.call(operation.method, someAddress(operation), emptyBody(operation));
    lines.push(`${operation.id}: ${status} ${body.type?.split('/').at(-1) ?? ''}`);
  }
  return lines;
}

function all(operations: readonly DocumentedOperation[], answer: string): string[] {
  const [status] = answer.split(' ');
  // What answers HEAD has no body that could name the problem.
  return operations.map(({ id, method }) => `${id}: ${method === 'head' ? `${status} ` : answer}`);
}

describe('every operation that is not public', () => {
  it('exists', () => {
    expect(closed.length).toBeGreaterThan(20);
  });

  it('refuses a call without a token, and says how to authenticate', async () => {
    await expect(answers(closed, () => nobody(app))).resolves.toEqual(all(closed, '401 invalid-token'));
    for (const { audience, ...operation } of closed) {
      const { headers } = await nobody(app).call(
        operation.method,
        someAddress({ audience, ...operation }),
        emptyBody({ audience, ...operation }),
      );
      expect(headers.get('www-authenticate')).toMatch(
        audience === 'retailer' ? /^DPoP .*, Bearer / : /^Bearer realm="ccx"$/,
      );
    }
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['a session token that was never given', `ccx_st_${randomBytes(48).toString('base64url')}`],
    ['a personal token that was never given', `ccx_pt_${randomBytes(48).toString('base64url')}`],
    ['a signed token that nobody signed', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.'],
  ])('refuses %s', async (_, token) => {
    await expect(answers(closed, () => withToken(app, token))).resolves.toEqual(all(closed, '401 invalid-token'));
  });

  it.each(callerKinds)('refuses a token of a %s, unless it is for them', async (kind) => {
    const others = closed.filter((operation) => !kindsOf(operation).includes(kind));
    await expect(answers(others, () => callers[kind])).resolves.toEqual(all(others, '403 insufficient-scope'));
  });

  it('refuses a token without its scopes', async () => {
    const scoped = closed.filter(({ scopes }) => scopes.length > 0);
    expect(scoped.length).toBeGreaterThan(10);
    await expect(answers(scoped, (operation) => aCallerWithout(app, operation))).resolves.toEqual(
      all(scoped, '403 insufficient-scope'),
    );
  });

  it('lets in those whom it is for', async () => {
    const forPeople = closed.filter(({ audience }) => audience !== 'retailer');
    const lines = await answers(forPeople, (operation) => aCaller(app, kindsOf(operation)[0] as CallerKind));
    expect(lines.filter(isRefusal)).toEqual([]);
    const forPrograms = closed.filter(({ audience }) => audience === 'retailer');
    const asItself = await answers(forPrograms, () => callers.retailer);
    const consent = await aCallerWithConsent(app);
    const withConsent = await answers(forPrograms, () => consent);
    expect(asItself.filter((line, index) => isRefusal(line) && isRefusal(withConsent[index] ?? ''))).toEqual([]);
  });

  it('refuses whoever acts for a customer, unless it is for them', async () => {
    const delegate = await aDelegate(app);
    const forCustomers = closed.filter(({ audience }) => audience === 'customer');
    const inPerson = forCustomers.filter((operation) => !isDelegable(operation));
    await expect(answers(inPerson, () => delegate)).resolves.toEqual(all(inPerson, '403 not-delegable'));
    const others = closed.filter(({ audience }) => audience !== 'customer');
    await expect(answers(others, () => delegate)).resolves.toEqual(all(others, '403 insufficient-scope'));

    const delegable = forCustomers.filter(isDelegable);
    expect(delegable.length).toBeGreaterThan(15);
    const lines = await answers(delegable, () => delegate);
    expect(lines.filter(isRefusal)).toEqual([]);
    const without = (operation: DocumentedOperation) =>
      aDelegate(app, { scopes: delegableScopes.filter((scope) => !operation.scopes.includes(scope)) });
    await expect(answers(delegable, without)).resolves.toEqual(all(delegable, '403 insufficient-scope'));
  });

  it('refuses whoever says that they act for a customer and does not', async () => {
    const delegable = closed.filter(isDelegable);
    const liar = actingAs(callers.customer, randomUUID());
    await expect(answers(delegable, () => liar)).resolves.toEqual(all(delegable, '403 delegation-not-valid'));
    const forStaff = closed.filter(({ audience }) => audience === 'auditor' || audience === 'operator');
    const asStaff = (operation: DocumentedOperation) =>
      actingAs(callers[kindsOf(operation)[0] as CallerKind], randomUUID());
    await expect(answers(forStaff, asStaff)).resolves.toEqual(all(forStaff, '400 invalid-request'));
  });

  it('refuses a token that has expired', async () => {
    app.clock.advance({ days: 400 });
    await expect(answers(closed, (operation) => callers[kindsOf(operation)[0] as CallerKind])).resolves.toEqual(
      all(closed, '401 invalid-token'),
    );
  });
});
