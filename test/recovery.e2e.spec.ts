import { randomUUID } from 'node:crypto';

import { aCustomer, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { race, statusesOf } from './support/race.js';
import { announced, audited } from './support/records.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const next = 'no geese over any canal';
const inDays = (days: number) => new Date(app.clock.now().getTime() + days * 86_400_000).toISOString();
const recover = (body: object, at = app) => at.http.post('/v1/recoveries').send(body);
const renew = (mira: TestCustomer, current_password = mira.password) =>
  mira.api.post('/v1/me/recovery-codes').send({ current_password });
const withCode = ({ email, recoveryCodes }: TestCustomer, index: number) => ({
  email,
  code: recoveryCodes[index],
  new_password: next,
});

describe('recovering an account', () => {
  it('sets the new password, ends every session and begins one', async () => {
    const mira = await aCustomer(app);
    const { body } = await recover(withCode(mira, 3)).expect(201);
    expect(body).toMatchObject({ customer_id: mira.customerId, recovery_codes_left: 9 });
    await bearer(app, body.session.token).get('/v1/me').expect(200);
    await mira.api.get('/v1/me').expect(401);
    await app.http.post('/v1/sessions').send({ email: mira.email, password: mira.password }).expect(401);
    await app.http.post('/v1/sessions').send({ email: mira.email, password: next }).expect(201);
  });

  it('leaves personal tokens as they are', async () => {
    const mira = await aCustomer(app);
    const { body: made } = await mira.api
      .post('/v1/me/tokens')
      .send({ name: 'home server', scopes: ['preferences.read'], expires_at: inDays(1) })
      .expect(201);
    const { body } = await recover(withCode(mira, 0)).expect(201);
    const { body: list } = await bearer(app, body.session.token).get('/v1/me/tokens').expect(200);
    expect(list.items).toMatchObject([{ id: made.id }]);
  });

  it('reads a code in any case and with or without its dashes', async () => {
    const mira = await aCustomer(app);
    const code = mira.recoveryCodes[0]!.toLowerCase().replaceAll('-', ' ');
    await recover({ email: mira.email, code, new_password: next }).expect(201);
  });

  it('takes each code once', async () => {
    const mira = await aCustomer(app);
    await recover(withCode(mira, 0)).expect(201);
    const { body } = await recover(withCode(mira, 0)).expect(401);
    expect(body.type).toBe(`${app.url}/problems/recovery-refused`);
    await recover(withCode(mira, 1)).expect(201);
  });

  it('takes a code once when several race for it', async () => {
    const mira = await aCustomer(app);
    const attempt = async () => (await recover(withCode(mira, 0))).status;
    const outcomes = await race(app.db, 'customer_passwords', { customer_id: mira.customerId }, [
      attempt,
      attempt,
      attempt,
    ]);
    expect(statusesOf(outcomes)).toEqual([201, 401, 401]);
    expect((await announced(app, mira.key)).filter((type) => type === 'customer.recovered')).toHaveLength(1);
  });

  it('answers a wrong code, somebody else’s code and an unknown address alike', async () => {
    const [mira, tom] = [await aCustomer(app), await aCustomer(app)];
    const refusals = [
      await recover({ email: mira.email, code: '0000-0000-0000-0000', new_password: next }).expect(401),
      await recover({ ...withCode(tom, 0), email: mira.email }).expect(401),
      await recover({ ...withCode(tom, 0), email: `${randomUUID()}@example.org` }).expect(401),
    ];
    const bodies = refusals.map(({ body }) => JSON.stringify({ ...body, instance: '' }));
    expect(new Set(bodies).size).toBe(1);
    await mira.api.get('/v1/me').expect(200);
  });

  it('spends no code on a new password that would be guessed', async () => {
    const mira = await aCustomer(app);
    const { body } = await recover({ ...withCode(mira, 0), new_password: 'short' }).expect(400);
    expect(body.errors[0].pointer).toBe('/new_password');
    await recover(withCode(mira, 0)).expect(201);
  });

  it('is in the log, and so is an attempt that is refused', async () => {
    const mira = await aCustomer(app);
    await recover({ ...withCode(mira, 0), code: '0000-0000-0000-0000' }).expect(401);
    await recover(withCode(mira, 0)).expect(201);
    const entries = (await audited(app, mira.key)).slice(2);
    expect(entries).toMatchObject([
      { type: 'recovery.refused', actor: { kind: 'system' } },
      { type: 'customer.recovered', actor: { kind: 'customer' }, data: { codes_left: 9 } },
      { type: 'session.ended', data: { session_id: mira.sessionId, reason: 'recovered' } },
      { type: 'session.started' },
    ]);
  });
});

describe('guessing recovery codes', () => {
  let limited: TestApp;
  beforeAll(async () => {
    limited = await startApp({ config: { RATE_LIMITS: 'on' } });
  });
  afterAll(() => limited.stop());

  it('is refused after five attempts at one account', async () => {
    const mira = await aCustomer(limited);
    for (let attempt = 0; attempt < 5; attempt++) {
      await recover({ ...withCode(mira, 0), code: `000${attempt}-0000-0000-0000` }, limited).expect(401);
    }
    await recover(withCode(mira, 0), limited).expect(429);
    limited.clock.advance({ hours: 1 });
    await recover(withCode(mira, 0), limited).expect(201);
  });
});

describe('new recovery codes', () => {
  it('take the place of the earlier ones', async () => {
    const mira = await aCustomer(app);
    const { body } = await renew(mira).expect(201);
    expect(body.recovery_codes).toHaveLength(10);
    await recover(withCode(mira, 0)).expect(401);
    await recover({ ...withCode(mira, 0), code: body.recovery_codes[0] }).expect(201);
    expect(await announced(app, mira.key)).toContain('recovery-codes.renewed');
  });

  it('need the password, since a code replaces it', async () => {
    const mira = await aCustomer(app);
    const { body } = await renew(mira, 'not the password at all').expect(403);
    expect(body.type).toBe(`${app.url}/problems/wrong-password`);
    await recover(withCode(mira, 0)).expect(201);
  });

  it('need it in the request', async () => {
    const { api } = await aCustomer(app);
    const { body } = await api.post('/v1/me/recovery-codes').send({}).expect(400);
    expect(body.errors).toMatchObject([{ pointer: '/current_password' }]);
  });

  it('are one set when two ask at once', async () => {
    const mira = await aCustomer(app);
    const outcomes = await race(app.db, 'customer_passwords', { customer_id: mira.customerId }, [
      async () => (await renew(mira)).status,
      async () => (await renew(mira)).status,
    ]);
    expect(outcomes).toMatchObject([{ value: 201 }, { value: 201 }]);
    const { rowCount } = await app.db.query('select 1 from recovery_codes where customer_id = $1', [mira.customerId]);
    expect(rowCount).toBe(10);
  });
});
