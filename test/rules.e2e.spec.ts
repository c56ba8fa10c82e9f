import { randomUUID } from 'node:crypto';

import { decodeJwt } from 'jose';

import { ConsentRequestsService } from '../src/consents/consent-requests.service.js';
import { Database } from '../src/platform/database/database.js';
import type { JsonObject } from '../src/platform/json.js';
import { aCustomer, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { aConsent, aConsentRequest, approve, ask, reading, type RequestOptions } from './support/consents.js';
import { consentToken, pushRequest, retailerToken, signIn } from './support/oauth.js';
import { race, statusesOf } from './support/race.js';
import { announced, audited } from './support/records.js';
import { aRetailer, suspendRetailer } from './support/retailers.js';
import { allowSubstitution, aRule, refuseSizes, substitution } from './support/rules.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const problem = (code: string) => `${app.url}/problems/${code}`;
const change = ({ api }: TestCustomer, id: string, etag: string, terms: object) =>
  api.put(`/v1/me/rules/${id}`).set('if-match', etag).send(terms);

/** What is in the log about the customer's requests, consents and rules. */
const entries = async ({ key }: TestCustomer) =>
  (await audited(app, key)).filter(({ type }) => (type as string).startsWith('consent'));
const typesOf = async (customer: TestCustomer) => (await entries(customer)).map(({ type }) => type);

describe('a standing rule', () => {
  it('is off until it is switched on', async () => {
    const customer = await aCustomer(app);
    const { enabled: _, ...terms } = allowSubstitution;
    const { body: rule, headers } = await customer.api.post('/v1/me/rules').send(terms).expect(201);
    expect(rule).toMatchObject({ ...terms, enabled: false, lifetime_days: null, version: 1 });
    expect(headers['location']).toBe(`/v1/me/rules/${rule.id}`);
    expect((await aConsentRequest(app, { customer, details: [substitution] })).body.status).toBe('open');

    await change(customer, rule.id, String(headers['etag']), allowSubstitution).expect(200);
    expect((await aConsentRequest(app, { customer, details: [substitution] })).body.status).toBe('approved');
  });

  it('is read again, changed and removed', async () => {
    const customer = await aCustomer(app);
    const { id, etag } = await aRule(customer);
    const path = `/v1/me/rules/${id}`;
    await customer.api.get(path).set('if-none-match', etag).expect(304);
    const { body: changed, headers } = await change(customer, id, etag, refuseSizes).expect(200);
    expect(changed).toMatchObject({ id, ...refuseSizes, version: 2 });
    expect((await customer.api.get(path).expect(200)).body).toEqual(changed);
    expect(headers['etag']).not.toBe(etag);
    await change(customer, id, etag, allowSubstitution).expect(412);
    const { body: unconditional } = await customer.api.put(path).send(allowSubstitution).expect(428);
    expect(unconditional.type).toBe(problem('precondition-required'));
    await customer.api.delete(path).expect(204);
    for (const again of [customer.api.get(path), customer.api.delete(path), change(customer, id, etag, refuseSizes)]) {
      expect((await again.expect(404)).body.type).toBe(problem('consent-rule-not-found'));
    }
  });

  it('is listed with the others, newest first, page by page', async () => {
    const customer = await aCustomer(app);
    const made = [await aRule(customer), await aRule(customer, refuseSizes), await aRule(customer)];
    const list = async (query: string) => (await customer.api.get(`/v1/me/rules${query}`).expect(200)).body;
    const first = await list('?limit=2');
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made.map(({ id }) => id).toReversed());
    expect(second.next_cursor).toBeNull();
    await customer.api.get('/v1/me/rules?cursor=x').expect(400);
  });

  it('is nobody else’s', async () => {
    const { id, etag } = await aRule(await aCustomer(app));
    const other = await aCustomer(app);
    await other.api.get(`/v1/me/rules/${id}`).expect(404);
    await other.api.delete(`/v1/me/rules/${id}`).expect(404);
    await change(other, id, etag, refuseSizes).expect(404);
  });

  it('is made once, however often it is sent with the same key', async () => {
    const { api } = await aCustomer(app);
    const send = () => api.post('/v1/me/rules').set('idempotency-key', 'rule').send(refuseSizes).expect(201);
    const [one, again] = [await send(), await send()];
    expect(again.body).toEqual(one.body);
    expect((await api.get('/v1/me/rules').expect(200)).body.items).toHaveLength(1);
  });

  it('is refused with every fault named', async () => {
    const { api } = await aCustomer(app);
    const faultsOf = async (terms: object) => {
      const { body } = await api.post('/v1/me/rules').send(terms).expect(400);
      return [...new Set(body.errors.map(({ pointer }: { pointer: string }) => pointer))].toSorted();
    };
    expect(await faultsOf({})).toEqual(['/effect', '/name', '/when']);
    expect(
      await faultsOf({
        name: ' ',
        effect: 'ask',
        when: { sectors: [], purposes: ['dpv:Anything'], third_party_sharing: false, stages: ['shopping'] },
        lifetime_days: 367,
      }),
    ).toEqual([
      '/effect',
      '/lifetime_days',
      '/name',
      '/when/purposes',
      '/when/sectors',
      '/when/stages',
      '/when/third_party_sharing',
    ]);
    expect(await faultsOf({ ...allowSubstitution, when: { sectors: ['grocery'] } })).toEqual([
      '/when/attributes',
      '/when/purposes',
    ]);
    expect(
      await faultsOf({
        ...refuseSizes,
        when: { attributes: ['size', 'size.hat'], retailer_ids: [randomUUID()] },
        lifetime_days: 30,
      }),
    ).toEqual(['/lifetime_days', '/when/attributes/1', '/when/retailer_ids/0']);
  });

  it('that allows cannot name what is special, and no category of it stands for that', async () => {
    const { api } = await aCustomer(app);
    const when = { ...allowSubstitution.when, attributes: ['fulfilment', 'food.allergen', 'accessibility'] };
    const { body } = await api
      .post('/v1/me/rules')
      .send({ ...allowSubstitution, when })
      .expect(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/when/attributes/1',
      '/when/attributes/2',
    ]);
  });

  it('that allows a category keeps the attributes of it that there are: none joins later', async () => {
    const { api } = await aCustomer(app);
    const send = async (effect: 'allow' | 'refuse', attributes: string[]) => {
      const when = { ...allowSubstitution.when, attributes };
      const { body } = await api
        .post('/v1/me/rules')
        .send({ ...allowSubstitution, effect, when })
        .expect(201);
      return body.when.attributes;
    };
    expect(await send('allow', ['size', 'size.footwear'])).toEqual(['size.apparel', 'size.footwear']);
    expect(await send('refuse', ['size', 'food'])).toEqual(['size', 'food']);
  });

  it('needs a recent sign-in to be made, changed or removed, and no program may', async () => {
    const customer = await aCustomer(app);
    const { id, etag } = await aRule(customer);
    const expires_at = new Date(app.clock.now().getTime() + 86_400_000);
    const token = { name: 'my programs', scopes: ['consents.read', 'consents.write'], expires_at };
    const { body: program } = await customer.api.post('/v1/me/tokens').send(token).expect(201);
    app.clock.advance({ minutes: 6 });
    const writes = (api: TestCustomer['api']) => [
      api.post('/v1/me/rules').send(refuseSizes),
      api.put(`/v1/me/rules/${id}`).set('if-match', etag).send(refuseSizes),
      api.delete(`/v1/me/rules/${id}`),
    ];
    for (const write of writes(customer.api)) {
      const { body, headers } = await write.expect(401);
      expect(body.type).toBe(problem('recent-sign-in-required'));
      expect(headers['www-authenticate']).toContain('insufficient_user_authentication');
    }
    const api = bearer(app, program.token);
    for (const write of writes(api)) await write.expect(403);
    await api.get(`/v1/me/rules/${id}`).set('if-none-match', etag).expect(304);
    app.clock.set(new Date());
  });

  it('is the last one when there are fifty, also when two are made at the same time', async () => {
    const customer = await aCustomer(app);
    const send = () => customer.api.post('/v1/me/rules').send(refuseSizes);
    for (let count = 0; count < 49; count++) await send().expect(201);
    const outcomes = await race(app.db, 'customers', { customer_id: customer.customerId }, [
      () => send(),
      () => send(),
    ]);
    expect(statusesOf(outcomes)).toEqual([201, 409]);
    const { body } = await send().expect(409);
    expect(body).toMatchObject({ type: problem('too-many-consent-rules'), limit: 50 });
  });

  it('is recorded and announced with what it does, not with what it is called', async () => {
    const customer = await aCustomer(app);
    const { id, etag } = await aRule(customer, refuseSizes);
    await change(customer, id, etag, { ...refuseSizes, enabled: false }).expect(200);
    await customer.api.delete(`/v1/me/rules/${id}`).expect(204);
    const log = await entries(customer);
    expect(log).toMatchObject([
      { type: 'consent-rule.made', data: { rule_id: id, effect: 'refuse', enabled: true, version: 1 } },
      { type: 'consent-rule.changed', data: { rule_id: id, enabled: false, version: 2 } },
      { type: 'consent-rule.removed', data: { rule_id: id } },
    ]);
    expect(JSON.stringify(log)).not.toContain(refuseSizes.name);
    expect((await announced(app, customer.key)).filter((type) => type.startsWith('consent-rule'))).toEqual(
      log.map(({ type }) => type),
    );
  });
});

