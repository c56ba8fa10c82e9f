import { randomUUID } from 'node:crypto';

import { PersonalData } from '../src/platform/personal-data.js';
import { Database } from '../src/platform/database/database.js';
import { aCustomer, bearer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { race, statusesOf } from './support/race.js';
import { announced, audited } from './support/records.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const password = 'three geese over the canal';
const register = (body: object) => app.http.post('/v1/customers').send(body);
const anEmail = () => `${randomUUID()}@example.org`;
const inDays = (days: number) => new Date(app.clock.now().getTime() + days * 86_400_000).toISOString();
const held = (by = 'customers') =>
  app
    .get(PersonalData)
    .registered()
    .find(({ module }) => module === by)!;

/** How many rows each of the tables has. */
async function countOf(...tables: string[]): Promise<number[]> {
  const counts = await Promise.all(tables.map((table) => app.db.query(`select count(*)::int as n from ${table}`)));
  return counts.map(({ rows }) => rows[0].n as number);
}

describe('registering', () => {
  it('answers a session that works and ten recovery codes', async () => {
    const { body } = await register({ email: anEmail(), password }).expect(201);
    expect(body.recovery_codes).toHaveLength(10);
    expect(new Set(body.recovery_codes).size).toBe(10);
    const me = await bearer(app, body.session.token).get('/v1/me').expect(200);
    expect(me.body.customer_id).toBe(body.customer_id);
  });

  it('is not cached anywhere', async () => {
    const { headers } = await register({ email: anEmail(), password }).expect(201);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('keeps language and name, and addresses in English unless told', async () => {
    const told = await aCustomer(app, { language: 'de-AT', display_name: 'Mira' });
    expect((await told.api.get('/v1/me')).body).toMatchObject({ language: 'de-AT', display_name: 'Mira' });
    const untold = await aCustomer(app);
    expect((await untold.api.get('/v1/me')).body).toMatchObject({ language: 'en', display_name: null });
  });

  it('refuses an address that has an account, however it is written', async () => {
    const { email } = await aCustomer(app, { email: `Mira.${randomUUID()}@Example.org` });
    for (const again of [email, email.toLowerCase(), email.toUpperCase()]) {
      const { body } = await register({ email: again, password: 'quite another password' }).expect(409);
      expect(body.type).toBe(`${app.url}/problems/email-taken`);
    }
  });

  it('makes one account when many ask for the same address at once', async () => {
    const email = anEmail();
    const answers = await Promise.all(Array.from({ length: 8 }, () => register({ email, password })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
    const [customers, identities] = await countOf('customers', 'login_identities');
    expect(customers).toBe(identities);
  });

  it.each([
    ['no address', { password }, '/email'],
    ['something else for an address', { email: 'mira', password }, '/email'],
    ['an address that is too long', { email: `${'m'.repeat(250)}@example.org`, password }, '/email'],
    ['no password', { email: 'mira@example.org' }, '/password'],
    ['a number for a password', { email: 'mira@example.org', password: 123456789012 }, '/password'],
    ['a short password', { email: 'mira@example.org', password: 'elevenchars' }, '/password'],
    ['a password that everybody tries', { email: 'mira@example.org', password: 'Password1234' }, '/password'],
    ['the address for a password', { email: 'mira@example.org', password: 'MIRA@example.org' }, '/password'],
    ['no language', { email: 'mira@example.org', password, language: 'x' }, '/language'],
    ['null for a language', { email: 'mira@example.org', password, language: null }, '/language'],
    ['a name of two lines', { email: 'mira@example.org', password, display_name: 'Mira\nK.' }, '/display_name'],
    ['an empty name', { email: 'mira@example.org', password, display_name: '' }, '/display_name'],
    ['a member that nobody knows', { email: 'mira@example.org', password, role: 'admin' }, '/role'],
  ])('names the fault in %s', async (_, sent, pointer) => {
    const { body } = await register(sent).expect(400);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('leaves nothing behind when it is refused', async () => {
    const before = await countOf('customers', 'subject_keys', 'login_identities');
    await register({ email: 'mira@example.org', password: 'short' }).expect(400);
    expect(await countOf('customers', 'subject_keys', 'login_identities')).toEqual(before);
  });

  it('keeps neither address nor name where the database alone could show them', async () => {
    const {
      email,
      customerId,
      token,
      password: secret,
      recoveryCodes,
    } = await aCustomer(app, { display_name: 'Mirabelle' });
    const { rows } = await app.db.query(
      `select row_to_json(c) as row from customers c where customer_id = $1
       union all select row_to_json(p) from customer_passwords p where customer_id = $1
       union all select row_to_json(s) from sessions s where customer_id = $1
       union all select row_to_json(r) from recovery_codes r where customer_id = $1`,
      [customerId],
    );
    const stored = JSON.stringify(rows);
    for (const hidden of [email, 'Mirabelle', token, secret, ...recoveryCodes]) {
      expect(stored).not.toContain(hidden);
      expect(stored).not.toContain(Buffer.from(hidden).toString('hex'));
    }
  });

  it('is in the log and announced, once each', async () => {
    const customer = await aCustomer(app);
    const types = ['customer.registered', 'session.started'];
    expect((await audited(app, customer.key)).map(({ type }) => type)).toEqual(types);
    expect(await announced(app, customer.key)).toEqual(types);
  });
});

describe('registering again and again', () => {
  let limited: TestApp;
  beforeAll(async () => {
    limited = await startApp({ config: { RATE_LIMITS: 'on' } });
  });
  afterAll(() => limited.stop());

  it('is refused for a while after twenty times from one address', async () => {
    const attempt = () => limited.http.post('/v1/customers').send({ email: anEmail(), password });
    for (let count = 0; count < 20; count++) await attempt().expect(201);
    const { headers } = await attempt().expect(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    limited.clock.advance({ hours: 1 });
    await attempt().expect(201);
  });
});

describe('the account', () => {
  it('is answered anew only when it has changed', async () => {
    const { api } = await aCustomer(app);
    const { headers } = await api.get('/v1/me').expect(200);
    const { body, text } = await api.get('/v1/me').set('if-none-match', headers.etag!).expect(304);
    expect(text || JSON.stringify(body)).toMatch(/^(\{\})?$/);
  });

  it('is not asked for with a query, since there is nothing to choose', async () => {
    const { api } = await aCustomer(app);
    const { body } = await api.get('/v1/me?fields=email').expect(400);
    expect(body.errors).toMatchObject([{ pointer: 'query/fields' }]);
  });

  it('changes what is sent and keeps the rest', async () => {
    const { api, email } = await aCustomer(app, { display_name: 'Mira' });
    const { headers } = await api.get('/v1/me');
    const changed = await api.patch('/v1/me').set('if-match', headers.etag!).send({ language: 'de' }).expect(200);
    expect(changed.body).toMatchObject({ email, language: 'de', display_name: 'Mira' });
    const renamed = await api
      .patch('/v1/me')
      .set('if-match', changed.headers.etag!)
      .send({ display_name: null })
      .expect(200);
    expect(renamed.body).toMatchObject({ language: 'de', display_name: null });
    expect((await api.get('/v1/me')).body).toEqual(renamed.body);
  });

  it('is not changed without saying which version of it is meant', async () => {
    const { api } = await aCustomer(app);
    await api.patch('/v1/me').send({ language: 'de' }).expect(428);
    const { headers } = await api.get('/v1/me');
    await api.patch('/v1/me').set('if-match', headers.etag!).send({ language: 'de' }).expect(200);
    const { body } = await api.patch('/v1/me').set('if-match', headers.etag!).send({ language: 'fr' }).expect(412);
    expect(body.type).toBe(`${app.url}/problems/stale-version`);
    expect((await api.get('/v1/me')).body.language).toBe('de');
  });

  it('is changed by one of two that race', async () => {
    const { api, customerId, key } = await aCustomer(app);
    const { headers } = await api.get('/v1/me');
    const change = (language: string) => async () =>
      (await api.patch('/v1/me').set('if-match', headers.etag!).send({ language })).status;
    const outcomes = await race(app.db, 'customers', { customer_id: customerId }, [change('de'), change('fr')]);
    expect(statusesOf(outcomes)).toEqual([200, 412]);
    expect((await announced(app, key)).filter((type) => type === 'customer.updated')).toHaveLength(1);
  });

  it('refuses changes that it does not know', async () => {
    const { api } = await aCustomer(app);
    const { body } = await api.patch('/v1/me').set('if-match', '*').send({ email: 'other@example.org' }).expect(400);
    expect(body.errors[0].pointer).toBe('/email');
  });

  it('says in the log what changed, not to what', async () => {
    const { api, key } = await aCustomer(app);
    await api.patch('/v1/me').set('if-match', '*').send({ display_name: 'Mirabelle' }).expect(200);
    const [entry] = (await audited(app, key)).filter(({ type }) => type === 'customer.updated');
    expect(entry).toMatchObject({ actor: { kind: 'customer' }, data: { changed: ['display_name'] } });
    expect(JSON.stringify(entry)).not.toContain('Mirabelle');
  });
});

describe('what is held of a customer by this module', () => {
  it('is handed over opened, without secrets', async () => {
    const { api, key, email } = await aCustomer(app, { display_name: 'Mira' });
    await api
      .post('/v1/me/tokens')
      .send({ name: 'home server', scopes: ['preferences.read'], expires_at: inDays(30) })
      .expect(201);
    const records = [];
    for await (const record of held().export(app.get(Database).reader, key)) records.push(record);
    expect(records.map(({ kind }) => kind)).toEqual(['account', 'session', 'personal_token']);
    expect(records[0]!.record).toMatchObject({ email, display_name: 'Mira' });
    expect(records[2]!.record).toMatchObject({ name: 'home server' });
    expect(JSON.stringify(records)).not.toMatch(/hash|sealed|ccx_|argon2/);
  });

  it('is gone when it is erased, and so is every way in', async () => {
    const { api, key, email } = await aCustomer(app);
    const access = held('access');
    await app.get(Database).transaction(async (tx) => {
      await access.erase(tx, key);
      await held().erase(tx, key);
    });
    for (const table of [...access.tables, ...held().tables]) {
      const { rowCount } = await app.db.query(`select 1 from ${table} where customer_id = $1`, [key.customerId]);
      expect({ table, rowCount }).toEqual({ table, rowCount: 0 });
    }
    await api.get('/v1/me').expect(401);
    await app.http.post('/v1/sessions').send({ email, password }).expect(401);
    await register({ email, password }).expect(201);
  });
});
