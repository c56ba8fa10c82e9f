import { randomUUID } from 'node:crypto';

import { StaffService } from '../src/staff/staff.service.js';
import { codeAt, secretOf } from '../src/staff/totp.js';
import { accepted, aCustomer, anAuditor, anOperator, bearer, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Authenticator, type Circumstances } from './support/authenticator.js';
import { aPasskey, challengeOf } from './support/passkeys.js';
import { race, statusesOf } from './support/race.js';
import { audited } from './support/records.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const password = 'every entry, twice over';
const anEmail = () => `${randomUUID()}@staff.example`;
const signIn = (body: object, to = app) => to.http.post('/v1/staff/sessions').send(body);
const confirm = (body: object) => app.http.post('/v1/staff/enrolments/confirm').send(body);
const codeNow = (base32: string) => codeAt(secretOf(base32), app.clock.now());
const problem = (code: string) => `${app.url}/problems/${code}`;

/** Somebody who has accepted an invitation, and not set up a second factor yet. */
async function enrolling() {
  const email = anEmail();
  const invited = await app.get(StaffService).invite({ email, role: 'operator', name: 'Olga' });
  return { email, ...invited, ...(await accepted(app, { token: invited.token, password })) };
}

const aboutStaff = async (staffId: string) =>
  (await audited(app, null)).filter(({ data }) => (data as { staff_id?: string } | undefined)?.staff_id === staffId);

describe('setting up a second factor', () => {
  it('comes before the first session', async () => {
    const { email, staff_id, enrolment } = await enrolling();
    expect(enrolment.totp.uri).toMatch(
      /^otpauth:\/\/totp\/CCX:.*secret=[A-Z2-7]{32}&algorithm=SHA1&digits=6&period=30$/,
    );
    await signIn({ email, password, code: codeNow(enrolment.totp.secret) }).expect(401);
    const { body } = await confirm({ enrolment_token: enrolment.token, code: codeNow(enrolment.totp.secret) }).expect(
      201,
    );
    expect(body).toMatchObject({ staff_id, role: 'operator' });
    await bearer(app, body.token).get('/v1/staff/sessions/current').expect(200);
    expect((await aboutStaff(staff_id)).map(({ type }) => type)).toEqual([
      'staff.invited',
      'staff-session.refused',
      'staff.joined',
      'staff-factor.confirmed',
    ]);
  });

  it('takes another code after a wrong one', async () => {
    const { enrolment } = await enrolling();
    const { body } = await confirm({ enrolment_token: enrolment.token, code: '000000' }).expect(422);
    expect(body.type).toBe(problem('second-factor-not-confirmed'));
    await confirm({ enrolment_token: enrolment.token, code: codeNow(enrolment.totp.secret) }).expect(201);
  });

  it('is good once, and for fifteen minutes; the invitation lasts until then', async () => {
    const first = await enrolling();
    app.clock.advance({ minutes: 15 });
    const late = { enrolment_token: first.enrolment.token, code: codeNow(first.enrolment.totp.secret) };
    expect((await confirm(late).expect(410)).body.type).toBe(problem('enrolment-not-valid'));
    const { enrolment } = await accepted(app, { token: first.token, password });
    await confirm({ enrolment_token: enrolment.token, code: codeNow(enrolment.totp.secret) }).expect(201);
    await confirm({ enrolment_token: enrolment.token, code: codeNow(enrolment.totp.secret) }).expect(410);
    await confirm({ enrolment_token: `ccx_se_${randomUUID()}`, code: '000000' }).expect(410);
  });

  it('ends with an invitation that is replaced', async () => {
    const { email, enrolment } = await enrolling();
    await app.get(StaffService).invite({ email, role: 'operator', name: 'Olga' });
    await confirm({ enrolment_token: enrolment.token, code: codeNow(enrolment.totp.secret) }).expect(410);
  });

  it('is offered, once, to a member from before there were any', async () => {
    const olga = await anOperator(app);
    await app.db.query('delete from staff_factors where staff_id = $1', [olga.staffId]);
    const { body } = await signIn({ email: olga.email, password: olga.password }).expect(403);
    expect(body.type).toBe(problem('second-factor-missing'));
    await signIn({ email: olga.email, password: 'not the password' }).expect(401);
    const { token, totp } = body.enrolment;
    const { body: twice } = await signIn({ email: olga.email, password: olga.password }).expect(403);
    await confirm({ enrolment_token: token, code: codeNow(totp.secret) }).expect(201);
    const late = { enrolment_token: twice.enrolment.token, code: codeNow(twice.enrolment.totp.secret) };
    await confirm(late).expect(410);
  });

  it('keeps the secret sealed', async () => {
    const { staffId, totpSecret } = await anOperator(app);
    const { rows } = await app.db.query('select totp_secret from staff_factors where staff_id = $1', [staffId]);
    expect(rows[0].totp_secret.includes(totpSecret)).toBe(false);
  });

  it.each([
    ['neither code nor passkey', { enrolment_token: 'x' }, '/code'],
    ['both', { enrolment_token: 'x', code: '123456', passkey: {} }, '/code'],
    ['a code of letters', { enrolment_token: 'x', code: 'abcdef' }, '/code'],
    ['a passkey that is none', { enrolment_token: 'x', passkey: {} }, '/passkey/id'],
    ['no token', { code: '123456' }, '/enrolment_token'],
  ])('names the fault in %s', async (_, sent, pointer) => {
    const { body } = await confirm(sent).expect(400);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });
});

