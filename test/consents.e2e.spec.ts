import { ConsentRequestsService } from '../src/consents/consent-requests.service.js';
import { ConsentsService } from '../src/consents/consents.service.js';
import type { CustomerKey } from '../src/platform/customer-key.js';
import { Database } from '../src/platform/database/database.js';
import { PersonalData } from '../src/platform/personal-data.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, aConsentRequest, approve, later, reading, reporting, withdraw } from './support/consents.js';
import { race } from './support/race.js';
import { announced, audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';
import { aRule, refuseSharing } from './support/rules.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const problem = (code: string) => `${app.url}/problems/${code}`;

/** What is in the log about consents of a customer. */
const changes = async (customer: CustomerKey) =>
  (await audited(app, customer)).filter(({ type }) => (type as string).startsWith('consent.'));

/** The epoch of a client's tokens under a consent. */
async function epochOf(consentId: string, clientId: string): Promise<number | undefined> {
  const found = await app.get(ConsentsService).byToken(app.get(Database).reader, consentId, clientId);
  return found?.epoch;
}

async function enrol({ key }: TestCustomer, consentId: string, clientId: string): Promise<void> {
  const consents = app.get(ConsentsService);
  const consent = await consents.get(key, consentId);
  await app.get(Database).transaction((tx) => consents.enrolClient(tx, consent, clientId));
}

/** The consent by which the retailer has all of this. */
const covering = (customer: TestCustomer, retailerId: string, details: object[]) => {
  const asked = app.get(ConsentRequestsService).read(details, { retailerId, touchpoints: ['till', 'web'] });
  return app.get(ConsentsService).covering(app.get(Database).reader, customer.key, retailerId, { details: asked });
};

/** What the module says of the personal data that it has. */
const held = () => {
  const module = app
    .get(PersonalData)
    .registered()
    .find((one) => one.module === 'consents');
  if (!module) throw new Error('Nobody has registered it.');
  return module;
};
/** How many rows of each of its tables are about the customer. */
const rowsOf = async ({ customerId }: TestCustomer) => {
  const counts = held().tables.map((table) =>
    app.db.query<{ count: number }>(`select count(*)::int as count from ${table} where customer_id = $1`, [customerId]),
  );
  return (await Promise.all(counts)).map(({ rows }) => rows[0]?.count ?? 0);
};

/** A customer with something in every table. */
async function aHistory(): Promise<TestCustomer> {
  const { customer, consentId } = await aConsent(app);
  await enrol(customer, consentId, 'one');
  await aRule(customer, refuseSharing);
  await withdraw({ customer, consentId }).expect(200);
  return customer;
}

describe('a customer’s consents', () => {
  it('are listed newest first, by status and retailer, page by page', async () => {
    const customer = await aCustomer(app);
    const first = await aConsent(app, { customer });
    const second = await aConsent(app, { customer });
    const third = await aConsent(app, { customer });
    await withdraw(second).expect(200);
    const list = async (query: string) => {
      const { body } = await customer.api.get(`/v1/me/consents${query}`).expect(200);
      return { ids: body.items.map(({ id }: { id: string }) => id), next: body.next_cursor };
    };
    expect((await list('')).ids).toEqual([third.consentId, second.consentId, first.consentId]);
    expect((await list('?status=active')).ids).toEqual([third.consentId, first.consentId]);
    expect((await list('?status=withdrawn')).ids).toEqual([second.consentId]);
    expect((await list(`?retailer_id=${first.retailer.id}`)).ids).toEqual([first.consentId]);
    const page = await list('?limit=2');
    expect((await list(`?limit=2&cursor=${page.next}`)).ids).toEqual([first.consentId]);
    await customer.api.get('/v1/me/consents?cursor=nonsense').expect(400);
  });

  it('tell every state that they have been in', async () => {
    const { customer, retailer, consentId, consent } = await aConsent(app, { details: [reading] });
    await approve(await aConsentRequest(app, { customer, retailer, details: [reporting] })).expect(200);
    await withdraw({ customer, consentId }, { reported_data: 'delete' }).expect(200);
    const { body } = await customer.api.get(`/v1/me/consents/${consentId}`).expect(200);
    expect(body).toMatchObject({ id: consentId, version: 3, status: 'withdrawn', reported_data: 'delete' });
    expect(body.versions).toMatchObject([
      { version: 1, change: 'given', status: 'active', by: 'customer', details: consent.details },
      { version: 2, change: 'amended', status: 'active', by: 'customer', details: [{}, {}] },
      { version: 3, change: 'withdrawn', status: 'withdrawn', by: 'customer', at: body.ended_at },
    ]);
  });

  it('are not sent again while they are the same', async () => {
    const { customer, consentId } = await aConsent(app);
    const path = `/v1/me/consents/${consentId}`;
    const { headers } = await customer.api.get(path).expect(200);
    const statusNow = async () => (await customer.api.get(path).set('if-none-match', String(headers['etag']))).status;
    expect(await statusNow()).toBe(304);
    await withdraw({ customer, consentId }).expect(200);
    expect(await statusNow()).toBe(200);
  });

  it('are nobody else’s', async () => {
    const { consentId } = await aConsent(app);
    const customer = await aCustomer(app);
    for (const request of [customer.api.get(`/v1/me/consents/${consentId}`), withdraw({ consentId, customer })]) {
      const { body } = await request.expect(404);
      expect(body.type).toBe(problem('consent-not-found'));
    }
    expect(await changes(customer.key)).toEqual([]);
  });
});

describe('withdrawing a consent', () => {
  it('ends it at once, without a body, and ends all tokens under it', async () => {
    const { customer, consentId, retailer } = await aConsent(app);
    await enrol(customer, consentId, retailer.client.id);
    const { body } = await customer.api.post(`/v1/me/consents/${consentId}/withdraw`).expect(200);
    expect(body).toMatchObject({ id: consentId, version: 2, status: 'withdrawn', reported_data: 'keep' });
    expect(body.ended_at).not.toBeNull();
    expect(await epochOf(consentId, retailer.client.id)).toBe(2);
  });

  it('changes nothing when it has ended', async () => {
    const consent = await aConsent(app);
    const { body: first } = await withdraw(consent).expect(200);
    const { body: again } = await withdraw(consent, { reported_data: 'delete' }).expect(200);
    expect(again).toEqual(first);
    expect((await changes(consent.customer.key)).map(({ type }) => type)).toEqual([
      'consent.given',
      'consent.withdrawn',
    ]);
  });

  it('is recorded in the log, and announced with what becomes of reported events', async () => {
    const { customer, consentId, retailer } = await aConsent(app);
    await withdraw({ customer, consentId }, { reported_data: 'delete' }).expect(200);
    expect((await changes(customer.key)).at(-1)).toMatchObject({
      type: 'consent.withdrawn',
      actor: { kind: 'customer' },
      retailer_id: retailer.id,
      consent: { id: consentId, version: 2 },
      data: { reported_data: 'delete', status: 'withdrawn' },
    });
    expect((await announced(app, customer.key)).at(-1)).toBe('consent.withdrawn');
  });

  it('is recorded once when two requests race', async () => {
    const consent = await aConsent(app);
    const answers = await race(app.db, 'consents', { id: consent.consentId }, [
      () => withdraw(consent, { reported_data: 'keep' }),
      () => withdraw(consent, { reported_data: 'delete' }),
    ]);
    const bodies = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.body : answer.reason));
    expect(bodies[0]).toEqual(bodies[1]);
    expect(await changes(consent.customer.key)).toHaveLength(2);
  });

  it('makes room for a new one', async () => {
    const { customer, retailer, consentId } = await aConsent(app);
    await withdraw({ customer, consentId }).expect(200);
    const again = await aConsent(app, { customer, retailer });
    expect(again.consentId).not.toBe(consentId);
    expect(again.consent.version).toBe(1);
  });

  it('is not undone by an approval at the same time', async () => {
    const { customer, retailer, consentId } = await aConsent(app, { details: [reading] });
    const more = await aConsentRequest(app, { customer, retailer, details: [reporting] });
    const answers = await race(app.db, 'consents', { id: consentId }, [
      () => withdraw({ customer, consentId }),
      () => approve(more),
    ]);
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : answer.reason))).toEqual([
      200, 200,
    ]);
    const { body } = await customer.api.get(`/v1/me/consents/${consentId}`).expect(200);
    expect(body.status).toBe('withdrawn');
  });

  it.each([{ reported_data: 'sell' }, { reported_data: null }, { reason: 'none of your business' }])(
    'is refused with %j',
    async (body) => {
      const consent = await aConsent(app);
      await withdraw(consent, body).expect(400);
      expect(await changes(consent.customer.key)).toHaveLength(1);
    },
  );
});

