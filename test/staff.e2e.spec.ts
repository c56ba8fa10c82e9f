import { randomUUID } from 'node:crypto';

import { Afterwards } from '../src/platform/afterwards.js';
import { StaffService } from '../src/staff/staff.service.js';
import { codeAt, secretOf } from '../src/staff/totp.js';
import { aCustomer, anAuditor, anOperator, bearer, type Caller } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { race, statusesOf } from './support/race.js';
import { audited } from './support/records.js';

let app: TestApp;
let staff: StaffService;
beforeAll(async () => {
  app = await startApp();
  staff = app.get(StaffService);
});
afterAll(() => app.stop());

const password = 'every entry, twice over';
const anEmail = () => `${randomUUID()}@staff.example`;
const accept = (token: string, chosen = password) =>
  app.http.post('/v1/staff/invitations/accept').send({ token, password: chosen });
const confirm = ({ token, totp }: { token: string; totp: { secret: string } }) =>
  app.http
    .post('/v1/staff/enrolments/confirm')
    .send({ enrolment_token: token, code: codeAt(secretOf(totp.secret), app.clock.now()) });
/** Accepts the invitation and confirms the second factor. */
const join = async (token: string) => confirm((await accept(token).expect(201)).body.enrolment).expect(201);
const signIn = (body: object, to = app) => to.http.post('/v1/staff/sessions').send(body);
const invite = (api: Pick<Caller, 'post'>, body: object) => api.post('/v1/admin/auditors').send(body);
const inDays = (days: number) => new Date(app.clock.now().getTime() + days * 86_400_000);

describe('an invitation of staff', () => {
  it('makes a member who signs in with the password they chose', async () => {
    const email = anEmail();
    const { token, staffId } = await staff.invite({ email, role: 'operator', name: 'Olga' });
    const { body } = await accept(token).expect(201);
    expect(body).toMatchObject({ staff_id: staffId, role: 'operator', email, name: 'Olga' });
    await confirm(body.enrolment).expect(201);
    app.clock.advance({ seconds: 60 }); // each code is good once
    const code = codeAt(secretOf(body.enrolment.totp.secret), app.clock.now());
    const session = await signIn({ email: email.toUpperCase(), password, code }).expect(201);
    expect(session.body).toMatchObject({ staff_id: staffId, role: 'operator' });
  });

  it('is good once', async () => {
    const { token } = await staff.invite({ email: anEmail(), role: 'operator', name: 'Olga' });
    await join(token);
    const { body } = await accept(token, 'another password entirely').expect(410);
    expect(body.type).toBe(`${app.url}/problems/invitation-not-valid`);
  });

  it('is good once when two race for it', async () => {
    const { token, staffId } = await staff.invite({ email: anEmail(), role: 'operator', name: 'Olga' });
    const enrolments = [(await accept(token)).body.enrolment, (await accept(token)).body.enrolment];
    const attempt = (enrolment: Parameters<typeof confirm>[0]) => async () => (await confirm(enrolment)).status;
    const outcomes = await race(app.db, 'staff_members', { id: staffId }, [
      attempt(enrolments[0]),
      attempt(enrolments[1]),
    ]);
    expect(statusesOf(outcomes)).toEqual([201, 410]);
  });

  it('is good for seven days', async () => {
    const { token } = await staff.invite({ email: anEmail(), role: 'operator', name: 'Olga' });
    app.clock.advance({ days: 7 });
    await accept(token).expect(410);
  });

  it('is replaced by another one to the same address', async () => {
    const email = anEmail();
    const first = await staff.invite({ email, role: 'operator', name: 'Olga' });
    const second = await staff.invite({ email, role: 'auditor', name: 'Ada' });
    expect(second.staffId).toBe(first.staffId);
    await accept(first.token).expect(410);
    const { body } = await accept(second.token).expect(201);
    expect(body).toMatchObject({ role: 'auditor', name: 'Ada' });
  });

  it('does not let anybody in before it is accepted', async () => {
    const email = anEmail();
    await staff.invite({ email, role: 'operator', name: 'Olga' });
    await signIn({ email, password, code: '000000' }).expect(401);
  });

  it('is not accepted with a password that would be guessed, nor spent by the attempt', async () => {
    const email = anEmail();
    const { token } = await staff.invite({ email, role: 'operator', name: 'Olga' });
    for (const guessed of ['short', 'password1234', email]) {
      const { body } = await accept(token, guessed).expect(400);
      expect(body.errors[0].pointer).toBe('/password');
    }
    await accept(token).expect(201);
  });

  it('makes one member when two invite the same address at once', async () => {
    const email = anEmail();
    const attempt = () => staff.invite({ email, role: 'operator', name: 'Olga' });
    await Promise.allSettled([attempt(), attempt(), attempt()]);
    const { rows } = await app.db.query('select id from staff_members where email = $1', [email]);
    expect(rows).toHaveLength(1);
    const { rowCount } = await app.db.query('select 1 from staff_invitations where staff_id = $1', [rows[0].id]);
    expect(rowCount).toBe(1);
  });

  it('stores neither token nor password', async () => {
    const { token, staffId } = await staff.invite({ email: anEmail(), role: 'auditor', name: 'Ada' });
    await join(token);
    const { rows } = await app.db.query('select row_to_json(m) as row from staff_members m where id = $1', [staffId]);
    expect(JSON.stringify(rows)).not.toContain(password);
    expect(rows[0].row.password_hash).toMatch(/^\$argon2id\$/);
  });
});

