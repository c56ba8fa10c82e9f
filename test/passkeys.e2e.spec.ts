import { randomUUID } from 'node:crypto';

import { PersonalData } from '../src/platform/personal-data.js';
import { Database } from '../src/platform/database/database.js';
import { aCustomer, bearer, type Caller, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Authenticator, type Circumstances } from './support/authenticator.js';
import { aPasskey, challengeOf } from './support/passkeys.js';
import { race, statusesOf } from './support/race.js';
import { announced, audited } from './support/records.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const creationOptions = async (api: Pick<Caller, 'post'>) =>
  (await api.post('/v1/me/passkeys/options').expect(201)).body;
const signIn = (body: object, to = app) => to.http.post('/v1/sessions').send(body);
const add = (api: Pick<Caller, 'post'>, credential: object, name = 'Phone') =>
  api.post('/v1/me/passkeys').send({ name, credential });

interface Owner extends TestCustomer {
  readonly authenticator: Authenticator;
  readonly passkeyId: string;
  /** What the authenticator answers to a new challenge. */
  answer(how?: Circumstances & { userHandle?: string | null }): Promise<object>;
}

/** Somebody who has a passkey. */
async function anOwner({ counts = false, to = app } = {}): Promise<Owner> {
  const customer = await aCustomer(to);
  const { id: passkeyId, authenticator } = await aPasskey(to, customer, counts);
  const answer = async (how?: Parameters<Owner['answer']>[0]) => authenticator.use(await challengeOf(to), how);
  return { ...customer, authenticator, passkeyId, answer };
}

const refusedLike = async (body: object) => {
  const { body: problem } = await signIn(body).expect(401);
  expect(problem.type).toBe(`${app.url}/problems/passkey-refused`);
  return { ...problem, instance: '' };
};

