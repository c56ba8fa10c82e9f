import { decodeJwt } from 'jose';

import type { Caller } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, aConsentRequest, aSpecialConsent, reading, special, statementOf } from './support/consents.js';
import { actingFor, aDelegation, type TestDelegation } from './support/delegations.js';
import { dpopFetch } from './support/oauth.js';
import { whileWaiting } from './support/race.js';
import { audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const code = (body: { type: string }) => body.type.split('/').at(-1);
const types = (details: readonly { type: string }[]) => details.map(({ type }) => type).toSorted();

/** Whoever has been told of no special attribute, and whoever has been told of the one that is shared. */
async function delegates(giver: TestDelegation['giver']): Promise<{ blind: TestDelegation; told: TestDelegation }> {
  return {
    blind: await aDelegation(app, { giver }),
    told: await aDelegation(app, { giver, attributes: ['size', 'food.allergen'] }),
  };
}

/** A consent with an ordinary and a special line, and another one with nothing but a special line. */
async function someConsents() {
  const mixed = await aConsent(app, { details: [reading] });
  const { customer, retailer } = mixed;
  await aSpecialConsent(app, { customer, retailer });
  const alone = await aSpecialConsent(app, { customer });
  return { mixed, alone, giver: customer, ...(await delegates(customer)) };
}

describe('consents, to whoever acts for the customer', () => {
  let consents: Awaited<ReturnType<typeof someConsents>>;
  beforeAll(async () => {
    consents = await someConsents();
  });

  it('are as they are, but for special attributes that the delegation does not name', async () => {
    const { mixed, alone, giver, blind, told } = consents;
    const listed = async (api: Caller) => {
      const { body } = await api.get('/v1/me/consents').expect(200);
      const lines = body.items.map((one: { id: string; details: { type: string }[] }) => [one.id, types(one.details)]);
      return { lines: Object.fromEntries(lines), active: body.counts.active };
    };
    const everything = {
      lines: {
        [mixed.consentId]: ['ccx_preferences', 'ccx_preferences_special'],
        [alone.consentId]: ['ccx_preferences_special'],
      },
      active: 2,
    };
    expect(await listed(giver.api)).toEqual(everything);
    expect(await listed(told.acting)).toEqual(everything);
    expect(await listed(blind.acting)).toEqual({ lines: { [mixed.consentId]: ['ccx_preferences'] }, active: 1 });
  });

  it('tell nothing of such attributes by themselves either, nor of what was shown', async () => {
    const { mixed, alone, blind, told } = consents;
    const path = `/v1/me/consents/${mixed.consentId}`;
    const { body, text } = await blind.acting.get(path).expect(200);
    expect(text).not.toContain('allergen');
    expect(types(body.details)).toEqual(['ccx_preferences']);
    expect(body.versions.map(({ notice }: { notice: string | null }) => notice)).toEqual([null, null]);
    expect((await told.acting.get(path).expect(200)).text).toContain('food.allergen');
    expect(code((await blind.acting.get(`/v1/me/consents/${alone.consentId}`).expect(404)).body)).toBe(
      'consent-not-found',
    );
    for (const command of ['pause', 'resume', 'withdraw']) {
      await blind.acting.post(`/v1/me/consents/${alone.consentId}/${command}`).expect(404);
    }
    const amend = blind.acting.patch(`/v1/me/consents/${alone.consentId}`).set('if-match', '"x"').send({});
    expect(code((await amend.expect(404)).body)).toBe('consent-not-found');
  });

  it('are told of in what a retailer gets as far as they are known', async () => {
    const { alone, mixed, blind, told } = consents;
    const sharing = async (api: Caller, retailerId: string) => {
      const { body } = await api.get(`/v1/me/effective?retailer_id=${retailerId}`).expect(200);
      return body.sharing.consent?.id ?? null;
    };
    expect(await sharing(told.acting, alone.retailer.id)).toBe(alone.consentId);
    expect(await sharing(blind.acting, alone.retailer.id)).toBeNull();
    expect(await sharing(blind.acting, mixed.retailer.id)).toBe(mixed.consentId);
  });

  it('can be paused and withdrawn, which stands in their history', async () => {
    const { mixed, giver, blind } = await someConsents();
    const path = `/v1/me/consents/${mixed.consentId}`;
    for (const [command, status] of [
      ['pause', 'paused'],
      ['withdraw', 'withdrawn'],
    ] as const) {
      const { body, text } = await blind.acting.post(`${path}/${command}`).expect(200);
      expect(body).toMatchObject({ status, receipt: null });
      expect(text).not.toContain('allergen');
    }
    const { body } = await giver.api.get(path).expect(200);
    const ref = { id: blind.id, name: 'Anna, who does the shopping' };
    expect(body.versions.slice(2)).toMatchObject([
      { change: 'paused', by: 'customer', delegation: ref },
      { change: 'withdrawn', by: 'customer', delegation: ref },
    ]);
    expect(body.versions[0].delegation).toBeNull();
    expect((await audited(app, giver.key)).at(-1)).toMatchObject({
      type: 'consent.withdrawn',
      actor: { kind: 'customer', delegation: blind.id },
    });
  });

  it('can be resumed within the attributes of the delegation', async () => {
    const { customer: giver, consentId } = await aConsent(app);
    const path = `/v1/me/consents/${consentId}`;
    const { id, acting } = await aDelegation(app, { giver, attributes: ['size'] });
    await acting.post(`${path}/pause`).expect(200);
    expect((await acting.post(`${path}/resume`).expect(200)).body).toMatchObject({ status: 'active', receipt: null });
    expect((await giver.api.get(path).expect(200)).body.versions.at(-1)).toMatchObject({
      change: 'resumed',
      delegation: { id },
    });
  });

  it('cannot be resumed beyond them, nor where anything is special; why, nobody is told', async () => {
    const { mixed, giver, blind, told } = await someConsents();
    const ordinary = await aConsent(app, { customer: giver, details: [reading] });
    const few = await aDelegation(app, { giver, attributes: ['size.footwear'] });
    const refused = await Promise.all(
      [
        { consent: ordinary, by: few },
        { consent: mixed, by: blind },
        { consent: mixed, by: told },
      ].map(async ({ consent, by }) => {
        await giver.api.post(`/v1/me/consents/${consent.consentId}/pause`).expect(200);
        const { body } = await by.acting.post(`/v1/me/consents/${consent.consentId}/resume`).expect(403);
        expect((await giver.api.get(`/v1/me/consents/${consent.consentId}`).expect(200)).body.status).toBe('paused');
        const { instance: _, trace_id: __, ...problem } = body;
        return problem;
      }),
    );
    expect(refused[0]).toMatchObject({
      type: `${app.url}/problems/outside-delegation`,
      detail: 'The delegation does not reach all that this is about.',
      attributes: [],
    });
    expect(refused).toEqual([refused[0], refused[0], refused[0]]);
    await giver.api.post(`/v1/me/consents/${mixed.consentId}/resume`).expect(200);
  });

  it('can be narrowed without a loss of what they do not see', async () => {
    const { mixed, giver, blind } = await someConsents();
    const path = `/v1/me/consents/${mixed.consentId}`;
    const { body, headers } = await blind.acting.get(path).expect(200);
    const { body: whole } = await giver.api.get(path).expect(200);
    const hidden = whole.details.find(({ type }: { type: string }) => type === 'ccx_preferences_special');
    const amend = (items: object[]) =>
      blind.acting.patch(path).set('if-match', String(headers['etag'])).send({ items });
    const kept = { id: body.details[0].id, attributes: ['size.footwear'] };
    expect((await amend([kept, { id: hidden.id }]).expect(400)).body.errors).toMatchObject([
      { pointer: '/items/1/id', detail: 'is not the id of a line' },
    ]);
    const { body: narrowed } = await amend([kept]).expect(200);
    expect(narrowed.details).toMatchObject([{ attributes: ['size.footwear'] }]);
    const { body: after } = await giver.api.get(path).expect(200);
    expect(types(after.details)).toEqual(['ccx_preferences', 'ccx_preferences_special']);
  });

  it('stay as they are when the delegation ends before a change is made', async () => {
    const { customer: giver, consentId } = await aConsent(app);
    const { id, acting } = await aDelegation(app, { giver });
    const [answer] = await whileWaiting(
      app.db,
      'consents',
      { id: consentId },
      () => acting.post(`/v1/me/consents/${consentId}/withdraw`),
      () => giver.api.delete(`/v1/me/delegations/${id}`).expect(204),
    );
    expect({ status: answer.status, code: code(answer.body) }).toEqual({ status: 403, code: 'delegation-not-valid' });
    expect((await giver.api.get(`/v1/me/consents/${consentId}`).expect(200)).body.status).toBe('active');
  });
});

describe('requests, to whoever acts for the customer', () => {
  const approveAs = (api: Caller, id: string, approval: object = {}) =>
    api.post(`/v1/me/consent-requests/${id}/approve`).send(approval);

  it('are given within the attributes of the delegation, in the name of both', async () => {
    const request = await aConsentRequest(app, { details: [reading] });
    const { customer: giver } = request;
    const { id, acting } = await aDelegation(app, { giver, attributes: ['size'] });
    const { body } = await approveAs(acting, request.id).expect(200);
    expect(body).toMatchObject({ request: { status: 'approved' }, consent: { status: 'active', receipt: null } });
    const path = `/v1/me/consents/${body.consent.id}`;
    expect((await giver.api.get(path).expect(200)).body.versions).toMatchObject([
      { by: 'customer', delegation: { id } },
    ]);
    const { body: receipts } = await giver.api.get(`${path}/receipts`).expect(200);
    const methodOf = (jws: string) =>
      (decodeJwt(jws) as { consent_record: { event: { indication_method: string } } }).consent_record.event
        .indication_method;
    expect(methodOf(receipts.items[0].jws)).toBe('delegate');
    const { body: told } = await dpopFetch(
      app,
      request.asRetailer,
      'GET',
      `/v1/consent-requests/${request.id}/receipts`,
    );
    const [toRetailer] = (told as { items: { jws: string }[] }).items;
    expect(methodOf(toRetailer!.jws)).toBe('direct');
    expect(JSON.stringify(decodeJwt(toRetailer!.jws))).not.toContain(id);
    expect((await audited(app, giver.key)).findLast(({ type }) => type === 'consent.given')).toMatchObject({
      actor: { kind: 'customer', delegation: id },
    });
  });

  it('are not given beyond them, and may be in part', async () => {
    const request = await aConsentRequest(app, { details: [reading] });
    const { acting } = await aDelegation(app, { giver: request.customer, attributes: ['size.footwear'] });
    const { body } = await approveAs(acting, request.id).expect(403);
    expect(body).toMatchObject({ type: `${app.url}/problems/outside-delegation`, attributes: ['size.apparel'] });
    const { body: open } = await acting.get(`/v1/me/consent-requests/${request.id}`).expect(200);
    const items = [{ id: open.details[0].id, attributes: ['size.footwear'] }];
    await approveAs(acting, request.id, { items }).expect(200);
  });

  it('of special attributes are there for those who know of these, to refuse and not to give', async () => {
    const request = await aConsentRequest(app, { details: [special] });
    const { blind, told } = await delegates(request.customer);
    const path = `/v1/me/consent-requests/${request.id}`;
    for (const [api, expected] of [
      [blind.acting, { ids: [], open: 0 }],
      [told.acting, { ids: [request.id], open: 1 }],
    ] as const) {
      const { body } = await api.get('/v1/me/consent-requests').expect(200);
      expect({ ids: body.items.map(({ id }: { id: string }) => id), open: body.open }).toEqual(expected);
    }
    await blind.acting.get(path).expect(404);
    await approveAs(blind.acting, request.id).expect(404);
    await blind.acting.post(`${path}/refuse`).expect(404);

    const { hash } = await statementOf(request);
    await told.acting.get(path).expect(200);
    const given = approveAs(told.acting, request.id, { statement: hash.en });
    expect(code((await given.expect(403)).body)).toBe('not-delegable');
    const { body } = await told.acting.post(`${path}/refuse`).expect(200);
    expect(body).toMatchObject({ status: 'refused', receipt: null });
    expect((await audited(app, request.customer.key)).at(-1)).toMatchObject({
      type: 'consent-request.refused',
      actor: { kind: 'customer', delegation: told.id },
    });
  });

  it('that they look at are recorded as seen by them', async () => {
    const request = await aConsentRequest(app, { details: [reading] });
    const { id, acting } = await aDelegation(app, { giver: request.customer });
    await acting.get(`/v1/me/consent-requests/${request.id}`).expect(200);
    expect((await audited(app, request.customer.key)).at(-1)).toMatchObject({
      type: 'consent-request.shown',
      actor: { delegation: id },
    });
  });

  it('stay open when the delegation ends before they are decided', async () => {
    const request = await aConsentRequest(app, { details: [reading] });
    const { customer: giver } = request;
    const { id, acting } = await aDelegation(app, { giver });
    const [answer] = await whileWaiting(
      app.db,
      'consent_requests',
      { id: request.id },
      () => approveAs(acting, request.id),
      () => giver.api.delete(`/v1/me/delegations/${id}`).expect(204),
    );
    expect({ status: answer.status, code: code(answer.body) }).toEqual({ status: 403, code: 'delegation-not-valid' });
    expect((await giver.api.get(`/v1/me/consent-requests/${request.id}`).expect(200)).body.status).toBe('open');
  });
});

describe('reads and reports, to whoever acts for the customer', () => {
  it('are as they are, but for special attributes that the delegation does not name', async () => {
    const retailer = await aRetailer(app);
    const consent = await aConsent(app, { retailer, details: [reading] });
    const { customer: giver } = consent;
    const { blind, told } = await delegates(giver);
    const insert = async (attributes: string[]) =>
      app.db.query(
        `insert into disclosures
           (bucket, customer_id, checked_at, id, consent_id, consent_version, retailer_id, client_id, attributes, purpose,
            touchpoint, stage, unchanged, refused, audit_id, leaf_index, leaf_count, nonce, path)
         values ($1, $2, now(), gen_random_uuid(), $3, 1, $4, 'tills', $5, 'dpv:ServicePersonalisation', 'till',
                 'shopping', false, null, gen_random_uuid(), 0, 1, '\\x00', '\\x')`,
        [giver.key.bucket, giver.customerId, consent.consentId, retailer.id, attributes],
      );
    for (const attributes of [['size.footwear'], ['food.allergen', 'size.apparel'], ['food.allergen'], []]) {
      await insert(attributes);
    }
    const readBy = async (api: Caller, query = '') => {
      const { body } = await api.get(`/v1/me/disclosures${query}`).expect(200);
      return body.items.map(({ attributes }: { attributes: string[] }) => attributes.join(' ')).toSorted();
    };
    const everything = ['', 'food.allergen', 'food.allergen size.apparel', 'size.footwear'];
    expect(await readBy(giver.api)).toEqual(everything);
    expect(await readBy(blind.acting)).toEqual(['size.apparel', 'size.footwear']);
    expect(await readBy(blind.acting, '?attribute=food.allergen')).toEqual([]);
    expect(await readBy(told.acting, '?attribute=food.allergen')).toEqual(everything.slice(1, 3));
    await blind.acting.get('/v1/me/interactions').expect(200);
  });

  it('take a scope each', async () => {
    const { acting, id, delegate } = await aDelegation(app, { scopes: ['consents.read'] });
    for (const path of ['/v1/me/disclosures', '/v1/me/interactions', '/v1/me/preferences']) {
      expect(code((await acting.get(path).expect(403)).body)).toBe('insufficient-scope');
    }
    await actingFor(delegate.api, id).get('/v1/me/consents').expect(200);
  });
});