describe('a consent whose time is up', () => {
  afterEach(() => app.clock.set(new Date()));

  it('has expired, recorded or not', async () => {
    const { customer: before, consentId, retailer, consent } = await aConsent(app, { lifetime_days: 30 });
    await enrol(before, consentId, retailer.client.id);
    const customer = await later(app, before, 30);
    const read = async () => (await customer.api.get(`/v1/me/consents/${consentId}`).expect(200)).body;
    expect(await read()).toMatchObject({ status: 'expired', version: 1, ended_at: consent.expires_at });
    const { body: list } = await customer.api.get('/v1/me/consents?status=active').expect(200);
    expect(list.items).toEqual([]);

    await app.runJob('consents.expire');
    await app.runJob('consents.expire');
    expect(await read()).toMatchObject({
      status: 'expired',
      version: 2,
      ended_at: consent.expires_at,
      versions: [{ change: 'given' }, { change: 'expired', by: 'system' }],
    });
    expect((await changes(customer.key)).at(-1)).toMatchObject({
      type: 'consent.expired',
      actor: { kind: 'system' },
      consent: { version: 2 },
    });
    expect((await announced(app, customer.key)).filter((type) => type === 'consent.expired')).toHaveLength(1);
    expect(await epochOf(consentId, retailer.client.id)).toBe(2);
  });

  it('is not withdrawn any more', async () => {
    const { customer: before, consentId } = await aConsent(app, { lifetime_days: 30 });
    const customer = await later(app, before, 31);
    const { body } = await withdraw({ customer, consentId }).expect(200);
    expect(body).toMatchObject({ status: 'expired', reported_data: null });
    expect((await changes(customer.key)).map(({ type }) => type)).toEqual(['consent.given', 'consent.expired']);
  });

  it('makes room for a new one, before anybody has recorded that', async () => {
    const { customer: before, retailer, consentId } = await aConsent(app, { lifetime_days: 30 });
    const customer = await later(app, before, 31);
    const again = await aConsent(app, { customer, retailer });
    expect(again.consentId).not.toBe(consentId);
    expect((await changes(customer.key)).map(({ type }) => type)).toEqual([
      'consent.given',
      'consent.expired',
      'consent.given',
    ]);
  });
});

