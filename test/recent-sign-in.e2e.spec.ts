import { randomUUID } from 'node:crypto';

import type { Test } from 'supertest';

import { aCustomer, bearer, type Caller, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Authenticator } from './support/authenticator.js';
import { aPasskey, challengeOf } from './support/passkeys.js';
import { announced } from './support/records.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const signIn = async ({ email, password }: TestCustomer) =>
  bearer(app, (await app.http.post('/v1/sessions').send({ email, password }).expect(201)).body.token);

/** A token for a program, which lives on when the session has ended. */
function aToken(): object {
  const expires_at = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
  return { name: 'home server', scopes: ['preferences.read'], expires_at };
}

/** What whoever found an open browser must not be able to do, each as far as it goes without that. */
const dangerous: [string, (api: Caller, mira: TestCustomer) => Test, number][] = [
  [
    'changing the password',
    (api, { password }) =>
      api.put('/v1/me/password').send({ current_password: password, new_password: 'no geese over any canal' }),
    204,
  ],
  [
    'making new recovery codes',
    (api, { password }) => api.post('/v1/me/recovery-codes').send({ current_password: password }),
    201,
  ],
  ['beginning to add a passkey', (api) => api.post('/v1/me/passkeys/options'), 201],
  [
    'adding a passkey',
    (api) => {
      const options = { challenge: 'bm9ib2R5', rp: { id: 'nobody' }, user: { id: 'bm9ib2R5' } };
      return api.post('/v1/me/passkeys').send({ name: 'Phone', credential: new Authenticator(app.url).make(options) });
    },
    422,
  ],
  ['removing a passkey', (api) => api.delete(`/v1/me/passkeys/${randomUUID()}`), 404],
  ['making a personal token', (api) => api.post('/v1/me/tokens').send(aToken()), 201],
];

describe.each(dangerous)('%s', (_, attempt, status) => {
  it('needs a sign-in of the last five minutes, and says so in the words of RFC 9470', async () => {
    const mira = await aCustomer(app);
    app.clock.advance({ minutes: 5, seconds: 1 });
    const before = await announced(app, mira.key);
    const { body, headers } = await attempt(mira.api, mira).expect(401);
    expect(body).toMatchObject({ type: `${app.url}/problems/recent-sign-in-required`, retryable: false });
    expect(headers['www-authenticate']).toMatch(/^Bearer .*error="insufficient_user_authentication".*max_age="300"/);
    expect(await announced(app, mira.key)).toEqual(before);
    await mira.api.get('/v1/me').expect(200);
    await attempt(await signIn(mira), mira).expect(status);
  });

  it('is done within five minutes', async () => {
    const mira = await aCustomer(app);
    app.clock.advance({ minutes: 4, seconds: 50 });
    await attempt(mira.api, mira).expect(status);
  });

  it('is refused to personal tokens, however new they are', async () => {
    const mira = await aCustomer(app);
    const { body } = await mira.api.post('/v1/me/tokens').send(aToken()).expect(201);
    await attempt(bearer(app, body.token), mira).expect(403);
  });
});

describe('a recent sign-in', () => {
  it('may be one with a passkey', async () => {
    const mira = await aCustomer(app);
    const { authenticator } = await aPasskey(app, mira);
    app.clock.advance({ minutes: 6 });
    await mira.api.post('/v1/me/passkeys/options').expect(401);
    const passkey = authenticator.use(await challengeOf(app));
    const { body } = await app.http.post('/v1/sessions').send({ passkey }).expect(201);
    await bearer(app, body.token).post('/v1/me/passkeys/options').expect(201);
  });
});