describe('a request that a rule allows', () => {
  it('is approved at once, and the customer sees by which rule', async () => {
    const customer = await aCustomer(app);
    const { id: ruleId, name } = await aRule(customer);
    const rule = { id: ruleId, name };
    const { id, asRetailer, body: told } = await aConsentRequest(app, { customer, details: [substitution] });
    const consentId = told.consent.id;
    expect(told).toMatchObject({ status: 'approved', consent: { version: 1, status: 'active' } });

    const { body: request } = await customer.api.get(`/v1/me/consent-requests/${id}`).expect(200);
    expect(request).toMatchObject({
      status: 'approved',
      consent_id: consentId,
      decided_by_rule: rule,
      struck: [],
      shown_at: null,
    });
    const { body: consent } = await customer.api.get(`/v1/me/consents/${consentId}`).expect(200);
    expect(consent).toMatchObject({ details: [substitution], versions: [{ change: 'given', by: 'customer', rule }] });

    const { body: receipts } = await customer.api.get(`/v1/me/consents/${consentId}/receipts`).expect(200);
    expect(receipts.items.map(({ jws }: { jws: string }) => decodeJwt(jws))).toMatchObject([{ rule }]);
    const { body: list } = await asRetailer.fetch('GET', `/v1/consents/${consentId}/receipts`);
    expect(list.items).toHaveLength(1);
    expect(decodeJwt(list.items[0].jws)['rule']).toBeUndefined();
    const { body: seen } = await asRetailer.fetch('GET', `/v1/consent-requests/${id}`);
    expect(seen).toEqual(told);
    expect(JSON.stringify([seen, list])).not.toContain(ruleId);
  });

  it('is recorded once, with the rule and what would have been shown', async () => {
    const customer = await aCustomer(app);
    const { id: ruleId } = await aRule(customer);
    const { id } = await aConsentRequest(app, { customer, details: [substitution] });
    const [, opened, given, ...rest] = await entries(customer);
    expect(opened).toMatchObject({ type: 'consent-request.opened', data: { request_id: id } });
    expect(given).toMatchObject({ type: 'consent.given', data: { request_id: id, rule_id: ruleId } });
    expect(rest).toEqual([]);
    expect((await announced(app, customer.key)).filter((type) => type === 'consent.given')).toHaveLength(1);
    const { notice } = (given as JsonObject)['data'] as { notice: string };
    const { body } = await customer.api.get(`/v1/me/notices/${notice}`).expect(200);
    expect(body).toMatchObject({ title: 'Grocer A asks for your consent.', details: [{}] });
  });

  it('holds for no longer than the rule lets it', async () => {
    const customer = await aCustomer(app);
    await aRule(customer, { ...allowSubstitution, lifetime_days: 30 });
    const lives = async (options: RequestOptions) => {
      const { body } = await aConsentRequest(app, { customer, details: [substitution], ...options });
      const { status, decided_at, consent } = body;
      return [status, (Date.parse(consent.expires_at) - Date.parse(decided_at)) / 86_400_000];
    };
    expect(await lives({})).toEqual(['narrowed', 30]);
    expect(await lives({ lifetime_days: 30 })).toEqual(['approved', 30]);
    expect(await lives({ lifetime_days: 7 })).toEqual(['approved', 7]);
  });

  it('adds to the standing consent, which stays paused when it is', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const { consentId } = await aConsent(app, { customer, retailer, details: [reading] });
    await customer.api.post(`/v1/me/consents/${consentId}/pause`).expect(200);
    await aRule(customer);
    const { body } = await aConsentRequest(app, { customer, retailer, details: [substitution] });
    expect(body.consent).toMatchObject({ id: consentId, version: 3, status: 'paused' });
    expect(body.consent.authorization_details).toHaveLength(2);
  });

  it('is asked all the same when it asks for anything besides', async () => {
    const customer = await aCustomer(app);
    await aRule(customer);
    for (const asked of [
      { details: [substitution, reading] },
      { details: [{ ...substitution, purposes: ['dpv:DeliveryOfGoods', 'dpv:Marketing'] }] },
      { details: [{ ...substitution, delivery: ['live', 'offline'] }] },
      { details: [{ ...substitution, recipients: ['Parcel Service'] }] },
      { details: [substitution], use: 'once' as const },
      { details: [substitution], retailer: await aRetailer(app, { sectors: ['fashion'] }) },
    ]) {
      expect((await aConsentRequest(app, { customer, ...asked })).body.status).toBe('open');
    }
  });

  it('gives nothing to a retailer that is suspended meanwhile', async () => {
    const customer = await aCustomer(app);
    await aRule(customer);
    const retailer = await aRetailer(app);
    await suspendRetailer(app, retailer);
    const requests = app.get(ConsentRequestsService);
    const details = requests.read([substitution], { retailerId: retailer.id, touchpoints: ['web', 'app'] });
    const asking = { customer: customer.key, retailerId: retailer.id, clientId: retailer.client.id, details };
    const actor = { kind: 'retailer', id: retailer.id } as const;
    const open = () => app.get(Database).transaction((tx) => requests.open(tx, { ...asking, origin: 'par' }, actor));
    expect((await open()).status).toBe('open');
  });
});

