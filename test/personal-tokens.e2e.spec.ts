import { randomUUID } from 'node:crypto';

import { CustomersService } from '../src/customers/customers.service.js';
import { Afterwards } from '../src/platform/afterwards.js';
import { customerScopes } from '../src/platform/http/access.js';
import { aCustomer, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { race, statusesOf } from './support/race.js';
import { announced, audited } from './support/records.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const inDays = (days: number) => new Date(app.clock.now().getTime() + days * 86_400_000).toISOString();
const make = (mira: TestCustomer, body: object = {}) =>
  mira.api
    .post('/v1/me/tokens')
    .send({ name: 'home server', scopes: ['preferences.read'], expires_at: inDays(30), ...body });
const principalOf = (token: string) => app.get(CustomersService).authenticate(token);

describe('a personal token', () => {
  it('is shown once, and lets a program do what it was made for', async () => {
    const mira = await aCustomer(app);
    const { body } = await make(mira, { scopes: ['preferences.read', 'disclosures.read'] }).expect(201);
    expect(body).toMatchObject({
      name: 'home server',
      scopes: ['preferences.read', 'disclosures.read'],
      last_used_at: null,
    });
    expect(await principalOf(body.token)).toEqual({
      kind: 'customer',
      customer: mira.key,
      scopes: ['preferences.read', 'disclosures.read'],
      tokenId: body.id,
    });
    const { body: list } = await mira.api.get('/v1/me/tokens').expect(200);
    expect(list.items).toMatchObject([{ id: body.id, name: 'home server' }]);
    expect(JSON.stringify(list)).not.toContain('ccx_pt_');
  });

  it('never rules the account', async () => {
    const mira = await aCustomer(app);
    const scopes = customerScopes.filter((scope) => scope !== 'account');
    const { body } = await make(mira, { scopes }).expect(201);
    const program = bearer(app, body.token);
    for (const path of ['/v1/me', '/v1/me/sessions', '/v1/me/tokens']) {
      const refused = await program.get(path).expect(403);
      expect(refused.body).toMatchObject({
        type: `${app.url}/problems/insufficient-scope`,
        required_scopes: ['account'],
      });
    }
    await make(mira, { scopes: ['account'] }).expect(400);
  });

  it('ends when it was said to', async () => {
    const mira = await aCustomer(app);
    const { body } = await make(mira, { expires_at: inDays(90) }).expect(201);
    app.clock.advance({ days: 89 });
    expect(await principalOf(body.token)).not.toBeNull();
    app.clock.advance({ days: 1 });
    expect(await principalOf(body.token)).toBeNull();
  });

  it('is noted to be used', async () => {
    const mira = await aCustomer(app);
    const { body } = await make(mira).expect(201);
    await principalOf(body.token);
    await app.get(Afterwards).settled();
    const { body: list } = await mira.api.get('/v1/me/tokens').expect(200);
    expect(list.items[0].last_used_at).not.toBeNull();
  });

  it.each([
    ['no name', { name: undefined }, '/name'],
    ['a name of spaces', { name: '  ' }, '/name'],
    ['no scopes', { scopes: [] }, '/scopes'],
    ['a scope twice', { scopes: ['preferences.read', 'preferences.read'] }, '/scopes'],
    ['a scope that nobody knows', { scopes: ['everything'] }, '/scopes'],
    ['no end', { expires_at: undefined }, '/expires_at'],
    ['a day for an end', { expires_at: '2027-01-01' }, '/expires_at'],
    ['an end in the past', { expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
    ['an end that is too far away', { expires_at: '2199-01-01T00:00:00Z' }, '/expires_at'],
  ])('is refused with %s', async (_, sent, pointer) => {
    const { body } = await make(await aCustomer(app), sent).expect(400);
    expect(body.errors[0].pointer).toBe(pointer);
  });

  it('is one of fifty at most, also when two are made at once', async () => {
    const mira = await aCustomer(app);
    for (let count = 0; count < 49; count++) await make(mira).expect(201);
    const attempt = async () => (await make(mira)).status;
    const outcomes = await race(app.db, 'customers', { customer_id: mira.customerId }, [attempt, attempt]);
    expect(statusesOf(outcomes)).toEqual([201, 409]);
    const { body } = await make(mira).expect(409);
    expect(body.type).toBe(`${app.url}/problems/too-many-tokens`);
    const { body: list } = await mira.api.get('/v1/me/tokens').expect(200);
    await mira.api.delete(`/v1/me/tokens/${list.items[0].id}`).expect(204);
    await make(mira).expect(201);
  });
});

describe('revoking a personal token', () => {
  it('works at once and is recorded', async () => {
    const mira = await aCustomer(app);
    const { body } = await make(mira).expect(201);
    await mira.api.delete(`/v1/me/tokens/${body.id}`).expect(204);
    expect(await principalOf(body.token)).toBeNull();
    expect((await audited(app, mira.key)).slice(2)).toMatchObject([
      { type: 'personal-token.made', data: { token_id: body.id, scopes: ['preferences.read'] } },
      { type: 'personal-token.revoked', data: { token_id: body.id } },
    ]);
    expect((await announced(app, mira.key)).slice(2)).toEqual(['personal-token.made', 'personal-token.revoked']);
  });

  it('is not found for one that is revoked, never was, or is somebody else’s', async () => {
    const [mira, tom] = [await aCustomer(app), await aCustomer(app)];
    const { body: own } = await make(mira).expect(201);
    const { body: foreign } = await make(tom).expect(201);
    await mira.api.delete(`/v1/me/tokens/${own.id}`).expect(204);
    for (const id of [own.id, randomUUID(), foreign.id]) {
      const { body } = await mira.api.delete(`/v1/me/tokens/${id}`).expect(404);
      expect(body.type).toBe(`${app.url}/problems/personal-token-not-found`);
    }
    expect(await principalOf(foreign.token)).not.toBeNull();
  });

  it('refuses an id that is none', async () => {
    const { api } = await aCustomer(app);
    await api.delete('/v1/me/tokens/first').expect(400);
  });

  it('is recorded once when two requests race', async () => {
    const mira = await aCustomer(app);
    const { body } = await make(mira).expect(201);
    const revoke = async () => (await mira.api.delete(`/v1/me/tokens/${body.id}`)).status;
    const outcomes = await race(app.db, 'personal_tokens', { id: body.id }, [revoke, revoke]);
    expect(statusesOf(outcomes)).toEqual([204, 404]);
    expect((await announced(app, mira.key)).filter((type) => type === 'personal-token.revoked')).toHaveLength(1);
  });
});

describe('the list of personal tokens', () => {
  it('comes in pages, newest first, without those that have ended', async () => {
    const mira = await aCustomer(app);
    await make(mira, { name: 'ended', expires_at: inDays(1) }).expect(201);
    for (const name of ['first', 'second', 'third']) await make(mira, { name, expires_at: inDays(60) }).expect(201);
    app.clock.advance({ days: 2 });
    const { body: session } = await app.http.post('/v1/sessions').send({ email: mira.email, password: mira.password });
    const api = bearer(app, session.token);
    const { body: page } = await api.get('/v1/me/tokens?limit=2').expect(200);
    expect(page.items).toMatchObject([{ name: 'third' }, { name: 'second' }]);
    const { body: rest } = await api.get(`/v1/me/tokens?limit=2&cursor=${page.next_cursor}`).expect(200);
    expect(rest).toMatchObject({ items: [{ name: 'first' }], next_cursor: null });
    await api.get('/v1/me/tokens?cursor=nonsense').expect(400);
  });
});
