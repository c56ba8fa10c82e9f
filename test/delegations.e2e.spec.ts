import { randomUUID } from 'node:crypto';

import { Database } from '../src/platform/database/database.js';
import { PersonalData } from '../src/platform/personal-data.js';
import { ccxCore110 } from '../src/vocabulary/ccx-core/1.1.0.js';
import { Vocabulary } from '../src/vocabulary/vocabulary.js';
import { aCustomer, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { accept, aDelegation, anOffer, aProgram, inDays, terms } from './support/delegations.js';
import { deliver, deliverAgain } from './support/outbox.js';
import { race, statusesOf } from './support/race.js';
import { announced, audited } from './support/records.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const code = (body: { type: string }) => body.type.split('/').at(-1);
const get = ({ api }: TestCustomer, id: string) => api.get(`/v1/me/delegations/${id}`);
const end = ({ api }: TestCustomer, id: string) => api.delete(`/v1/me/delegations/${id}`);
const narrow = ({ api }: TestCustomer, id: string, change: object) =>
  api.patch(`/v1/me/delegations/${id}`).send(change);
const entriesOf = async ({ key }: TestCustomer) =>
  (await audited(app, key)).filter(({ type }) => (type as string).startsWith('delegation.'));
const eventsOf = async ({ key }: TestCustomer) =>
  (await announced(app, key)).filter((type) => type.startsWith('delegation.'));

async function signedInAgain(customer: TestCustomer): Promise<TestCustomer> {
  const { email, password } = customer;
  const { body } = await app.http.post('/v1/sessions').send({ email, password }).expect(201);
  return { ...customer, token: body.token, sessionId: body.id, api: bearer(app, body.token) };
}

describe('offering a delegation', () => {
  it('answers the invitation once, and never again', async () => {
    const mira = await aCustomer(app);
    const { body } = await mira.api
      .post('/v1/me/delegations')
      .send(terms(app, { scopes: ['preferences.read'], attributes: ['size', 'food.allergen'] }))
      .expect(201);
    expect(body).toMatchObject({
      role: 'giver',
      name: 'Anna, who does the shopping',
      status: 'offered',
      scopes: ['preferences.read'],
      attributes: ['size', 'food.allergen'],
      invitation: expect.stringMatching(/^ccx_dl_[\w-]{64}$/),
      accepted_at: null,
      ended_at: null,
    });
    expect(Date.parse(body.invitation_expires_at) - Date.parse(body.offered_at)).toBe(7 * 86_400_000);
    const { body: again } = await get(mira, body.id).expect(200);
    expect(again).not.toHaveProperty('invitation');
    const { rows } = await app.db.query<{ row: string }>('select d::text as row from delegations d where id = $1', [
      body.id,
    ]);
    expect(rows[0]?.row).not.toContain('Anna');
    expect(rows[0]?.row).not.toContain(body.invitation);
  });

  it('is recorded, without the name', async () => {
    const mira = await aCustomer(app);
    const { id } = await anOffer(app, mira, { scopes: ['consents.read'] });
    expect(await entriesOf(mira)).toMatchObject([
      {
        type: 'delegation.offered',
        actor: { kind: 'customer' },
        data: { delegation_id: id, by: 'giver', scopes: ['consents.read'], attributes: null },
      },
    ]);
    expect(JSON.stringify(await entriesOf(mira))).not.toContain('Anna');
    expect(await eventsOf(mira)).toEqual(['delegation.offered']);
  });

  it('needs a recent sign-in, in person', async () => {
    const mira = await aCustomer(app);
    const program = await aProgram(app, mira, ['preferences.read', 'preferences.write']);
    await program.post('/v1/me/delegations').send(terms(app)).expect(403);
    app.clock.advance({ minutes: 6 });
    const { body } = await mira.api.post('/v1/me/delegations').send(terms(app)).expect(401);
    expect(code(body)).toBe('recent-sign-in-required');
  });

  it.each([
    ['a scope that rules the account', { scopes: ['account'] }, '/scopes'],
    ['a scope to report', { scopes: ['interactions.write'] }, '/scopes'],
    ['no scope', { scopes: [] }, '/scopes'],
    ['an attribute that nobody knows', { attributes: ['food.diet', 'food.alergen'] }, '/attributes/1'],
    ['a category of special attributes alone', { attributes: ['accessibility'] }, '/attributes/0'],
    ['no attribute', { attributes: [] }, '/attributes'],
    ['a name of nothing', { name: ' ' }, '/name'],
  ])('refuses %s', async (_, wrong, pointer) => {
    const mira = await aCustomer(app);
    const { body } = await mira.api.post('/v1/me/delegations').send(terms(app, wrong)).expect(400);
    expect(body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
  });

  it.each([-1, 366])('refuses an end in %s days', async (days) => {
    const mira = await aCustomer(app);
    const offered = mira.api.post('/v1/me/delegations').send(terms(app, { expires_at: inDays(app, days) }));
    expect((await offered.expect(400)).body.errors).toMatchObject([{ pointer: '/expires_at' }]);
  });

  it('is refused beyond twenty that are open, and possible again once one has ended', async () => {
    const mira = await aCustomer(app);
    const offers = [];
    for (let count = 0; count < 20; count++) offers.push(await anOffer(app, mira));
    const { body } = await mira.api.post('/v1/me/delegations').send(terms(app)).expect(409);
    expect(code(body)).toBe('too-many-delegations');
    await end(mira, offers[0]!.id).expect(204);
    await anOffer(app, mira);
  });
});

describe('accepting an invitation', () => {
  it('makes the delegation active, and shows each side who the other is', async () => {
    const mira = await aCustomer(app, { display_name: 'Mira' });
    const anna = await aCustomer(app, { display_name: 'Anna Berg' });
    const { id, invitation } = await anOffer(app, mira);
    const { body: held } = await accept(anna, invitation).expect(200);
    expect(held).toMatchObject({ id, role: 'delegate', name: 'Mira', status: 'active', accepted_by: null });
    const { body: given } = await get(mira, id).expect(200);
    expect(given).toMatchObject({
      role: 'giver',
      name: 'Anna, who does the shopping',
      status: 'active',
      accepted_by: 'Anna Berg',
      invitation_expires_at: null,
    });
    expect((await entriesOf(mira)).at(-1)).toMatchObject({
      type: 'delegation.accepted',
      actor: { kind: 'customer', delegation: id },
    });
    expect(await eventsOf(mira)).toEqual(['delegation.offered', 'delegation.accepted']);
  });

  it('tells nothing of names where there are none', async () => {
    const { id, giver, delegate } = await aDelegation(app);
    expect((await get(delegate, id).expect(200)).body.name).toBeNull();
    expect((await get(giver, id).expect(200)).body.accepted_by).toBeNull();
  });

  it('happens once: whoever accepted gets the same answer again, anybody else none', async () => {
    const { id, invitation, giver, delegate } = await aDelegation(app);
    const { body: again } = await accept(delegate, invitation).expect(200);
    expect(again).toMatchObject({ id, status: 'active' });
    const { body } = await accept(await aCustomer(app), invitation).expect(410);
    expect(code(body)).toBe('delegation-invitation-not-valid');
    expect(await eventsOf(giver)).toEqual(['delegation.offered', 'delegation.accepted']);
  });

  it('goes to one of two who accept at the same moment', async () => {
    const mira = await aCustomer(app);
    const [anna, tom] = [await aCustomer(app), await aCustomer(app)];
    const { id, invitation } = await anOffer(app, mira);
    const outcomes = await race(app.db, 'delegations', { id }, [
      async () => (await accept(anna, invitation)).status,
      async () => (await accept(tom, invitation)).status,
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 410]);
    expect(await eventsOf(mira)).toEqual(['delegation.offered', 'delegation.accepted']);
    const { rows } = await app.db.query('select from held_delegations where id = $1', [id]);
    expect(rows).toHaveLength(1);
  });

  it('is not for oneself', async () => {
    const mira = await aCustomer(app);
    const { invitation } = await anOffer(app, mira);
    const { body } = await accept(mira, invitation).expect(409);
    expect(code(body)).toBe('own-invitation');
  });

  it('answers alike for one that is malformed, unknown, taken back or too old', async () => {
    const [mira, anna] = [await aCustomer(app), await aCustomer(app)];
    const [takenBack, old] = [await anOffer(app, mira), await anOffer(app, mira)];
    await end(mira, takenBack.id).expect(204);
    const unknown = `${old.invitation.slice(0, -8)}AAAAAAAA`;
    app.clock.advance({ days: 7 });
    const later = await signedInAgain(anna);
    const answers = [];
    for (const invitation of ['nonsense', anna.token, unknown, takenBack.invitation, old.invitation]) {
      const { status, body } = await accept(later, invitation);
      answers.push({ status, ...body, instance: undefined });
    }
    expect(answers[0]).toMatchObject({ status: 410 });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('lets nobody in by itself', async () => {
    const { invitation } = await anOffer(app, await aCustomer(app));
    await app.http.get('/v1/me').set('authorization', `Bearer ${invitation}`).expect(401);
  });

  it('is noted with the delegate by the outbox, should it have been interrupted', async () => {
    const { id, delegate } = await aDelegation(app);
    await deliver(app, 'delegations.held');
    await app.db.query('delete from held_delegations where id = $1', [id]);
    await get(delegate, id).expect(404);
    await deliverAgain(app, 'delegations.held', { type: 'delegation.accepted', of: id });
    await deliver(app, 'delegations.held');
    expect((await get(delegate, id).expect(200)).body).toMatchObject({ role: 'delegate', status: 'active' });
  });
});

describe('the list of delegations', () => {
  it('comes in pages for either role, newest first, those that have ended among them', async () => {
    const [mira, anna] = [await aCustomer(app), await aCustomer(app)];
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) ids.unshift((await aDelegation(app, { giver: mira, delegate: anna })).id);
    await end(mira, ids[1]!).expect(204);
    for (const [who, role] of [
      [mira, 'giver'],
      [anna, 'delegate'],
    ] as const) {
      const path = `/v1/me/delegations?role=${role}&limit=2`;
      const { body: page } = await who.api.get(path).expect(200);
      expect(page.items).toMatchObject([
        { id: ids[0], role, status: 'active' },
        { id: ids[1], role, status: 'ended', ended_by: 'giver' },
      ]);
      const { body: rest } = await who.api.get(`${path}&cursor=${page.next_cursor}`).expect(200);
      expect(rest).toMatchObject({ items: [{ id: ids[2], role }], next_cursor: null });
    }
    expect((await mira.api.get('/v1/me/delegations?role=delegate').expect(200)).body.items).toEqual([]);
    expect((await anna.api.get('/v1/me/delegations').expect(200)).body.items).toEqual([]);
    await anna.api.get('/v1/me/delegations?cursor=nonsense').expect(400);
    await anna.api.get('/v1/me/delegations?role=carer').expect(400);
  });
});

describe('narrowing a delegation', () => {
  /** Every one of them that there is now. */
  const sizes = new Vocabulary(ccxCore110).expand('size');
  const wide = {
    scopes: ['preferences.read', 'preferences.write'],
    attributes: ['fulfilment', 'food.allergen', 'size'],
  };

  it.each(['giver', 'delegate'] as const)('is for the %s, at once, and recorded as theirs', async (by) => {
    const delegation = await aDelegation(app, wide);
    const narrower = {
      scopes: ['preferences.read'],
      attributes: ['fulfilment.delivery', 'size.footwear'],
      expires_at: inDays(app, 5),
    };
    const { body } = await narrow(delegation[by], delegation.id, narrower).expect(200);
    expect(body).toMatchObject({ role: by, ...narrower });
    expect((await entriesOf(delegation.giver)).at(-1)).toMatchObject({
      type: 'delegation.narrowed',
      actor: { kind: 'customer', ...(by === 'delegate' && { delegation: delegation.id }) },
      data: { by, ...narrower },
    });
    await delegation.acting.get('/v1/me/preferences').expect(200);
    const { body: refused } = await delegation.acting.post('/v1/me/preferences').send({}).expect(403);
    expect(refused.required_scopes).toEqual(['preferences.write']);
  });

  it('to what it is already changes nothing', async () => {
    const { id, giver } = await aDelegation(app, wide);
    await narrow(giver, id, {}).expect(200);
    await narrow(giver, id, { scopes: wide.scopes.toReversed(), attributes: wide.attributes }).expect(200);
    expect(await eventsOf(giver)).toEqual(['delegation.offered', 'delegation.accepted']);
  });

  it.each([
    ['a scope', { scopes: ['preferences.read', 'consents.read'] }, '/scopes/1'],
    ['an attribute', { attributes: ['contact.marketing'] }, '/attributes/0'],
    ['a special attribute', { attributes: ['size', 'food.diet'] }, '/attributes/1'],
    ['a category', { attributes: ['size'] }, '/attributes/0', { attributes: ['size.footwear'] }],
    ['a category that may grow', { attributes: ['size'] }, '/attributes/0', { attributes: sizes }],
    ['an unknown attribute', { attributes: ['food.alergen'] }, '/attributes/0'],
    ['a later end', { expires_at: '2099-01-01T00:00:00Z' }, '/expires_at'],
    ['an end in the past', { expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
  ])('cannot add %s', async (_, change, pointer, more: object = {}) => {
    const { id, giver } = await aDelegation(app, { ...wide, ...more });
    const { body } = await narrow(giver, id, change).expect(400);
    expect(body.errors).toMatchObject([{ pointer }]);
  });

  it('works on one that nobody has accepted yet', async () => {
    const mira = await aCustomer(app);
    const { id } = await anOffer(app, mira, wide);
    const expires_at = inDays(app, 3);
    const { body } = await narrow(mira, id, { expires_at }).expect(200);
    expect(body).toMatchObject({ status: 'offered', invitation_expires_at: expires_at });
  });

  it('is refused once it has ended, and not found for anybody else', async () => {
    const { id, giver, delegate } = await aDelegation(app);
    await narrow(await aCustomer(app), id, {}).expect(404);
    await narrow(giver, randomUUID(), {}).expect(404);
    await end(giver, id).expect(204);
    const { body } = await narrow(delegate, id, {}).expect(409);
    expect(code(body)).toBe('delegation-ended');
  });
});

describe('ending a delegation', () => {
  it.each(['giver', 'delegate'] as const)('is for the %s, works at once, and once', async (by) => {
    const delegation = await aDelegation(app);
    await delegation.acting.get('/v1/me/preferences').expect(200);
    await end(delegation[by], delegation.id).expect(204);
    await end(delegation[by], delegation.id).expect(204);
    expect(code((await delegation.acting.get('/v1/me/preferences').expect(403)).body)).toBe('delegation-not-valid');
    for (const role of ['giver', 'delegate'] as const) {
      const { body } = await get(delegation[role], delegation.id).expect(200);
      expect(body).toMatchObject({ status: 'ended', ended_by: by, ended_at: expect.any(String) });
    }
    const entries = await entriesOf(delegation.giver);
    expect(entries.map(({ type }) => type)).toEqual(['delegation.offered', 'delegation.accepted', 'delegation.ended']);
    expect(entries.at(-1)).toMatchObject({
      actor: { kind: 'customer', ...(by === 'delegate' && { delegation: delegation.id }) },
      data: { by },
    });
  });

  it('is recorded once when both do it at the same moment', async () => {
    const { id, giver, delegate } = await aDelegation(app);
    const outcomes = await race(app.db, 'delegations', { id }, [
      async () => (await end(giver, id)).status,
      async () => (await end(delegate, id)).status,
    ]);
    expect(statusesOf(outcomes)).toEqual([204, 204]);
    expect((await eventsOf(giver)).filter((type) => type === 'delegation.ended')).toHaveLength(1);
  });

  it('is not found for anybody else', async () => {
    const { id, acting } = await aDelegation(app);
    const other = await aCustomer(app);
    for (const wrong of [id, randomUUID()]) {
      expect(code((await end(other, wrong).expect(404)).body)).toBe('delegation-not-found');
      expect(code((await get(other, wrong).expect(404)).body)).toBe('delegation-not-found');
    }
    await acting.get('/v1/me/preferences').expect(200);
  });
});

describe('a delegation whose time is up', () => {
  it('allows nothing from that moment on, and is recorded when somebody looks after it', async () => {
    const { id, giver, delegate } = await aDelegation(app, { expires_at: inDays(app, 2) });
    const lapsing = await anOffer(app, giver);
    app.clock.advance({ days: 2 });
    const [mira, anna] = [await signedInAgain(giver), await signedInAgain(delegate)];
    await anna.api.get('/v1/me/preferences').set('CCX-Acting-For', id).expect(403);
    expect((await get(mira, id).expect(200)).body).toMatchObject({ status: 'expired', ended_by: null });
    app.clock.advance({ days: 5 });
    await app.runJob('delegations.settle');
    await app.runJob('delegations.settle');
    const later = await signedInAgain(mira);
    expect((await get(later, lapsing.id).expect(200)).body).toMatchObject({ status: 'lapsed' });
    expect((await get(later, id).expect(200)).body.ended_at).toBe((await get(later, id)).body.expires_at);
    expect((await entriesOf(giver)).slice(-2)).toMatchObject([
      { type: 'delegation.expired', actor: { kind: 'system' }, data: { delegation_id: id, by: 'system' } },
      { type: 'delegation.lapsed', actor: { kind: 'system' }, data: { delegation_id: lapsing.id } },
    ]);
  });
});

describe('erasing', () => {
  const erase = ({ key }: TestCustomer) => app.get(Database).transaction((tx) => app.get(PersonalData).erase(tx, key));

  it('the delegate ends what they held, and leaves nothing of them with the giver', async () => {
    const anna = await aCustomer(app, { display_name: 'Anna Berg' });
    const { id, giver } = await aDelegation(app, { delegate: anna });
    await erase(anna);
    const { body } = await get(giver, id).expect(200);
    expect(body).toMatchObject({ status: 'ended', ended_by: 'delegate', accepted_by: null });
    await app.runJob('delegations.settle');
    expect((await entriesOf(giver)).at(-1)).toMatchObject({ type: 'delegation.ended', data: { by: 'delegate' } });
    const { rows } = await app.db.query('select from delegations where delegate_id = $1', [anna.customerId]);
    expect(rows).toEqual([]);
  });

  it('the giver takes what they gave with them', async () => {
    const { id, giver, delegate, acting } = await aDelegation(app);
    await erase(giver);
    await acting.get('/v1/me/preferences').expect(403);
    await get(delegate, id).expect(404);
    expect((await delegate.api.get('/v1/me/delegations?role=delegate').expect(200)).body.items).toEqual([]);
    const { rows } = await app.db.query('select from held_delegations where giver_id = $1', [giver.customerId]);
    expect(rows).toEqual([]);
  });
});

describe('guessing invitations', () => {
  let limited: TestApp;
  beforeAll(async () => {
    limited = await startApp({ config: { RATE_LIMITS: 'on', REQUESTS_PER_MINUTE: '1000' } });
  });
  afterAll(() => limited.stop());

  it('is stopped after ten that were wrong, for whoever does it, and not after any number that were right', async () => {
    const [mira, anna] = [await aCustomer(limited), await aCustomer(limited)];
    for (let count = 0; count < 12; count++) {
      const { invitation } = await anOffer(limited, mira);
      await accept(anna, invitation).expect(200);
    }
    const wrong = `ccx_dl_${'A'.repeat(64)}`;
    for (let count = 0; count < 10; count++) await accept(anna, wrong).expect(410);
    const { headers } = await accept(anna, wrong).expect(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await accept(mira, wrong).expect(410);
  });
});