describe('a request that a rule refuses', () => {
  it('is refused at once, and the customer sees by which rule', async () => {
    const customer = await aCustomer(app);
    const { id: ruleId, name } = await aRule(customer, refuseSizes);
    const rule = { id: ruleId, name };
    const { id } = await aConsentRequest(app, { customer, details: [reading] });
    const { body: request } = await customer.api.get(`/v1/me/consent-requests/${id}`).expect(200);
    expect(request).toMatchObject({
      status: 'refused',
      decided_by_rule: rule,
      consent_id: null,
      shown_at: null,
      details: [reading],
      struck: [{ detail: reading, rule }],
    });
    const { body: receipts } = await customer.api.get(`/v1/me/consent-requests/${id}/receipts`).expect(200);
    expect(receipts.items.map(({ jws }: { jws: string }) => decodeJwt(jws))).toMatchObject([{ rule }]);
    expect(await entries(customer)).toMatchObject([
      { type: 'consent-rule.made' },
      { type: 'consent-request.opened' },
      { type: 'consent-request.refused', data: { request_id: id, rule_id: ruleId } },
    ]);
    const { body: conflict } = await approve({ id, customer }).expect(409);
    expect(conflict).toMatchObject({ type: problem('request-decided'), request_status: 'refused' });
  });

  it('looks to the retailer like one to an address that nobody has', async () => {
    const customer = await aCustomer(app);
    await aRule(customer, refuseSizes);
    const asRetailer = await retailerToken(app, await aRetailer(app));
    const volatile = { id: '', created_at: '', expires_at: '', authorization_details: [] };
    const { body: refused } = await ask(asRetailer, { email: customer.email }, [reading]);
    const { body: decoy } = await ask(asRetailer, { email: `${randomUUID()}@example.org` }, [reading]);
    expect({ ...refused, ...volatile }).toEqual({ ...decoy, ...volatile });
    expect(Object.keys(refused)).toEqual(Object.keys(decoy));

    const seen = async ({ id }: { id: string }) => {
      const again = await retailerToken(app, asRetailer);
      const { body, headers } = await again.fetch('GET', `/v1/consent-requests/${id}`);
      const receipts = await again.fetch('GET', `/v1/consent-requests/${id}/receipts`);
      return { request: { ...body, ...volatile }, names: [...headers.keys()], receipts: receipts.body };
    };
    expect(await seen(refused)).toEqual(await seen(decoy));
    app.clock.advance({ days: 15 });
    expect((await seen(refused)).request.status).toBe('lapsed');
    expect(await seen(refused)).toEqual(await seen(decoy));
    await app.runJob('consent-requests.lapse');
    expect(await seen(refused)).toEqual(await seen(decoy));
    app.clock.set(new Date());
  });

  it('is no news for the retailer in the outbox either, nor is that the customer has looked', async () => {
    const customer = await aCustomer(app);
    await aRule(customer, refuseSizes);
    const refused = await aConsentRequest(app, { customer, details: [reading] });
    const seen = await aConsentRequest(app, { customer, details: [substitution] });
    await customer.api.get(`/v1/me/consent-requests/${seen.id}`).expect(200);
    const { rows } = await app.db.query(
      `select type, subject, retailer_id from outbox_events where subject in ($1, $2) order by id`,
      [refused.id, seen.id],
    );
    expect(rows).toEqual([
      { type: 'consent-request.opened', subject: refused.id, retailer_id: refused.retailer.id },
      { type: 'consent-request.refused', subject: refused.id, retailer_id: null },
      { type: 'consent-request.opened', subject: seen.id, retailer_id: seen.retailer.id },
      { type: 'consent-request.shown', subject: seen.id, retailer_id: null },
    ]);
  });

  it('leaves what the rule does not meet to the customer, who sees what was struck', async () => {
    const customer = await aCustomer(app);
    const rule = await aRule(customer, refuseSizes);
    const { id, asRetailer, body: told } = await aConsentRequest(app, { customer, details: [reading, substitution] });
    expect(told).toMatchObject({ status: 'open', authorization_details: [reading, substitution] });
    const { body: request } = await customer.api.get(`/v1/me/consent-requests/${id}`).expect(200);
    expect(request).toMatchObject({
      status: 'open',
      decided_by_rule: null,
      details: [substitution],
      struck: [{ detail: reading, rule: { id: rule.id, name: rule.name } }],
      in_words: { details: [{ items: [{ code: 'fulfilment.substitution' }] }] },
    });

    const { body: decided } = await approve({ id, customer }).expect(200);
    expect(decided).toMatchObject({ request: { status: 'narrowed' }, consent: { details: [substitution] } });
    const { body: seen } = await asRetailer.fetch('GET', `/v1/consent-requests/${id}`);
    expect(seen).toMatchObject({ status: 'narrowed', authorization_details: [reading, substitution] });
    expect(JSON.stringify(seen)).not.toContain(rule.id);
  });

  it('cannot be approved for the lines that were struck', async () => {
    const customer = await aCustomer(app);
    await aRule(customer, refuseSizes);
    const { id, body } = await aConsentRequest(app, { customer, details: [reading, substitution] });
    const [struck] = body.authorization_details;
    const { body: fault } = await approve({ id, customer }, { items: [{ id: struck.id }] }).expect(400);
    expect(fault.errors).toMatchObject([{ pointer: '/items/0/id' }]);
  });

  it('is approved for the rest when another rule allows that', async () => {
    const customer = await aCustomer(app);
    const refusing = await aRule(customer, refuseSizes);
    const allowing = await aRule(customer);
    const { id, body } = await aConsentRequest(app, { customer, details: [reading, substitution] });
    expect(body).toMatchObject({ status: 'narrowed', consent: { authorization_details: [substitution] } });
    const { body: request } = await customer.api.get(`/v1/me/consent-requests/${id}`).expect(200);
    expect(request).toMatchObject({ decided_by_rule: { id: allowing.id }, struck: [{ rule: { id: refusing.id } }] });
  });

  it('may be one for a special attribute, which no rule ever allows', async () => {
    const customer = await aCustomer(app);
    const details = [
      {
        ...substitution,
        type: 'ccx_preferences_special',
        attributes: ['food.allergen'],
      },
    ];
    await aRule(customer, {
      ...allowSubstitution,
      when: { ...allowSubstitution.when, attributes: ['fulfilment', 'contact'] },
    });
    const asked = await aConsentRequest(app, { customer, details });
    const status = async ({ id }: { id: string }) =>
      (await customer.api.get(`/v1/me/consent-requests/${id}`).expect(200)).body.status;
    expect(await status(asked)).toBe('open');
    await aRule(customer, { ...refuseSizes, when: { attributes: ['food'] } });
    expect(await status(await aConsentRequest(app, { customer, details }))).toBe('refused');
  });
});