describe('a code', () => {
  it('opens a session once, and none from before it does', async () => {
    const olga = await anOperator(app);
    const { email } = olga;
    app.clock.advance({ seconds: 60 });
    const earlier = codeAt(olga.totpSecret, new Date(app.clock.now().getTime() - 30_000));
    const code = codeAt(olga.totpSecret, app.clock.now());
    await signIn({ email, password, code }).expect(201);
    await signIn({ email, password, code }).expect(401);
    await signIn({ email, password, code: earlier }).expect(401);
  });

  it('opens one session when it is used twice at the same moment', async () => {
    const olga = await anOperator(app);
    const code = await olga.nextCode();
    const attempt = async () => (await signIn({ email: olga.email, password, code })).status;
    const outcomes = await race(app.db, 'staff_members', { id: olga.staffId }, [attempt, attempt]);
    expect(statusesOf(outcomes)).toEqual([201, 401]);
  });

  it('is not found by trying them all with a stolen password, which the answers do not tell to be right', async () => {
    const limited = await startApp({ config: { RATE_LIMITS: 'on', TRUST_PROXY: 'loopback' } });
    try {
      const olga = await anOperator(limited);
      const from = (address: number, code: string) =>
        signIn({ email: olga.email, password, code }, limited).set('x-forwarded-for', `192.0.2.${address}`);
      for (let count = 0; count < 10; count++) await from(count, '000000').expect(401);
      await from(11, await olga.nextCode()).expect(401);
      limited.clock.advance({ minutes: 15 });
      await from(11, await olga.nextCode()).expect(201);
    } finally {
      await limited.stop();
    }
  });

  it.each([
    ['five digits', { code: '12345' }, '/code'],
    ['a passkey beside it', { code: '123456', passkey: {} }, '/code'],
    ['a passkey that is none', { passkey: { id: 'AAAA' } }, '/passkey/response/clientDataJSON'],
  ])('must not be %s', async (_, sent, pointer) => {
    const { body } = await signIn({ email: 'olga@staff.example', password, ...sent }).expect(400);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });
});