describe('what a retailer has been given', () => {
  it('need not be asked for again, and more must be', async () => {
    const { customer, retailer, consentId } = await aConsent(app, { details: [reading] });
    expect((await covering(customer, retailer.id, [{ ...reading, touchpoints: ['till'] }]))?.id).toBe(consentId);
    expect(await covering(customer, retailer.id, [reading, reporting])).toBeNull();
    expect(await covering(customer, (await aRetailer(app)).id, [reading])).toBeNull();
  });

  it('is nothing once it is withdrawn', async () => {
    const { customer, retailer, consentId } = await aConsent(app, { details: [reading] });
    await withdraw({ customer, consentId }).expect(200);
    expect(await covering(customer, retailer.id, [reading])).toBeNull();
  });
});

describe('the tokens of a client under a consent', () => {
  it('end without the consent when their epoch is raised, and those of other clients stay', async () => {
    const { customer, consentId } = await aConsent(app);
    for (const client of ['one', 'other']) await enrol(customer, consentId, client);
    await app
      .get(Database)
      .transaction((tx) => app.get(ConsentsService).raiseEpoch(tx, customer.key, consentId, 'one'));
    await enrol(customer, consentId, 'one');
    expect([await epochOf(consentId, 'one'), await epochOf(consentId, 'other')]).toEqual([2, 1]);
    expect((await app.get(ConsentsService).get(customer.key, consentId)).status).toBe('active');
  });

  it('are none for a client that never had one, and for no consent', async () => {
    const { consentId } = await aConsent(app);
    expect(await epochOf(consentId, 'a stranger')).toBeUndefined();
    expect(await epochOf('not a consent', 'one')).toBeUndefined();
  });
});

describe('what is held of a customer', () => {
  it('can be handed over', async () => {
    const customer = await aHistory();
    const records = [];
    for await (const record of held().export(app.get(Database).reader, customer.key)) records.push(record);
    expect(records).toMatchObject([
      { kind: 'consent_request', record: { status: 'approved', origin: 'inbox' } },
      { kind: 'consent_rule', record: { version: 1, effect: 'refuse', enabled: true } },
      { kind: 'consent_version', record: { version: 1, change: 'given' } },
      { kind: 'consent_version', record: { version: 2, change: 'withdrawn' } },
      { kind: 'notice', record: { text: { language: 'en' } } },
      { kind: 'receipt', record: { version: 2, event: 'withdrawn' } },
      { kind: 'receipt', record: { version: 1, event: 'given' } },
    ]);
  });

  it('can be erased, all of it and nothing else', async () => {
    const customer = await aHistory();
    const neighbour = await aHistory();
    expect(await rowsOf(customer)).not.toContain(0);
    await app.get(Database).transaction(async (tx) => {
      await tx.query('set local role ccx_erase');
      await held().erase(tx, customer.key);
    });
    expect(new Set(await rowsOf(customer))).toEqual(new Set([0]));
    expect(await rowsOf(neighbour)).not.toContain(0);
  });
});
