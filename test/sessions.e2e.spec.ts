import { randomUUID } from 'node:crypto';

import { CustomersService } from '../src/customers/customers.service.js';
import { Afterwards } from '../src/platform/afterwards.js';
import { aCustomer, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { race, statusesOf, untilWaiting } from './support/race.js';
import { announced, audited } from './support/records.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const signIn = (body: object, to = app) => to.http.post('/v1/sessions').send(body);
const change = (mira: TestCustomer, body: object) => mira.api.put('/v1/me/password').send(body);
const another = async ({ email, password }: TestCustomer, device = 'a phone') =>
  (await signIn({ email, password }).set('user-agent', device).expect(201)).body as { id: string; token: string };

/** Waits until the use of sessions is noted, which no answer waits for. */
const noted = () => app.get(Afterwards).settled();

describe('signing in', () => {
  it('answers a token of its own each time, and none ends another', async () => {
    const mira = await aCustomer(app);
    const [first, second] = [await another(mira), await another(mira)];
    expect(first.token).not.toBe(second.token);
    for (const { token } of [mira, first, second]) await bearer(app, token).get('/v1/me').expect(200);
  });

  it('takes the address in any case and the password as it is', async () => {
    const { email, password, customerId } = await aCustomer(app);
    const { body } = await signIn({ email: email.toUpperCase(), password }).expect(201);
    expect(body.customer_id).toBe(customerId);
    await signIn({ email, password: password.toUpperCase() }).expect(401);
  });

  it('answers a wrong password and an unknown address alike', async () => {
    const { email } = await aCustomer(app);
    const wrong = await signIn({ email, password: 'not the password at all' }).expect(401);
    const unknown = await signIn({ email: `${randomUUID()}@example.org`, password: 'not it at all' }).expect(401);
    expect(wrong.body.type).toBe(`${app.url}/problems/sign-in-refused`);
    expect({ ...unknown.body, instance: '' }).toEqual({ ...wrong.body, instance: '' });
    const volatile = ['x-request-id', 'traceparent', 'date', 'content-length'];
    const rest = (headers: Record<string, string>) =>
      Object.fromEntries(Object.entries(headers).filter(([name]) => !volatile.includes(name)));
    expect(rest(unknown.headers)).toEqual(rest(wrong.headers));
  });

  it('writes as much for an unknown address as for a wrong password', async () => {
    const { email, key } = await aCustomer(app);
    await signIn({ email, password: 'not the password at all' }).expect(401);
    const before = (await audited(app, null)).length;
    await signIn({ email: `${randomUUID()}@example.org`, password: 'not it at all' }).expect(401);
    expect((await audited(app, null)).slice(before)).toMatchObject([{ type: 'session.refused' }]);
    expect((await audited(app, key)).at(-1)).toMatchObject({ type: 'session.refused', actor: { kind: 'system' } });
    expect((await announced(app, key)).at(-1)).toBe('session.refused');
  });

  it('does not hash a password that nobody can have', async () => {
    const { email } = await aCustomer(app);
    await signIn({ email, password: '🦆'.repeat(100_000) }).expect(401);
  });

  it.each([
    ['no address', { password: 'something' }, '/email'],
    ['no password', { email: 'mira@example.org' }, '/password'],
    ['a list for a password', { email: 'mira@example.org', password: ['a'] }, '/password'],
  ])('names the fault in %s', async (_, sent, pointer) => {
    const { body } = await signIn(sent).expect(400);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });

  it('begins no session when the password is changed meanwhile', async () => {
    const mira = await aCustomer(app);
    const { email, password, customerId } = mira;
    const [changed, signedIn] = await race(app.db, 'customer_passwords', { customer_id: customerId }, [
      async () => (await change(mira, { current_password: password, new_password: 'no geese anywhere' })).status,
      async () => {
        await untilWaiting(app.db, 1);
        return (await signIn({ email, password })).status;
      },
    ]);
    expect([changed, signedIn]).toMatchObject([{ value: 204 }, { value: 401 }]);
    expect((await mira.api.get('/v1/me/sessions').expect(200)).body.items).toHaveLength(1);
  });
});

describe('guessing passwords', () => {
  let limited: TestApp;
  beforeAll(async () => {
    limited = await startApp({ config: { RATE_LIMITS: 'on', TRUST_PROXY: 'loopback' } });
  });
  afterAll(() => limited.stop());

  it('is refused after ten attempts at one account, even the right one, until time has passed', async () => {
    const { email, password } = await aCustomer(limited);
    for (let attempt = 0; attempt < 10; attempt++) {
      await signIn({ email: attempt % 2 ? email : email.toUpperCase(), password: `guess ${attempt}` }, limited).expect(
        401,
      );
    }
    const { headers, body } = await signIn({ email, password }, limited).expect(429);
    expect(body).toMatchObject({ type: `${limited.url}/problems/rate-limited`, retryable: true });
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(900);
    limited.clock.advance({ minutes: 15 });
    await signIn({ email, password }, limited).expect(201);
  });

  it('is all that counts: whoever knows the password signs in as often as they like', async () => {
    limited.clock.advance({ minutes: 15 });
    const { email, password } = await aCustomer(limited);
    for (let count = 0; count < 12; count++) await signIn({ email, password }, limited).expect(201);
    for (let count = 0; count < 9; count++) await signIn({ email, password: `guess ${count}` }, limited).expect(401);
    await signIn({ email, password }, limited).expect(201);
    await signIn({ email, password: 'the tenth guess' }, limited).expect(401);
    await signIn({ email, password }, limited).expect(429);
  });

  it('gets no more attempts by making them at the same moment, with right ones among them', async () => {
    limited.clock.advance({ minutes: 15 });
    const { email, password } = await aCustomer(limited);
    const attempts = Array.from({ length: 25 }, (_, count) => (count % 5 ? `guess ${count}` : password));
    const statuses = await Promise.all(
      attempts.map(async (attempt) => (await signIn({ email, password: attempt }, limited)).status),
    );
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
    expect(statuses).toContain(429);
  });

  it('keeps nobody out of an account but whoever guesses', async () => {
    limited.clock.advance({ minutes: 15 });
    const { email, password } = await aCustomer(limited);
    const from = (address: string, attempt: string) =>
      signIn({ email, password: attempt }, limited).set('x-forwarded-for', address);
    for (let count = 0; count < 20; count++) {
      await from('192.0.2.1', `guess ${count}`).expect(count < 10 ? 401 : 429);
    }
    await from('192.0.2.2', password).expect(201);
  });

  it('is refused after a hundred attempts at one account, wherever they come from', async () => {
    limited.clock.advance({ minutes: 15 });
    const { email, password } = await aCustomer(limited);
    for (let count = 0; count < 101; count++) {
      await signIn({ email, password: `guess ${count}` }, limited)
        .set('x-forwarded-for', `192.0.2.${count}`)
        .expect(count < 100 ? 401 : 429);
    }
    await signIn({ email, password }, limited).expect(429);
  });

  it('is refused after a hundred attempts from one address, whomever they are aimed at', async () => {
    limited.clock.advance({ minutes: 15 });
    const attempt = async () =>
      (await signIn({ email: `${randomUUID()}@example.org`, password: 'any guess' }, limited)).status;
    const statuses: number[] = [];
    for (let count = 0; count < 110; count += 10) {
      statuses.push(...(await Promise.all(Array.from({ length: 10 }, attempt))));
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(100);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  });
});

describe('a session', () => {
  it('ends when nobody used it for twelve hours', async () => {
    const mira = await aCustomer(app);
    app.clock.advance({ hours: 11, minutes: 59 });
    await mira.api.get('/v1/me').expect(200);
    await noted();
    app.clock.advance({ hours: 11, minutes: 59 });
    await mira.api.get('/v1/me').expect(200);
    await noted();
    app.clock.advance({ hours: 12 });
    await mira.api.get('/v1/me').expect(401);
  });

  it('ends after thirty days, however much it is used', async () => {
    const mira = await aCustomer(app);
    for (let use = 0; use < 61; use++) {
      app.clock.advance({ hours: 11, minutes: 45 });
      await mira.api.get('/v1/me').expect(200);
      await noted();
    }
    app.clock.advance({ hours: 4 });
    await mira.api.get('/v1/me').expect(401);
  });

  it('is noted to be used at most once a minute', async () => {
    const { api } = await aCustomer(app);
    const lastUse = async () => {
      await noted();
      return (await api.get('/v1/me/sessions')).body.items[0].last_used_at as string;
    };
    const start = await lastUse();
    app.clock.advance({ seconds: 50 });
    await api.get('/v1/me');
    expect(await lastUse()).toBe(start);
    app.clock.advance({ seconds: 15 });
    await api.get('/v1/me');
    expect(Date.parse(await lastUse()) - Date.parse(start)).toBeGreaterThan(60_000);
  });

  it('is not opened by a token with anything changed', async () => {
    const { token } = await aCustomer(app);
    const { token: other } = await aCustomer(app);
    const own = Buffer.from(token.slice(7), 'base64url');
    const foreign = Buffer.from(other.slice(7), 'base64url');
    const mixed = Buffer.concat([foreign.subarray(0, 16), own.subarray(16)]);
    for (const forged of [
      `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`,
      `ccx_pt_${token.slice(7)}`,
      `ccx_st_${mixed.toString('base64url')}`,
      'ccx_st_',
    ]) {
      await bearer(app, forged).get('/v1/me').expect(401);
    }
  });
});

describe('the list of sessions', () => {
  it('shows where the customer is signed in, newest first, and which one asks', async () => {
    const mira = await aCustomer(app);
    const phone = await another(mira);
    const { body } = await mira.api.get('/v1/me/sessions').expect(200);
    expect(body.items).toMatchObject([
      { id: phone.id, current: false },
      { id: mira.sessionId, current: true },
    ]);
    expect(JSON.stringify(body)).not.toContain('ccx_st_');
  });

  it('shows what the program called itself, shortened', async () => {
    const mira = await aCustomer(app);
    await another(mira, 'x'.repeat(1000));
    const { body } = await mira.api.get('/v1/me/sessions').expect(200);
    expect(body.items[0].device).toBe('x'.repeat(200));
  });

  it('comes in pages', async () => {
    const mira = await aCustomer(app);
    const ids = [mira.sessionId];
    for (let count = 0; count < 4; count++) ids.unshift((await another(mira)).id);
    const seen: string[] = [];
    let query = 'limit=2';
    for (let page = 0; page < 3; page++) {
      const { body } = await mira.api.get(`/v1/me/sessions?${query}`).expect(200);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      query = `limit=2&cursor=${body.next_cursor}`;
      expect(body.next_cursor === null).toBe(page === 2);
    }
    expect(seen).toEqual(ids);
  });

  it.each(['limit=0', 'limit=few', 'cursor=nonsense', 'page=2'])('refuses the query %s', async (query) => {
    const { api } = await aCustomer(app);
    await api.get(`/v1/me/sessions?${query}`).expect(400);
  });

  it('has fifty at most: one more ends the one that was used least recently', async () => {
    const mira = await aCustomer(app);
    const tokens: string[] = [];
    for (let count = 0; count < 50; count++) {
      tokens.push((await app.get(CustomersService).signIn(mira.email, mira.password, { address: '::1' })).token);
    }
    await mira.api.get('/v1/me').expect(401);
    const latest = bearer(app, tokens.at(-1)!);
    expect((await latest.get('/v1/me/sessions?limit=200').expect(200)).body.items).toHaveLength(50);
    const ended = (await audited(app, mira.key)).filter(({ type }) => type === 'session.ended');
    expect(ended).toMatchObject([{ data: { session_id: mira.sessionId, reason: 'displaced' } }]);
  });
});

describe('ending a session', () => {
  it('by signing out works at once', async () => {
    const mira = await aCustomer(app);
    const phone = await another(mira);
    await bearer(app, phone.token).delete('/v1/me/sessions/current').expect(204);
    await bearer(app, phone.token).get('/v1/me').expect(401);
    await mira.api.get('/v1/me').expect(200);
    expect((await audited(app, mira.key)).at(-1)).toMatchObject({
      type: 'session.ended',
      data: { session_id: phone.id, reason: 'signed_out' },
    });
    expect((await announced(app, mira.key)).at(-1)).toBe('session.ended');
  });

  it('is refused with a query that nobody knows', async () => {
    const { api } = await aCustomer(app);
    await api.delete('/v1/me/sessions/current?all=true').expect(400);
    await api.get('/v1/me').expect(200);
  });

  it('works from elsewhere', async () => {
    const mira = await aCustomer(app);
    const phone = await another(mira);
    await mira.api.delete(`/v1/me/sessions/${phone.id}`).expect(204);
    await bearer(app, phone.token).get('/v1/me').expect(401);
  });

  it('is not found when it has ended, never was, or is somebody else’s', async () => {
    const [mira, tom] = [await aCustomer(app), await aCustomer(app)];
    const phone = await another(mira);
    await mira.api.delete(`/v1/me/sessions/${phone.id}`).expect(204);
    for (const id of [phone.id, randomUUID(), tom.sessionId]) {
      const { body } = await mira.api.delete(`/v1/me/sessions/${id}`).expect(404);
      expect(body.type).toBe(`${app.url}/problems/session-not-found`);
    }
    await tom.api.get('/v1/me').expect(200);
  });

  it('refuses an id that is none', async () => {
    const { api } = await aCustomer(app);
    const { body } = await api.delete('/v1/me/sessions/first').expect(400);
    expect(body.errors[0].pointer).toBe('path/id');
  });

  it('is recorded once when two requests race', async () => {
    const mira = await aCustomer(app);
    const phone = await another(mira);
    const end = async () => (await mira.api.delete(`/v1/me/sessions/${phone.id}`)).status;
    const outcomes = await race(app.db, 'sessions', { id: phone.id }, [end, end]);
    expect(statusesOf(outcomes)).toEqual([204, 404]);
    expect((await announced(app, mira.key)).filter((type) => type === 'session.ended')).toHaveLength(1);
  });
});

describe('changing the password', () => {
  it('ends the other sessions, keeps this one, and takes the new password from then on', async () => {
    const mira = await aCustomer(app);
    const phone = await another(mira);
    const next = 'no geese over any canal';
    await change(mira, { current_password: mira.password, new_password: next }).expect(204);
    await mira.api.get('/v1/me').expect(200);
    await bearer(app, phone.token).get('/v1/me').expect(401);
    await signIn({ email: mira.email, password: mira.password }).expect(401);
    await signIn({ email: mira.email, password: next }).expect(201);
    expect(await announced(app, mira.key)).toEqual(expect.arrayContaining(['password.changed', 'session.ended']));
  });

  it('needs the current one, whoever holds the session', async () => {
    const mira = await aCustomer(app);
    const { body } = await change(mira, {
      current_password: 'not the password at all',
      new_password: 'no geese over any canal',
    }).expect(403);
    expect(body).toMatchObject({
      type: `${app.url}/problems/wrong-password`,
      errors: [{ pointer: '/current_password' }],
    });
    await signIn({ email: mira.email, password: mira.password }).expect(201);
  });

  it('refuses a new one that would be guessed', async () => {
    const mira = await aCustomer(app, { email: `mira.${randomUUID()}@example.org` });
    for (const guessed of ['short', mira.email, 'password1234']) {
      const { body } = await change(mira, { current_password: mira.password, new_password: guessed }).expect(400);
      expect(body.errors[0].pointer).toBe('/new_password');
    }
  });

  it('is done by one of two that race with the same current one', async () => {
    const mira = await aCustomer(app);
    const to = (next: string) => async () =>
      (await change(mira, { current_password: mira.password, new_password: next })).status;
    const outcomes = await race(app.db, 'customer_passwords', { customer_id: mira.customerId }, [
      to('no geese over any canal'),
      to('some geese over the canal'),
    ]);
    expect(statusesOf(outcomes)).toEqual([204, 403]);
    expect((await announced(app, mira.key)).filter((type) => type === 'password.changed')).toHaveLength(1);
  });
});
