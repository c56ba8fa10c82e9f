import { randomUUID } from 'node:crypto';

import { anAuditor, anOperator, type Caller, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import {
  actingFor,
  aDelegation,
  anOffer,
  aProgram,
  everyone,
  peanuts,
  shoes,
  type TestDelegation,
} from './support/delegations.js';
import { retailerToken } from './support/oauth.js';
import { whileWaiting } from './support/race.js';
import { audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const code = (body: { type: string }) => body.type.split('/').at(-1);

async function state({ api }: { readonly api: Caller }, statement: object): Promise<{ id: string; etag: string }> {
  const { body, headers } = await api.post('/v1/me/preferences').send(statement).expect(201);
  return { id: body.id, etag: String(headers['etag']) };
}

async function stated(api: Caller): Promise<string[]> {
  const { body } = await api.get('/v1/me/preferences').expect(200);
  return body.items.map(({ attribute }: { attribute: string }) => attribute).toSorted();
}

describe('somebody who acts for a customer', () => {
  it('deals with what is the customer’s, and not with their own', async () => {
    const { giver, delegate, acting } = await aDelegation(app);
    await state(giver, shoes);
    await state(delegate, peanuts);
    expect(await stated(acting)).toEqual(['size.footwear']);
    const { body } = await acting.post('/v1/me/preferences').send({
      attribute: 'language.spoken',
      value: { language: 'de' },
      strength: 'want',
      applies_to: everyone,
    });
    expect((await giver.api.get(`/v1/me/preferences/${body.id}`).expect(200)).body.attribute).toBe('language.spoken');
    await delegate.api.get(`/v1/me/preferences/${body.id}`).expect(404);
  });

  it('may do what both the delegation and their token allow', async () => {
    const { id, delegate, acting } = await aDelegation(app, { scopes: ['preferences.read', 'consents.read'] });
    await acting.get('/v1/me/preferences').expect(200);
    await acting.get('/v1/me/consents').expect(200);
    expect((await acting.post('/v1/me/preferences').send(shoes).expect(403)).body).toMatchObject({
      type: `${app.url}/problems/insufficient-scope`,
      required_scopes: ['preferences.write'],
    });
    const program = actingFor(await aProgram(app, delegate, ['preferences.read', 'disclosures.read']), id);
    await program.get('/v1/me/preferences').expect(200);
    for (const path of ['/v1/me/consents', '/v1/me/disclosures']) {
      expect(code((await program.get(path).expect(403)).body)).toBe('insufficient-scope');
    }
  });

  it('is nobody any more once their own session or token has ended', async () => {
    const { id, delegate, acting } = await aDelegation(app);
    const program = await aProgram(app, delegate, ['preferences.read']);
    await actingFor(program, id).get('/v1/me/preferences').expect(200);
    const { body } = await delegate.api.get('/v1/me/tokens').expect(200);
    await delegate.api.delete(`/v1/me/tokens/${body.items[0].id}`).expect(204);
    await actingFor(program, id).get('/v1/me/preferences').expect(401);
    await delegate.api.delete('/v1/me/sessions/current').expect(204);
    await acting.get('/v1/me/preferences').expect(401);
  });

  it('is told the same of a delegation that is malformed, unknown, somebody else’s, offered or ended', async () => {
    const { giver, delegate, id } = await aDelegation(app);
    const foreign = await aDelegation(app);
    const offered = await anOffer(app, giver);
    const ended = await aDelegation(app, { delegate });
    await ended.giver.api.delete(`/v1/me/delegations/${ended.id}`).expect(204);
    const answers = [];
    const wrong = ['', 'nonsense', `${id}, ${id}`, randomUUID(), foreign.id, offered.id, ended.id];
    for (const header of wrong) {
      const { status, body } = await actingFor(delegate.api, header).get('/v1/me/preferences');
      answers.push({ status, ...body, instance: undefined });
    }
    expect(answers[0]).toMatchObject({ status: 403, type: `${app.url}/problems/delegation-not-valid` });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    const asGiver = await actingFor(giver.api, id).get('/v1/me/preferences').expect(403);
    expect(code(asGiver.body)).toBe('delegation-not-valid');
  });

  it('cannot do what is for the customer alone', async () => {
    const { acting } = await aDelegation(app);
    const forbidden = [
      acting.get('/v1/me'),
      acting.patch('/v1/me').send({ language: 'de' }),
      acting.get('/v1/me/sessions'),
      acting.delete('/v1/me/sessions/current'),
      acting.post('/v1/me/tokens').send({}),
      acting.get('/v1/me/delegations'),
      acting.post('/v1/me/delegations').send({}),
      acting.get('/v1/me/rules'),
      acting.post('/v1/me/consents/withdraw').send({}),
      acting.get(`/v1/me/consents/${randomUUID()}/receipts`),
      acting.get(`/v1/me/notices/${'0'.repeat(64)}`),
    ];
    for (const call of forbidden) expect(code((await call.expect(403)).body)).toBe('not-delegable');
  });

  it('has limits and idempotency keys of their own for each delegation', async () => {
    const { giver, delegate, acting } = await aDelegation(app);
    const key = randomUUID();
    const record = (api: Caller) => api.post('/v1/me/preferences').set('idempotency-key', key).send(shoes);
    const { body: own } = await record(delegate.api).expect(201);
    const { body: theirs } = await record(acting).expect(201);
    expect(theirs.id).not.toBe(own.id);
    expect((await record(acting).expect(201)).body.id).toBe(theirs.id);
    expect(code((await record(giver.api).expect(409)).body)).toBe('preference-exists');
  });
});

describe('the header CCX-Acting-For', () => {
  it.each(['auditor', 'operator'] as const)('is refused with the token of an %s', async (kind) => {
    const { api } = kind === 'auditor' ? await anAuditor(app) : await anOperator(app);
    const { body } = await actingFor(api, randomUUID()).get('/v1/staff/sessions/current').expect(400);
    expect(body.errors).toMatchObject([{ pointer: 'header/CCX-Acting-For' }]);
  });

  it('is refused with the token of a retailer', async () => {
    const access = await retailerToken(app, await aRetailer(app), { scope: 'consents.read' });
    const response = await access.fetch('GET', '/v1/retailer', undefined, { 'CCX-Acting-For': randomUUID() });
    expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer: 'header/CCX-Acting-For' }] } });
  });

  it('is refused where nobody signs in', async () => {
    const { body } = await app.http.get('/v1/vocabularies').set('CCX-Acting-For', randomUUID()).expect(400);
    expect(body.errors).toMatchObject([{ pointer: 'header/CCX-Acting-For' }]);
  });
});