describe('changing a rule', () => {
  it('concerns later requests alone', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const before = await aConsentRequest(app, { customer, retailer, details: [substitution] });
    const { id, etag } = await aRule(customer);
    const during = await aConsentRequest(app, { customer, retailer, details: [substitution] });
    await change(customer, id, etag, { ...refuseSizes, when: {} }).expect(200);
    const after = await aConsentRequest(app, { customer, retailer, details: [substitution] });
    await customer.api.delete(`/v1/me/rules/${id}`).expect(204);
    const statuses = [];
    for (const request of [before, during, after]) {
      const { body } = await customer.api.get(`/v1/me/consent-requests/${request.id}`).expect(200);
      statuses.push([body.status, body.decided_by_rule?.name ?? null]);
    }
    expect(statuses).toEqual([
      ['open', null],
      ['approved', allowSubstitution.name],
      ['refused', refuseSizes.name],
    ]);
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    expect(body.items).toMatchObject([{ status: 'active' }]);
  });
});

describe('an authorization request', () => {
  it('goes straight on when a rule allows it', async () => {
    const customer = await aCustomer(app);
    await aRule(customer);
    const { details } = await consentToken(app, await aRetailer(app), customer, { details: [substitution] });
    expect(details).toMatchObject([substitution]);
    expect(await typesOf(customer)).not.toContain('consent-request.shown');
  });

  it('is denied when a rule refuses it', async () => {
    const customer = await aCustomer(app);
    await aRule(customer, refuseSizes);
    const { client } = await aRetailer(app);
    const { address } = await pushRequest(app, client, { details: [reading] });
    const browser = new Browser(app.url, { 'accept-language': 'en' });
    const page = await signIn(browser, await browser.follow(await browser.get(address)), customer);
    expect(page.body).toContain('Grocer A gets nothing');
    expect(await typesOf(customer)).toContain('consent-request.refused');
  });
});

describe('with a single connection to the database', () => {
  it('rules decide all the same: none of it waits for a second one', async () => {
    const single = await startApp({ config: { DATABASE_POOL: '1' } });
    const customer = await aCustomer(single);
    await aRule(customer);
    await aRule(customer, refuseSizes);
    for (const details of [[substitution], [reading, substitution], [reading]]) {
      await aConsentRequest(single, { customer, details });
    }
    const { body } = await customer.api.get('/v1/me/consent-requests').expect(200);
    expect(body.items.map(({ status }: { status: string }) => status)).toEqual(['refused', 'narrowed', 'approved']);
    await single.stop();
  });
});