describe('a passkey', () => {
  it('is added with what the browser made, and listed by its name', async () => {
    const mira = await aCustomer(app);
    const authenticator = new Authenticator(app.url);
    const options = await creationOptions(mira.api);
    expect(options).toMatchObject({
      rp: { id: new URL(app.url).hostname, name: 'CCX' },
      user: { name: mira.email },
      attestation: 'none',
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const { body } = await add(mira.api, authenticator.make(options), 'Mira’s phone').expect(201);
    expect(body).toMatchObject({ name: 'Mira’s phone', synced: true, last_used_at: null });
    const { body: list } = await mira.api.get('/v1/me/passkeys').expect(200);
    expect(list).toEqual({ items: [body], next_cursor: null });
    expect(await announced(app, mira.key)).toContain('passkey.added');
    expect((await audited(app, mira.key)).at(-1)).toMatchObject({
      type: 'passkey.added',
      actor: { kind: 'customer' },
      data: { passkey_id: body.id },
    });
  });

  it('is told to the next browser, so that an authenticator makes no second one', async () => {
    const { api, authenticator } = await anOwner();
    const { excludeCredentials } = await creationOptions(api);
    expect(excludeCredentials).toMatchObject([{ id: authenticator.credentialId.toString('base64url') }]);
  });

  it('names its account to the authenticator without saying whose it is', async () => {
    const mira = await aCustomer(app);
    const { user } = await creationOptions(mira.api);
    const handle = Buffer.from(user.id, 'base64url');
    expect(handle.includes(Buffer.from(mira.customerId.replaceAll('-', ''), 'hex'))).toBe(false);
    expect(handle.toString()).not.toContain(mira.customerId);
    expect((await creationOptions(mira.api)).user.id).toBe(user.id);
    expect((await creationOptions((await aCustomer(app)).api)).user.id).not.toBe(user.id);
  });

  it('is there once, however often it is added', async () => {
    const mira = await aCustomer(app);
    const authenticator = new Authenticator(app.url);
    await add(mira.api, authenticator.make(await creationOptions(mira.api))).expect(201);
    const { body } = await add(mira.api, authenticator.make(await creationOptions(mira.api))).expect(409);
    expect(body.type).toBe(`${app.url}/problems/passkey-exists`);
  });

  it('is one of twenty at most', async () => {
    const mira = await aCustomer(app);
    const another = async () =>
      add(mira.api, new Authenticator(app.url).make(await creationOptions(mira.api)), 'One more');
    for (let count = 0; count < 20; count++) expect((await another()).status).toBe(201);
    const { body, status } = await another();
    expect([status, body.type]).toEqual([409, `${app.url}/problems/too-many-passkeys`]);
    const { body: page } = await mira.api.get('/v1/me/passkeys?limit=12').expect(200);
    const { body: rest } = await mira.api.get(`/v1/me/passkeys?limit=12&cursor=${page.next_cursor}`).expect(200);
    expect([page.items.length, rest.items.length, rest.next_cursor]).toEqual([12, 8, null]);
    await mira.api.get('/v1/me/passkeys?cursor=nonsense').expect(400);
  });

  it.each<[string, Circumstances]>([
    ['at another site', { origin: 'https://ccx.example.net' }],
    ['for another name', { rpId: 'example.net' }],
    ['without knowing who it was', { verified: false }],
    ['without anybody there', { present: false, verified: false }],
    ['as an answer to a sign-in', { type: 'webauthn.get' }],
    ['to a challenge of nobody’s', { challenge: 'bm9ib2R5IGFza2Vk' }],
    ['in a frame of another page', { crossOrigin: true }],
    ['with a certificate, whose issuer would have to be asked', { attestation: 'certificate' }],
  ])('is not added when it was made %s', async (_, how) => {
    const mira = await aCustomer(app);
    const made = new Authenticator(app.url).make(await creationOptions(mira.api), how);
    const { body } = await add(mira.api, made).expect(422);
    expect(body.type).toBe(`${app.url}/problems/passkey-not-valid`);
    expect((await mira.api.get('/v1/me/passkeys')).body.items).toEqual([]);
  });

  it('is not added with somebody else’s challenge, a used one or an old one', async () => {
    const [mira, tom] = [await aCustomer(app), await aCustomer(app)];
    const made = new Authenticator(app.url).make(await creationOptions(tom.api));
    await add(mira.api, made).expect(422);
    await add(tom.api, made).expect(201);
    await add(tom.api, new Authenticator(app.url).make(await creationOptions(tom.api), { crossOrigin: true })).expect(
      422,
    );
    await add(tom.api, made).expect(422);
    const late = await aCustomer(app);
    const options = await creationOptions(late.api);
    app.clock.advance({ minutes: 5 });
    const { body: session } = await signIn({ email: late.email, password: late.password }).expect(201);
    await add(bearer(app, session.token), new Authenticator(app.url).make(options)).expect(422);
  });

  it.each([
    ['no name', { credential: {} }, '/name'],
    ['a name of two lines', { name: 'a\nb', credential: {} }, '/name'],
    ['no passkey', { name: 'Phone' }, '/credential'],
    ['a list for a passkey', { name: 'Phone', credential: [] }, '/credential'],
    ['a passkey without an id', { name: 'Phone', credential: { response: {} } }, '/credential/id'],
    ['bytes that are none', { name: 'Phone', credential: { id: '+/=' } }, '/credential/id'],
    ['something that nobody knows', { name: 'Phone', credential: {}, rank: 1 }, '/rank'],
  ])('names the fault in %s', async (_, sent, pointer) => {
    const { api } = await aCustomer(app);
    const { body } = await api.post('/v1/me/passkeys').send(sent).expect(400);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('opens nothing once it is removed, which is in the log', async () => {
    const mira = await anOwner();
    await mira.api.delete(`/v1/me/passkeys/${mira.passkeyId}`).expect(204);
    expect((await audited(app, mira.key)).at(-1)).toMatchObject({
      type: 'passkey.removed',
      data: { passkey_id: mira.passkeyId },
    });
    await refusedLike({ passkey: await mira.answer() });
    await signIn({ email: mira.email, password: mira.password }).expect(201);
  });

  it('is not found when it is removed already, never was, or is somebody else’s', async () => {
    const [mira, tom] = [await anOwner(), await aCustomer(app)];
    for (const api of [tom.api, mira.api]) {
      const id = api === mira.api ? randomUUID() : mira.passkeyId;
      const { body } = await api.delete(`/v1/me/passkeys/${id}`).expect(404);
      expect(body.type).toBe(`${app.url}/problems/passkey-not-found`);
    }
  });

  it('is removed once when two requests race', async () => {
    const mira = await anOwner();
    const remove = async () => (await mira.api.delete(`/v1/me/passkeys/${mira.passkeyId}`)).status;
    const outcomes = await race(app.db, 'passkeys', { id: mira.passkeyId }, [remove, remove]);
    expect(statusesOf(outcomes)).toEqual([204, 404]);
  });

  it('is exported with the account, and goes with it', async () => {
    const mira = await anOwner();
    const registered = (name: string) =>
      app
        .get(PersonalData)
        .registered()
        .find(({ module }) => module === name)!;
    const exported = [];
    for await (const { kind, record } of registered('customers').export(app.get(Database).reader, mira.key)) {
      if (kind === 'passkey') exported.push(record);
    }
    expect(exported).toMatchObject([{ id: mira.passkeyId, name: 'Phone', transports: ['internal', 'hybrid'] }]);
    await app.get(Database).transaction((tx) => registered('access').erase(tx, mira.key));
    await refusedLike({ passkey: await mira.answer() });
  });
});

describe('signing in with a passkey', () => {
  it('needs neither address nor password, and names no passkey to strangers', async () => {
    const mira = await anOwner();
    const options = await challengeOf(app);
    expect(Object.keys(options).sort()).toEqual(['challenge', 'rpId', 'timeout', 'userVerification']);
    expect(options).toMatchObject({ rpId: new URL(app.url).hostname, userVerification: 'required' });
    const { body } = await signIn({ passkey: mira.authenticator.use(options) }).expect(201);
    expect(body.customer_id).toBe(mira.customerId);
    const { body: sessions } = await bearer(app, body.token).get('/v1/me/sessions').expect(200);
    expect(sessions.items).toMatchObject([
      { current: true, signed_in_with: 'passkey' },
      { current: false, signed_in_with: 'password' },
    ]);
    const { body: passkeys } = await mira.api.get('/v1/me/passkeys').expect(200);
    expect(passkeys.items[0].last_used_at).not.toBeNull();
    expect((await audited(app, mira.key)).at(-1)).toMatchObject({
      type: 'session.started',
      data: { session_id: body.id, method: 'passkey' },
    });
  });

  it('takes the account that an address names, and no other', async () => {
    const [mira, tom] = [await anOwner(), await anOwner()];
    const { body } = await signIn({ email: mira.email.toUpperCase(), passkey: await mira.answer() }).expect(201);
    expect(body.customer_id).toBe(mira.customerId);
    await refusedLike({ email: tom.email, passkey: await mira.answer() });
    await refusedLike({ email: `${randomUUID()}@example.org`, passkey: await mira.answer() });
  });

  it('begins one session with one answer', async () => {
    const mira = await anOwner();
    const passkey = await mira.answer();
    await signIn({ passkey }).expect(201);
    await refusedLike({ passkey });
  });

  it('begins one session when an answer is used twice at the same moment', async () => {
    const mira = await anOwner();
    const passkey = await mira.answer();
    const { rows } = await app.db.query(
      'select challenge_hash from webauthn_challenges order by expires_at desc limit 1',
    );
    const attempt = async () => (await signIn({ passkey })).status;
    const outcomes = await race(app.db, 'webauthn_challenges', rows[0], [attempt, attempt]);
    expect(statusesOf(outcomes)).toEqual([201, 401]);
  });

  it('begins no session when the passkey is removed meanwhile', async () => {
    const mira = await anOwner();
    const passkey = await mira.answer();
    const outcomes = await race(app.db, 'passkeys', { id: mira.passkeyId }, [
      async () => (await signIn({ passkey })).status,
      async () => (await mira.api.delete(`/v1/me/passkeys/${mira.passkeyId}`)).status,
    ]);
    // Whichever came first: a session that began before the removal, or none.
    expect([
      [201, 204],
      [204, 401],
    ]).toContainEqual(statusesOf(outcomes));
  });

  it('is good for five minutes', async () => {
    const mira = await anOwner();
    const passkey = await mira.answer();
    app.clock.advance({ minutes: 5 });
    expect(await refusedLike({ passkey })).toMatchObject({ status: 401 });
  });

  it('answers all that is wrong alike', async () => {
    const mira = await anOwner();
    const [tom, stranger] = [await anOwner(), new Authenticator(app.url)];
    stranger.make(await creationOptions(mira.api)); // and never added
    const wrong: object[] = [
      await mira.answer({ origin: 'https://ccx.example.net' }),
      await mira.answer({ rpId: 'example.net' }),
      await mira.answer({ verified: false }),
      await mira.answer({ present: false, verified: false }),
      await mira.answer({ type: 'webauthn.create' }),
      await mira.answer({ crossOrigin: true }),
      await mira.answer({ challenge: 'bm9ib2R5IGFza2Vk' }),
      await mira.answer({ userHandle: null }),
      await mira.answer({ userHandle: 'bm9ib2R5' }),
      stranger.use(await challengeOf(app)),
      { ...(await tom.answer()), id: mira.authenticator.credentialId.toString('base64url') },
    ];
    const [first, ...others] = await Promise.all(wrong.map((passkey) => refusedLike({ passkey })));
    for (const problem of others) expect(problem).toEqual(first);
    expect((await audited(app, mira.key)).at(-1)).toMatchObject({ type: 'session.refused', actor: { kind: 'system' } });
    await signIn({ passkey: await mira.answer() }).expect(201);
  });

  it('does not take the answer to a challenge for adding one', async () => {
    const mira = await anOwner();
    const { challenge } = await creationOptions(mira.api);
    expect(await refusedLike({ passkey: mira.authenticator.use({ challenge }) })).toMatchObject({ status: 401 });
  });

  it('is refused when the authenticator’s count goes back, as that of a copy does', async () => {
    const mira = await anOwner({ counts: true });
    await signIn({ passkey: await mira.answer() }).expect(201);
    await signIn({ passkey: await mira.answer({ counter: 9 }) }).expect(201);
    await refusedLike({ passkey: await mira.answer({ counter: 9 }) });
    await refusedLike({ passkey: await mira.answer({ counter: 0 }) });
    await signIn({ passkey: await mira.answer({ counter: 10 }) }).expect(201);
  });

  it('lets one of two copies in that say the same count at the same moment', async () => {
    const mira = await anOwner({ counts: true });
    const answers = [await mira.answer({ counter: 7 }), await mira.answer({ counter: 7 })] as const;
    const attempt = (passkey: object) => async () => (await signIn({ passkey })).status;
    const outcomes = await race(app.db, 'passkeys', { id: mira.passkeyId }, [attempt(answers[0]), attempt(answers[1])]);
    expect(statusesOf(outcomes)).toEqual([201, 401]);
  });

  it.each([
    ['a password beside it', { passkey: {}, password: 'three geese' }, '/password'],
    ['no passkey in it', { passkey: {} }, '/passkey/id'],
    ['a text for a passkey', { passkey: 'mine' }, '/passkey'],
    [
      'a handle that is too long',
      { passkey: { id: 'AAAA', response: { userHandle: 'A'.repeat(9000) } } },
      '/passkey/response/userHandle',
    ],
    ['an address that is none', { email: 'mira', passkey: {} }, '/email'],
  ])('names the fault in %s', async (_, sent, pointer) => {
    const { body } = await signIn(sent).expect(400);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('is counted as with passwords, and so are its challenges', async () => {
    const limited = await startApp({ config: { RATE_LIMITS: 'on' } });
    try {
      const mira = await anOwner({ to: limited });
      for (let count = 0; count < 10; count++) {
        await signIn({ passkey: await mira.answer({ verified: false }) }, limited).expect(401);
      }
      await signIn({ passkey: await mira.answer() }, limited).expect(429);
      const statuses = [];
      for (let count = 0; count < 190; count++) {
        statuses.push((await limited.http.post('/v1/passkeys/options')).status);
      }
      expect(statuses.filter((status) => status === 201)).toHaveLength(189);
      expect(statuses.at(-1)).toBe(429);
    } finally {
      await limited.stop();
    }
  });

  it('leaves no challenge behind', async () => {
    await challengeOf(app);
    app.clock.advance({ minutes: 6 });
    await app.runJob('webauthn-challenges');
    expect((await app.db.query('select 1 from webauthn_challenges')).rowCount).toBe(0);
  });
});