describe('a change under way when the delegation ends', () => {
  it.each([
    ['is ended', ({ giver, id }: TestDelegation) => giver.api.delete(`/v1/me/delegations/${id}`).expect(204)],
    [
      'is narrowed',
      ({ giver, id }: TestDelegation) =>
        giver.api
          .patch(`/v1/me/delegations/${id}`)
          .send({ scopes: ['preferences.read'] })
          .expect(200),
    ],
  ])('comes to nothing when it %s first', async (_, first) => {
    const delegation = await aDelegation(app);
    const { giver, acting } = delegation;
    const [answer] = await whileWaiting(
      app.db,
      'subject_keys',
      { customer_id: giver.customerId },
      () => acting.post('/v1/me/preferences').send(shoes),
      () => first(delegation),
      'no key update',
    );
    expect({ status: answer.status, code: code(answer.body) }).toEqual({ status: 403, code: 'delegation-not-valid' });
    expect(await stated(giver.api)).toEqual([]);
  });
});

describe('the attributes of a delegation', () => {
  let giver: TestCustomer;
  let acting: Caller;
  let hidden: { id: string; etag: string };
  let shown: { id: string; etag: string };
  beforeEach(async () => {
    ({ giver, acting } = await aDelegation(app, { attributes: ['size', 'food.diet'] }));
    shown = await state(giver, shoes);
    hidden = await state(giver, peanuts);
    await state(giver, {
      attribute: 'language.spoken',
      value: { language: 'de' },
      strength: 'want',
      applies_to: everyone,
    });
  });

  it('are all that their lists know of, whatever these are asked for', async () => {
    expect(await stated(acting)).toEqual(['size.footwear']);
    for (const attribute of ['food', 'food.allergen', 'language.spoken']) {
      const { body } = await acting.get(`/v1/me/preferences?attribute=${attribute}`).expect(200);
      expect(body.items).toEqual([]);
    }
  });

  it('make everything else as absent as what does not exist', async () => {
    const revision = { value: { code: 'AM' }, strength: 'never', applies_to: everyone };
    for (const id of [hidden.id, randomUUID()]) {
      const path = `/v1/me/preferences/${id}`;
      const answers = [
        await acting.get(path),
        await acting.put(path).set('if-match', hidden.etag).send(revision),
        await acting.delete(path),
        await acting.get(`${path}/history`),
      ];
      expect(answers.map(({ status, body }) => `${status} ${code(body)}`)).toEqual(
        answers.map(() => '404 preference-not-found'),
      );
    }
    expect((await giver.api.get(`/v1/me/preferences/${hidden.id}`).expect(200)).headers['etag']).toBe(hidden.etag);
  });

  it('let nothing else be stated, and say so before they say whether it is', async () => {
    const other = { ...peanuts, value: { code: 'AM' } };
    for (const statement of [peanuts, other]) {
      const { body } = await acting.post('/v1/me/preferences').send(statement).expect(403);
      expect(body).toMatchObject({
        type: `${app.url}/problems/outside-delegation`,
        attributes: ['food.allergen'],
      });
    }
    const { body } = await acting
      .post('/v1/me/preferences/batch')
      .send({ items: [shoes, other] })
      .expect(403);
    expect(body.attributes).toEqual(['food.allergen']);
    expect(await stated(giver.api)).toEqual(['food.allergen', 'language.spoken', 'size.footwear']);
  });

  it('let what they name be stated, revised, looked back at and removed', async () => {
    const { body: vegan } = await acting
      .post('/v1/me/preferences')
      .send({ attribute: 'food.diet', value: { code: 'VEGAN' }, strength: 'must', applies_to: everyone })
      .expect(201);
    await acting.get(`/v1/me/preferences/${vegan.id}/history`).expect(200);
    await acting.delete(`/v1/me/preferences/${vegan.id}`).expect(204);
    const { headers } = await acting.get(`/v1/me/preferences/${shown.id}`).expect(200);
    await acting
      .put(`/v1/me/preferences/${shown.id}`)
      .set('if-match', String(headers['etag']))
      .send({ value: { system: 'EUROPE', size: '43' }, strength: 'must', applies_to: everyone })
      .expect(200);
  });

  it('bound what holds, and why', async () => {
    const { body } = await acting.get('/v1/me/effective').expect(200);
    const named = [...body.effective, ...body.explain].map(({ attribute }: { attribute: string }) => attribute);
    expect([...new Set(named)]).toEqual(['size.footwear']);
    expect(JSON.stringify(body)).not.toContain('allergen');
  });

  it('bound what can be chosen, what changed, what was, what is undone and what is confirmed', async () => {
    const lists = [
      'choices?limit=200',
      'preferences/changes',
      `preferences?as_of=${new Date(Date.now()).toISOString()}`,
    ];
    for (const list of lists) {
      const { text } = await acting.get(`/v1/me/${list}`).expect(200);
      expect(text).toContain('size.footwear');
      expect(text).not.toMatch(/allergen|language\.spoken/);
      expect((await giver.api.get(`/v1/me/${list}`).expect(200)).text).toMatch(/food\.allergen/);
    }
    const path = `/v1/me/preferences/${hidden.id}/undo`;
    expect(code((await acting.post(path).send({ version: 1 }).expect(404)).body)).toBe('preference-not-found');
    const confirm = (body: object) => acting.post('/v1/me/preferences/confirm').send(body);
    expect(code((await confirm({ ids: [hidden.id] }).expect(404)).body)).toBe('preference-not-found');
    const due = { ...peanuts, value: { code: 'AM' }, review_after: '2020-01-01T00:00:00Z' };
    await giver.api.post('/v1/me/preferences').send(due).expect(201);
    expect((await confirm({ all_due: true }).expect(200)).body.items).toEqual([]);
    expect((await giver.api.get('/v1/me/preferences?review=due').expect(200)).body.items).toHaveLength(1);
  });

  it('are all but the special ones where nothing is said', async () => {
    const other = await aDelegation(app, { giver });
    expect(await stated(other.acting)).toEqual(['language.spoken', 'size.footwear']);
    await other.acting.get(`/v1/me/preferences/${hidden.id}`).expect(404);
    const named = await aDelegation(app, { giver, attributes: ['food.allergen'] });
    expect(await stated(named.acting)).toEqual(['food.allergen']);
  });
});

