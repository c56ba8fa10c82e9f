import { randomUUID } from 'node:crypto';

import type { Test } from 'supertest';

import { type CustomerKey, customerKey } from '../../src/platform/customer-key.js';
import { type Invitation, StaffService } from '../../src/staff/staff.service.js';
import type { EngagementTerms } from '../../src/staff/engagement.js';
import type { StaffRole } from '../../src/staff/staff-member.entity.js';
import { codeAt, secretOf } from '../../src/staff/totp.js';
import type { TestApp } from './app.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Requests in somebody's name: `await mira.api.get('/v1/me').expect(200)`. */
export type Caller = Record<(typeof methods)[number], (path: string) => Test>;

/** Whoever has this token. */
export function bearer(app: TestApp, token: string): Caller {
  return Object.fromEntries(
    methods.map((method) => [method, (path: string) => app.http[method](path).set('authorization', `Bearer ${token}`)]),
  ) as Caller;
}

export interface TestCustomer {
  readonly customerId: string;
  readonly key: CustomerKey;
  readonly email: string;
  readonly password: string;
  /** The token of the session in which they registered. */
  readonly token: string;
  readonly sessionId: string;
  readonly recoveryCodes: readonly string[];
  readonly api: Caller;
}

/** Somebody who has just registered, and is signed in. */
export async function aCustomer(
  app: TestApp,
  { email = `${randomUUID()}@example.org`, password = 'three geese over the canal', ...more }: AccountOptions = {},
): Promise<TestCustomer> {
  const { body } = await app.http
    .post('/v1/customers')
    .send({ email, password, ...more })
    .expect(201);
  const { customer_id: customerId, session, recovery_codes: recoveryCodes } = body;
  return {
    customerId,
    key: customerKey(customerId),
    email,
    password,
    token: session.token,
    sessionId: session.id,
    recoveryCodes,
    api: bearer(app, session.token),
  };
}

interface AccountOptions {
  readonly email?: string;
  readonly password?: string;
  readonly language?: string;
  readonly display_name?: string;
}

export interface TestStaff {
  readonly staffId: string;
  readonly role: StaffRole;
  readonly email: string;
  readonly password: string;
  /** With which their authenticator app makes codes. */
  readonly totpSecret: Buffer;
  /** A code that is accepted now. Each is good once; nobody waits for the next one here, so the last one is forgotten. */
  nextCode(): Promise<string>;
  readonly token: string;
  readonly sessionId: string;
  readonly api: Caller;
}

/** Somebody who runs the broker, signed in. */
export function anOperator(app: TestApp): Promise<TestStaff> {
  return aMember(app, { role: 'operator', name: 'Olga Operator' });
}

/** Somebody who audits it, signed in. Unless told, from a year ago for another year, and everything. */
export function anAuditor(app: TestApp, engagement: EngagementTerms = {}, by?: TestStaff): Promise<TestStaff> {
  const aYear = 365 * 86_400_000;
  const now = app.clock.now().getTime();
  const period = { from: new Date(now - aYear), to: new Date(now + aYear) };
  return aMember(app, { role: 'auditor', name: 'Ada Auditor', engagement: { ...period, ...engagement } }, by);
}

async function aMember(app: TestApp, invitation: Omit<Invitation, 'email'>, by?: TestStaff): Promise<TestStaff> {
  const email = `${randomUUID()}@staff.example`;
  const password = 'every entry, twice over';
  const inviter = by ? ({ kind: 'operator', id: by.staffId } as const) : undefined;
  const { token: invited } = await app.get(StaffService).invite({ email, ...invitation }, inviter);
  const { enrolment } = await accepted(app, { token: invited, password });
  const totpSecret = secretOf(enrolment.totp.secret);
  const { body } = await app.http
    .post('/v1/staff/enrolments/confirm')
    .send({ enrolment_token: enrolment.token, code: codeAt(totpSecret, app.clock.now()) })
    .expect(201);
  const { id: sessionId, staff_id: staffId, token } = body;
  const nextCode = async () => {
    await app.db.query('update staff_factors set totp_step = 0 where staff_id = $1', [staffId]);
    return codeAt(totpSecret, app.clock.now());
  };
  const member = { staffId, role: invitation.role, email, password, totpSecret, nextCode };
  return { ...member, token, sessionId, api: bearer(app, token) };
}

/** Accepts an invitation of staff, and answers what the second factor is set up with. */
export async function accepted(
  app: TestApp,
  acceptance: { token: string; password: string },
): Promise<{ staff_id: string; enrolment: { token: string; totp: { secret: string; uri: string } } }> {
  return (await app.http.post('/v1/staff/invitations/accept').send(acceptance).expect(201)).body;
}