describe('inviting an auditor', () => {
  it('is for operators, and says what the auditor may look at', async () => {
    const operator = await anOperator(app);
    const retailer = randomUUID();
    const email = anEmail();
    const engagement = {
      from: inDays(-30).toISOString(),
      to: inDays(30).toISOString(),
      retailer_ids: [retailer],
      purposes: ['dpv:ServicePersonalisation'],
    };
    const { body } = await invite(operator.api, { email, name: 'Ada', engagement }).expect(201);
    const { body: session } = await join(body.invitation_token);
    const { body: current } = await bearer(app, session.token).get('/v1/staff/sessions/current').expect(200);
    expect(current).toMatchObject({ role: 'auditor', email, name: 'Ada', engagement });
    expect(await staff.engagementOf(body.staff_id)).toMatchObject({
      retailerIds: [retailer],
      purposes: ['dpv:ServicePersonalisation'],
      key: expect.objectContaining({ length: 32 }),
    });
  });

  it('covers everything for 90 days unless told', async () => {
    const operator = await anOperator(app);
    const { body } = await invite(operator.api, { email: anEmail(), name: 'Ada' }).expect(201);
    await join(body.invitation_token);
    const engagement = await staff.engagementOf(body.staff_id);
    expect(engagement).toMatchObject({ retailerIds: null, purposes: null });
    expect(engagement!.to.getTime() - engagement!.from.getTime()).toBe(90 * 86_400_000);
  });

  it('is refused to auditors, customers and strangers', async () => {
    const body = { email: anEmail(), name: 'Ada' };
    await invite((await anAuditor(app)).api, body).expect(403);
    await invite((await aCustomer(app)).api, body).expect(403);
    await invite(app.http, body).expect(401);
  });

  it('refuses an address of somebody who has joined', async () => {
    const operator = await anOperator(app);
    const { body } = await invite(operator.api, { email: operator.email.toUpperCase(), name: 'Ada' }).expect(409);
    expect(body.type).toBe(`${app.url}/problems/staff-exists`);
  });

  it.each([
    ['no address', { name: 'Ada' }, '/email'],
    ['no name', { email: 'ada@staff.example' }, '/name'],
    ['an end in the past', { engagement: { to: '2020-01-01T00:00:00Z' } }, '/engagement/to'],
    ['a beginning that is no time', { engagement: { from: 'soon' } }, '/engagement/from'],
    ['an end in a leap second', { engagement: { to: '2099-12-31T23:59:60Z' } }, '/engagement/to'],
    ['a retailer that is no id', { engagement: { retailer_ids: ['a'] } }, '/engagement/retailer_ids'],
    ['something that nobody knows', { engagement: { scope: 'all' } }, '/engagement/scope'],
    ['a list of engagements', { engagement: [{ retailer_ids: [] }] }, '/engagement'],
  ])('names the fault in %s', async (_, sent, pointer) => {
    const operator = await anOperator(app);
    const whole = 'engagement' in sent ? { email: 'ada@staff.example', name: 'Ada', ...sent } : sent;
    const { body } = await invite(operator.api, whole).expect(400);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('is in the log with who invited whom', async () => {
    const operator = await anOperator(app);
    const { body } = await invite(operator.api, { email: anEmail(), name: 'Ada' }).expect(201);
    expect((await audited(app, null)).filter(({ type }) => type === 'staff.invited').at(-1)).toMatchObject({
      actor: { kind: 'operator', id: operator.staffId },
      data: { staff_id: body.staff_id, role: 'auditor' },
    });
  });
});

describe('signing in as staff', () => {
  it('answers a wrong password, a wrong code, none and an unknown address alike, and writes as much', async () => {
    const olga = await anOperator(app);
    const { email } = olga;
    const refusals = async () =>
      (await audited(app, null)).filter(({ type }) => type === 'staff-session.refused').length;
    const before = await refusals();
    const wrong = await signIn({ email, password: 'not the password', code: await olga.nextCode() }).expect(401);
    expect(wrong.body.type).toBe(`${app.url}/problems/staff-sign-in-refused`);
    for (const attempt of [
      { email, password, code: '000000' },
      { email, password },
      { email: anEmail(), password: 'not it at all', code: '000000' },
    ]) {
      const { body } = await signIn(attempt).expect(401);
      expect({ ...body, instance: '' }).toEqual({ ...wrong.body, instance: '' });
    }
    expect(await refusals()).toBe(before + 4);
  });

  it('does not take a customer’s password, nor the other way round', async () => {
    const [customer, operator] = [await aCustomer(app), await anOperator(app)];
    await signIn({ email: customer.email, password: customer.password }).expect(401);
    await app.http.post('/v1/sessions').send({ email: operator.email, password: operator.password }).expect(401);
  });

  it.each([
    ['no address', { password }, '/email'],
    ['no password', { email: 'ada@staff.example' }, '/password'],
  ])('names the fault in %s', async (_, sent, pointer) => {
    const { body } = await signIn(sent).expect(400);
    expect(body.errors[0].pointer).toBe(pointer);
  });

  it('is refused after ten attempts at one account', async () => {
    const limited = await startApp({ config: { RATE_LIMITS: 'on' } });
    try {
      const olga = await anOperator(limited);
      const { email } = olga;
      for (let attempt = 0; attempt < 10; attempt++)
        await signIn({ email, password: 'any guess' }, limited).expect(401);
      await signIn({ email, password, code: await olga.nextCode() }, limited).expect(429);
      limited.clock.advance({ minutes: 15 });
      await signIn({ email, password, code: await olga.nextCode() }, limited).expect(201);
    } finally {
      await limited.stop();
    }
  });

  it('is not counted when it succeeds', async () => {
    const limited = await startApp({ config: { RATE_LIMITS: 'on' } });
    try {
      const olga = await anOperator(limited);
      const { email } = olga;
      for (let count = 0; count < 12; count++) {
        await signIn({ email, password, code: await olga.nextCode() }, limited).expect(201);
      }
    } finally {
      await limited.stop();
    }
  });

  it('is refused after ten tries with invitations that are none', async () => {
    const limited = await startApp({ config: { RATE_LIMITS: 'on' } });
    try {
      const attempt = () =>
        limited.http.post('/v1/staff/invitations/accept').send({ token: `ccx_si_${randomUUID()}`, password });
      for (let count = 0; count < 10; count++) await attempt().expect(410);
      await attempt().expect(429);
    } finally {
      await limited.stop();
    }
  });
});

describe('a session of staff', () => {
  it('says who is signed in; an operator has no engagement', async () => {
    const operator = await anOperator(app);
    const { body } = await operator.api.get('/v1/staff/sessions/current').expect(200);
    expect(body).toMatchObject({
      id: operator.sessionId,
      staff_id: operator.staffId,
      role: 'operator',
      email: operator.email,
      engagement: null,
    });
  });

  it('ends when they sign out, which is in the log', async () => {
    const auditor = await anAuditor(app);
    await auditor.api.delete('/v1/staff/sessions/current').expect(204);
    await auditor.api.get('/v1/staff/sessions/current').expect(401);
    const entries = (await audited(app, null)).filter(
      ({ data }) => (data as { session_id?: string } | undefined)?.session_id === auditor.sessionId,
    );
    expect(entries).toMatchObject([
      { type: 'staff-session.started', actor: { kind: 'auditor', id: auditor.staffId } },
      { type: 'staff-session.ended', actor: { kind: 'auditor', id: auditor.staffId } },
    ]);
  });

  it('ends after an hour without use and after twelve hours in any case', async () => {
    const [idle, busy] = [await anOperator(app), await anOperator(app)];
    for (let use = 0; use < 14; use++) {
      app.clock.advance({ minutes: 50 });
      await busy.api.get('/v1/staff/sessions/current').expect(200);
      await app.get(Afterwards).settled();
    }
    await idle.api.get('/v1/staff/sessions/current').expect(401);
    app.clock.advance({ minutes: 30 });
    await busy.api.get('/v1/staff/sessions/current').expect(401);
  });

  it('is refused with a query that nobody knows', async () => {
    const { api } = await anOperator(app);
    await api.get('/v1/staff/sessions/current?all=true').expect(400);
    await api.delete('/v1/staff/sessions/current?all=true').expect(400);
    await api.get('/v1/staff/sessions/current').expect(200);
  });

  it('is refused to customers', async () => {
    const { api } = await aCustomer(app);
    await api.get('/v1/staff/sessions/current').expect(403);
    await api.delete('/v1/staff/sessions/current').expect(403);
  });

  it('outlasts an engagement, which then gives nothing to see', async () => {
    const auditor = await anAuditor(app, { to: new Date(app.clock.now().getTime() + 60_000) });
    expect(await staff.engagementOf(auditor.staffId)).not.toBeNull();
    app.clock.advance({ minutes: 2 });
    expect(await staff.engagementOf(auditor.staffId)).toBeNull();
    await auditor.api.get('/v1/staff/sessions/current').expect(200);
  });
});

describe('the operator of a development service', () => {
  it('is made once and keeps the password, and takes the codes of the folder that is used now', async () => {
    const email = anEmail();
    const named = { email, role: 'operator', name: 'Olga' } as const;
    const secrets = [Buffer.alloc(20, 1), Buffer.alloc(20, 2)] as const;
    const first = await staff.ensureDevelopmentMember({ ...named, password, totpSecret: secrets[0] });
    const changed = { ...named, password: 'another password entirely', totpSecret: secrets[1] };
    const second = await staff.ensureDevelopmentMember(changed);
    expect(first.created).toBe(true);
    expect(second).toEqual({ staffId: first.staffId, created: false });
    await signIn({ email, password, code: codeAt(secrets[0], app.clock.now()) }).expect(401);
    await signIn({ email, password, code: codeAt(secrets[1], app.clock.now()) }).expect(201);
  });
});