describe('who did it', () => {
  it('stands in the history, by the name that the customer gave them', async () => {
    const { id, giver, acting } = await aDelegation(app);
    const preference = await state({ api: acting }, shoes);
    await giver.api
      .put(`/v1/me/preferences/${preference.id}`)
      .set('if-match', preference.etag)
      .send({ value: { system: 'EUROPE', size: '44' }, strength: 'must', applies_to: everyone })
      .expect(200);
    const path = `/v1/me/preferences/${preference.id}/history`;
    const byCustomer = { kind: 'customer', delegation_id: null, name: null };
    const byDelegate = { kind: 'delegate', delegation_id: id, name: 'Anna, who does the shopping' };
    expect((await giver.api.get(path).expect(200)).body.items).toMatchObject([
      { change: 'revised', by: byCustomer },
      { change: 'recorded', by: byDelegate },
    ]);
    expect((await acting.get(path).expect(200)).body.items).toMatchObject([
      { by: byCustomer },
      { by: { ...byDelegate, name: null } },
    ]);
    await giver.api.delete(`/v1/me/delegations/${id}`).expect(204);
    expect((await giver.api.get(path).expect(200)).body.items[1].by).toEqual(byDelegate);
  });

  it('stands in the log, in the event and in the row', async () => {
    const { id, giver, acting } = await aDelegation(app);
    const preference = await state({ api: acting }, shoes);
    expect((await audited(app, giver.key)).at(-1)).toMatchObject({
      type: 'preference.recorded',
      actor: { kind: 'customer', delegation: id },
    });
    const { rows } = await app.db.query(
      `select e.data ->> 'delegation_id' as told, v.delegation_id as kept
         from outbox_events e, preference_versions v
        where e.type = 'preferences.changed' and e.customer_id = $1 and v.preference_id = $2`,
      [giver.customerId, preference.id],
    );
    expect(rows).toEqual([{ told: id, kept: id }]);
  });

  it('is seen by the auditor', async () => {
    const { id, giver, acting } = await aDelegation(app);
    const auditor = await anAuditor(app);
    await state({ api: acting }, shoes);
    await state(giver, peanuts);
    await app.runJob('audit-sequencer').catch(() => undefined);
    let entries: { event: { actor: object } }[] = [];
    for (let tries = 0; tries < 100 && entries.length < 2; tries++) {
      const { body } = await auditor.api.get('/v1/audit/entries?type=preference.recorded&limit=2').expect(200);
      entries = body.items.filter((entry: { event: { actor: { delegation?: string } } | null }) => entry.event);
      const areThere = entries[1] && JSON.stringify(entries[1].event).includes(id);
      if (!areThere) entries = [];
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(entries.map(({ event }) => event.actor)).toEqual([
      { kind: 'customer' },
      { kind: 'customer', delegation: id },
    ]);
  });
});

describe('the request limits of a delegate', () => {
  let limited: TestApp;
  beforeAll(async () => {
    limited = await startApp({ config: { RATE_LIMITS: 'on', REQUESTS_PER_MINUTE: '5' } });
  });
  afterAll(() => limited.stop());

  it('are counted apart from their own, and from those of whom they act for', async () => {
    const { giver, delegate, acting } = await aDelegation(limited);
    for (let count = 0; count < 5; count++) await acting.get('/v1/me/preferences').expect(200);
    await acting.get('/v1/me/preferences').expect(429);
    await giver.api.get('/v1/me/preferences').expect(200);
    await delegate.api.get('/v1/me/preferences').expect(200);
  });
});