describe('a passkey of staff', () => {
  /** Somebody whose second factor is a passkey. */
  async function withPasskey() {
    const { email, enrolment } = await enrolling();
    const authenticator = new Authenticator(app.url, true);
    const sent = { enrolment_token: enrolment.token };
    const { body } = await app.http.post('/v1/staff/enrolments/options').send(sent).expect(201);
    expect(body).toMatchObject({ user: { name: email }, authenticatorSelection: { userVerification: 'required' } });
    await confirm({ ...sent, passkey: authenticator.make(body) }).expect(201);
    const attempt = async (how?: Circumstances, secret = password) =>
      signIn({ email, password: secret, passkey: authenticator.use(await challengeOf(app), how) });
    return { email, authenticator, attempt };
  }

  it('is the second factor beside the password, once each', async () => {
    const { email, authenticator, attempt } = await withPasskey();
    expect((await attempt()).status).toBe(201);
    expect((await attempt({}, 'not the password')).status).toBe(401);
    expect((await attempt({ verified: false })).status).toBe(401);
    expect((await attempt({ counter: 1 })).status).toBe(401);
    await signIn({ email, password, code: '000000' }).expect(401);
    const passkey = authenticator.use(await challengeOf(app));
    await signIn({ email, password, passkey }).expect(201);
    await signIn({ email, password, passkey }).expect(401);
  });

  it('is no way in for customers, nor theirs for staff', async () => {
    const { authenticator } = await withPasskey();
    await app.http
      .post('/v1/sessions')
      .send({ passkey: authenticator.use(await challengeOf(app)) })
      .expect(401);
    const mira = await aCustomer(app);
    const { authenticator: phone } = await aPasskey(app, mira);
    const { email } = await anOperator(app);
    await signIn({ email, password, passkey: phone.use(await challengeOf(app)) }).expect(401);
  });

  it('is not confirmed without its challenge, nor set up without an enrolment', async () => {
    const { enrolment } = await enrolling();
    const sent = { enrolment_token: enrolment.token };
    const { body } = await app.http.post('/v1/staff/enrolments/options').send(sent).expect(201);
    const made = new Authenticator(app.url).make(body, { verified: false });
    await confirm({ ...sent, passkey: made }).expect(422);
    await confirm({ ...sent, passkey: new Authenticator(app.url).make(body) }).expect(422);
    await app.http.post('/v1/staff/enrolments/options').send({ enrolment_token: 'none' }).expect(410);
  });
});

describe('resetting somebody’s sign-in', () => {
  const reset = (by: Pick<TestStaff, 'api'>, email: string) => by.api.post('/v1/admin/staff/resets').send({ email });

  it('ends both factors and every session, and keeps role and engagement', async () => {
    const [olga, ada] = [await anOperator(app), await anAuditor(app, { purposes: ['dpv:ServicePersonalisation'] })];
    const engagement = await app.get(StaffService).engagementOf(ada.staffId);
    const { body } = await reset(olga, ada.email.toUpperCase()).expect(201);
    expect(body.staff_id).toBe(ada.staffId);
    expect((await aboutStaff(ada.staffId)).slice(-2)).toMatchObject([
      { type: 'staff-factor.reset', actor: { kind: 'operator', id: olga.staffId } },
      { type: 'staff.invited', actor: { kind: 'operator', id: olga.staffId } },
    ]);
    await ada.api.get('/v1/staff/sessions/current').expect(401);
    await signIn({ email: ada.email, password, code: await ada.nextCode() }).expect(401);
    const { enrolment } = await accepted(app, { token: body.invitation_token, password: 'all of it, once more' });
    await confirm({ enrolment_token: enrolment.token, code: codeNow(enrolment.totp.secret) }).expect(201);
    expect(await app.get(StaffService).engagementOf(ada.staffId)).toEqual(engagement);
  });

  it('leaves no session that begins at the same moment', async () => {
    const [olga, ada] = [await anOperator(app), await anAuditor(app)];
    const code = await ada.nextCode();
    await race(app.db, 'staff_members', { id: ada.staffId }, [
      async () => (await signIn({ email: ada.email, password, code })).status,
      async () => (await reset(olga, ada.email)).status,
    ]);
    const { rowCount } = await app.db.query('select 1 from staff_sessions where staff_id = $1', [ada.staffId]);
    expect(rowCount).toBe(0);
  });

  it('is for operators, and for people of the staff', async () => {
    const [olga, ada] = [await anOperator(app), await anAuditor(app)];
    await reset(ada, olga.email).expect(403);
    await reset({ api: bearer(app, 'nothing') }, olga.email).expect(401);
    expect((await reset(olga, anEmail()).expect(404)).body.type).toBe(problem('staff-not-found'));
    expect((await reset(olga, 'ada').expect(400)).body.errors).toMatchObject([{ pointer: '/email' }]);
  });
});
