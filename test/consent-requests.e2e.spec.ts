import { randomUUID } from 'node:crypto';

import { retailerToken } from './support/oauth.js';
import { aCustomer, bearer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, aConsentRequest, approve, ask, reading, refuse, reporting } from './support/consents.js';
import { race, untilWaiting } from './support/race.js';
import { announced, audited } from './support/records.js';
import { aClient, aRetailer, reinstateRetailer, suspendRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const DAY = 86_400_000;
const problem = (code: string) => `${app.url}/problems/${code}`;

/** What is in the log about requests and consents of a customer. */
const decisions = async (customer: Parameters<typeof audited>[1]) =>
  (await audited(app, customer)).filter(({ type }) => (type as string).startsWith('consent'));

/** An address that nobody has. */
const someone = () => `${randomUUID()}@example.org`;
const growth = (after: number[], before: number[]) => after.map((count, index) => count - (before[index] ?? 0));

describe('a request that a retailer makes', () => {
  it('reaches the customer, with categories expanded and defaults filled in', async () => {
    const { id, customer, retailer, body } = await aConsentRequest(app, {
      details: [{ ...reading, attributes: ['contact', 'size.footwear'] }, reporting],
      message: 'For the fitting that you asked for.',
    });
    expect(body).toMatchObject({
      status: 'open',
      use: 'standing',
      lifetime_days: 365,
      decided_at: null,
      consent: null,
      authorization_details: [
        { attributes: ['contact.marketing', 'contact.service', 'size.footwear'], delivery: ['live'] },
        { ...reporting, event_types: ['transaction.completed', 'return.completed'], late_reporting: 'P3D' },
      ],
    });
    const list = await customer.api.get('/v1/me/consent-requests').expect(200);
    expect(list.body).toMatchObject({
      items: [
        {
          id,
          status: 'open',
          origin: 'inbox',
          retailer: { id: retailer.id, name: retailer.name },
          message: 'For the fitting that you asked for.',
        },
      ],
      next_cursor: null,
    });
  });

  it('is recorded in the log and announced', async () => {
    const { id, customer, retailer } = await aConsentRequest(app);
    expect(await decisions(customer.key)).toMatchObject([
      {
        type: 'consent-request.opened',
        actor: { kind: 'retailer', id: retailer.id, client: retailer.client.id },
        attributes: ['size.apparel', 'size.footwear'],
        data: { request_id: id },
      },
    ]);
    expect(await announced(app, customer.key)).toContain('consent-request.opened');
  });

  it('may name a customer whom the retailer knows from a consent', async () => {
    const { customer, retailer, asRetailer, id } = await aConsent(app, { details: [reading] });
    const { body } = await asRetailer.fetch('GET', `/v1/consent-requests/${id}`);
    const again = await aConsentRequest(app, { customer, retailer, addressee: { subject: body.consent.subject } });
    const { body: reached } = await customer.api.get(`/v1/me/consent-requests/${again.id}`).expect(200);
    expect(reached.status).toBe('open');
  });

  it('is made once, however often it is sent with the same key', async () => {
    const customer = await aCustomer(app);
    const asRetailer = await retailerToken(app, await aRetailer(app));
    const body = { customer: { email: customer.email }, authorization_details: [reading] };
    const key = { 'idempotency-key': randomUUID() };
    const answers = [
      await asRetailer.fetch('POST', '/v1/consent-requests', body, key),
      await asRetailer.fetch('POST', '/v1/consent-requests', body, key),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[1]?.body.id).toBe(answers[0]?.body.id);
    const { body: list } = await customer.api.get('/v1/me/consent-requests').expect(200);
    expect(list.items).toHaveLength(1);
  });

  it('is told apart from another with the same key, and waits for itself while it is under way', async () => {
    const asRetailer = await retailerToken(app, await aRetailer(app));
    const send = (key: string, email: string) =>
      asRetailer.fetch(
        'POST',
        '/v1/consent-requests',
        { customer: { email }, authorization_details: [reading] },
        { 'idempotency-key': key },
      );
    const [key, email] = [randomUUID(), someone()];
    const holder = await app.db.connect();
    let both: ReturnType<typeof send>[];
    try {
      await holder.query('begin; lock table consent_requests in share mode');
      both = [send(key, email), send(key, email)];
      await untilWaiting(app.db, 1, 'consent_requests');
      await untilWaiting(app.db, 1, 'idempotency_keys'); // for the one that waits for the table
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    const [first, second] = (await Promise.all(both)).toSorted((a, b) => a.status - b.status);
    expect(first?.status).toBe(201);
    // The answer of the first is kept a moment after its change.
    if (second?.status === 409) expect(second.body.type).toBe(problem('idempotency-in-progress'));
    else expect([second?.status, second?.body.id]).toEqual([201, first?.body.id]);
    const again = await send(key, email);
    expect([again.status, again.body.id]).toEqual([201, first?.body.id]);
    expect((await send(key, someone())).status).toBe(422);
  });

  it('is refused with every fault named', async () => {
    const asRetailer = await retailerToken(app, await aRetailer(app));
    const { status, body } = await ask(asRetailer, { email: 'ada@example.org' }, [
      { ...reading, attributes: ['size.hat'], touchpoints: ['till', 'beacon'] },
      { ...reporting, since: 'P2Y' },
    ]);
    expect(status).toBe(400);
    expect(body.type).toBe(problem('invalid-authorization-details'));
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/authorization_details/0/attributes/0',
      '/authorization_details/0/touchpoints',
      '/authorization_details/1/since',
    ]);
  });

  it('is refused when it asks for special attributes, and names them', async () => {
    const asRetailer = await retailerToken(app, await aRetailer(app));
    const { status, body } = await ask(asRetailer, { email: 'ada@example.org' }, [
      { ...reading, attributes: ['food.allergen', 'size.footwear'] },
    ]);
    expect(status).toBe(400);
    expect(body).toMatchObject({ type: problem('special-attributes'), attributes: ['food.allergen'] });
  });

  it.each([
    [{}, '/customer'],
    [{ email: 'ada@example.org', subject: 'p1x' }, '/customer'],
    [{ email: 'not an address' }, '/customer/email'],
  ])('is refused when it names %j', async (addressee, pointer) => {
    const { status, body } = await ask(await retailerToken(app, await aRetailer(app)), addressee);
    expect(status).toBe(400);
    expect(body.errors).toEqual([expect.objectContaining({ pointer })]);
  });

  it('leaves nothing behind when it is refused', async () => {
    const customer = await aCustomer(app);
    await ask(await retailerToken(app, await aRetailer(app)), { email: customer.email }, [
      { ...reading, purposes: [] },
    ]);
    expect((await customer.api.get('/v1/me/consent-requests').expect(200)).body.items).toEqual([]);
    expect(await decisions(customer.key)).toEqual([]);
  });

  it('can be read by every client of the retailer, and by no other', async () => {
    const { id, retailer } = await aConsentRequest(app);
    const colleague = await retailerToken(app, { client: await aClient(app, retailer.id) });
    const stranger = await retailerToken(app, await aRetailer(app));
    expect((await colleague.fetch('GET', `/v1/consent-requests/${id}`)).status).toBe(200);
    const { status, body } = await stranger.fetch('GET', `/v1/consent-requests/${id}`);
    expect({ status, type: body.type }).toEqual({ status: 404, type: problem('consent-request-not-found') });
  });
});

describe('a request to somebody who is not a customer', () => {
  const volatile = { id: '', created_at: '', expires_at: '', authorization_details: [] };

  it('is answered like any other', async () => {
    const { body: known, asRetailer } = await aConsentRequest(app);
    for (const addressee of [{ email: someone() }, { subject: `p1${'A'.repeat(22)}` }, { subject: 'nobody' }]) {
      const { status, body: unknown, headers } = await ask(asRetailer, addressee);
      expect(status).toBe(201);
      expect({ ...unknown, ...volatile }).toEqual({ ...known, ...volatile });
      expect(Object.keys(unknown)).toEqual(Object.keys(known));
      expect(headers.get('location')).toBeNull();
      const read = await asRetailer.fetch('GET', `/v1/consent-requests/${unknown.id}`);
      expect(read).toMatchObject({ status: 200, body: unknown });
    }
  });

  it('is as much work as any other', async () => {
    const written = async () => {
      const { rows } = await app.db.query(
        `select (select count(*) from consent_requests) as requests, (select count(*) from consent_refs) as refs,
                (select count(*) from outbox_events) as events,
                (select count(*) from audit_pending) + (select count(*) from audit_log) as entries`,
      );
      return Object.values(rows[0] as Record<string, string>).map(Number);
    };
    const { asRetailer, customer } = await aConsentRequest(app);
    const start = await written();
    await ask(asRetailer, { email: customer.email });
    const known = await written();
    await ask(asRetailer, { email: someone() });
    const unknown = await written();
    expect(growth(unknown, known)).toEqual(growth(known, start));
  });

  it('lapses like one that nobody decides', async () => {
    const { id, asRetailer } = await aConsentRequest(app);
    const { body: unknown } = await ask(asRetailer, { email: someone() });
    const later = async () => {
      app.clock.advance({ days: 15 });
      return retailerToken(app, asRetailer);
    };
    const again = await later();
    const statuses = async () => {
      const answers = [
        await again.fetch('GET', `/v1/consent-requests/${id}`),
        await again.fetch('GET', `/v1/consent-requests/${unknown.id}`),
      ];
      return answers.map(({ body }) => body.status);
    };
    expect(await statuses()).toEqual(['lapsed', 'lapsed']);
    await app.runJob('consent-requests.lapse');
    expect(await statuses()).toEqual(['lapsed', 'lapsed']);
    app.clock.set(new Date());
  });
});

describe('a request in the customer’s list', () => {
  it('says in plain sentences what is asked, in English and in German', async () => {
    const { id, customer } = await aConsentRequest(app, {
      retailer: await aRetailer(app, { incentive: 'Free delivery.' }),
    });
    const { body } = await customer.api.get(`/v1/me/consent-requests/${id}`).expect(200);
    expect(body.in_words).toMatchObject({
      title: { en: 'Grocer A asks for your consent.', de: 'Grocer A bittet um Ihre Einwilligung.' },
      incentive: 'Free delivery.',
      life: { en: 'This holds for 12 months, unless you end it before.' },
    });
    expect(body.in_words.details.map(({ id: line }: { id: string }) => line)).toEqual(
      body.details.map(({ id: line }: { id: string }) => line),
    );
    expect(body.in_words.details[0].items).toMatchObject([
      { code: 'size.apparel', standing: 'new' },
      {
        code: 'size.footwear',
        sentence: {
          en: 'Grocer A may see what you have stated under “Shoe size”.',
          de: 'Grocer A darf sehen, was Sie unter „Schuhgröße“ angegeben haben.',
        },
      },
    ]);
  });

  it('shows what is given already and what is new', async () => {
    const { customer, retailer } = await aConsent(app, {
      details: [{ ...reading, attributes: ['size.footwear'] }],
      lifetime_days: 366,
    });
    const { id } = await aConsentRequest(app, { customer, retailer, details: [reading] });
    const { body } = await customer.api.get(`/v1/me/consent-requests/${id}`).expect(200);
    expect(body.in_words.details[0].items).toMatchObject([
      { code: 'size.apparel', standing: 'new' },
      { code: 'size.footwear', standing: 'given' },
    ]);
  });

  it('is not sent again while it is the same', async () => {
    const { id, customer } = await aConsentRequest(app);
    const path = `/v1/me/consent-requests/${id}`;
    const { headers } = await customer.api.get(path).expect(200);
    const statusNow = async () => (await customer.api.get(path).set('if-none-match', String(headers['etag']))).status;
    expect(await statusNow()).toBe(304);
    await refuse({ id, customer }).expect(200);
    expect(await statusNow()).toBe(200);
  });

  it('is found by its status, newest first, page by page', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const [first, second, third] = [
      await aConsentRequest(app, { customer, retailer }),
      await aConsentRequest(app, { customer, retailer }),
      await aConsentRequest(app, { customer, retailer }),
    ];
    await refuse(second).expect(200);
    const list = async (query: string) => {
      const { body } = await customer.api.get(`/v1/me/consent-requests${query}`).expect(200);
      return { ids: body.items.map(({ id }: { id: string }) => id), next: body.next_cursor };
    };
    expect((await list('?status=open')).ids).toEqual([third.id, first.id]);
    expect((await list('?status=refused')).ids).toEqual([second.id]);
    expect((await list('?status=lapsed')).ids).toEqual([]);
    const page = await list('?limit=2');
    expect(page.ids).toEqual([third.id, second.id]);
    expect((await list(`?limit=2&cursor=${page.next}`)).ids).toEqual([first.id]);
    await customer.api.get('/v1/me/consent-requests?status=lost').expect(400);
  });

  it('is nobody else’s', async () => {
    const { id } = await aConsentRequest(app);
    const other = await aCustomer(app);
    for (const request of [
      other.api.get(`/v1/me/consent-requests/${id}`),
      approve({ id, customer: other }),
      refuse({ id, customer: other }),
    ]) {
      const { body } = await request.expect(404);
      expect(body.type).toBe(problem('consent-request-not-found'));
    }
  });

  it('is for programs only that may decide', async () => {
    const { id, customer } = await aConsentRequest(app);
    const { body } = await customer.api
      .post('/v1/me/tokens')
      .send({ name: 'reader', scopes: ['consents.read'], expires_at: new Date(app.clock.now().getTime() + DAY) })
      .expect(201);
    const reader = bearer(app, body.token);
    await reader.get(`/v1/me/consent-requests/${id}`).expect(200);
    const { status } = await reader.post(`/v1/me/consent-requests/${id}/approve`);
    expect(status).toBe(403);
  });
});

describe('approving a request', () => {
  it('gives all of it, without a body', async () => {
    const { id, customer, retailer, asRetailer } = await aConsentRequest(app);
    const { body } = await customer.api.post(`/v1/me/consent-requests/${id}/approve`).expect(200);
    expect(body).toMatchObject({
      request: { id, status: 'approved', consent_id: body.consent.id },
      consent: { version: 1, status: 'active', use: 'standing', retailer: { id: retailer.id }, ended_at: null },
    });
    const [read, report] = body.consent.details;
    expect(read).toMatchObject(reading);
    expect(report).toMatchObject({ ...reporting, since: body.consent.given_at });
    expect(Date.parse(body.consent.expires_at) - Date.parse(body.consent.given_at)).toBe(365 * DAY);

    const { body: told } = await asRetailer.fetch('GET', `/v1/consent-requests/${id}`);
    expect(told).toMatchObject({
      status: 'approved',
      consent: { id: body.consent.id, version: 1, status: 'active', authorization_details: body.consent.details },
    });
    expect(told.consent.subject).toMatch(/^p1/);
    expect(JSON.stringify(told)).not.toContain(customer.customerId);
  });

  it('gives the part that is kept, for a shorter time', async () => {
    const request = await aConsentRequest(app);
    const [line] = request.body.authorization_details;
    const expires_at = new Date(app.clock.now().getTime() + 30 * DAY).toISOString();
    const { body } = await approve(request, {
      items: [{ id: line.id, attributes: ['size.footwear'], touchpoints: ['till'] }],
      expires_at,
    }).expect(200);
    expect(body.request.status).toBe('narrowed');
    expect(body.consent).toMatchObject({
      expires_at,
      details: [{ id: line.id, attributes: ['size.footwear'], touchpoints: ['till'], expires_at }],
    });
    expect(body.consent.details).toHaveLength(1);
  });

  it('lets history in as far back as was asked for', async () => {
    const { consent } = await aConsent(app, { details: [{ ...reporting, since: 'P400D' }] });
    expect(Date.parse(consent.given_at) - Date.parse(consent.details[0].since)).toBe(400 * DAY);
  });

  it('never gives more than was asked for, and names what would be', async () => {
    const request = await aConsentRequest(app);
    const [line] = request.body.authorization_details;
    const { body } = await approve(request, {
      items: [{ id: line.id, attributes: ['brand.affinity'] }],
      expires_at: '2099-01-01T00:00:00Z',
    }).expect(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/items/0/attributes/0',
      '/expires_at',
    ]);
    const { body: after } = await request.customer.api.get(`/v1/me/consent-requests/${request.id}`).expect(200);
    expect(after.status).toBe('open');
  });

  it('gives something or is no approval', async () => {
    const request = await aConsentRequest(app);
    const { body } = await approve(request, { items: [] }).expect(422);
    expect(body.type).toBe(problem('nothing-kept'));
  });

  it('keeps what was shown, in the language in which it was', async () => {
    const request = await aConsentRequest(app);
    const { body: shown } = await request.customer.api.get(`/v1/me/consent-requests/${request.id}`).expect(200);
    await approve(request, { language: 'de' }).expect(200);
    const { rows } = await app.db.query<{ text: { title: string; language: string; details: object[] } }>(
      `select n.text from consents c join notices n using (bucket, customer_id)
        where c.customer_id = $1 and n.hash = c.notice_hash`,
      [request.customer.customerId],
    );
    expect(rows).toMatchObject([{ text: { language: 'de', title: shown.in_words.title.de } }]);
    expect(rows[0]?.text.details).toHaveLength(shown.in_words.details.length);
  });

  it('is recorded once in the log, and announced', async () => {
    const { customer, consentId, retailer, id } = await aConsent(app);
    expect((await decisions(customer.key)).slice(1)).toMatchObject([
      {
        type: 'consent.given',
        actor: { kind: 'customer' },
        retailer_id: retailer.id,
        consent: { id: consentId, version: 1 },
        purposes: ['dpv:PersonalisedBenefits', 'dpv:ServicePersonalisation'],
        attributes: ['size.apparel', 'size.footwear'],
        data: { request_id: id, status: 'active' },
      },
    ]);
    expect((await announced(app, customer.key)).slice(-2)).toEqual(['consent-request.opened', 'consent.given']);
  });

  it('adds to the consent that the retailer has', async () => {
    const { customer, retailer, consentId } = await aConsent(app, {
      details: [{ ...reading, attributes: ['size.footwear'], touchpoints: ['till'] }],
    });
    const more = await aConsentRequest(app, { customer, retailer, details: [{ ...reading, touchpoints: ['web'] }] });
    const { body } = await approve(more).expect(200);
    expect(body.consent).toMatchObject({
      id: consentId,
      version: 2,
      details: [
        { attributes: ['size.footwear'], touchpoints: ['till'] },
        { attributes: ['size.apparel', 'size.footwear'], touchpoints: ['web'] },
      ],
    });
    expect((await decisions(customer.key)).at(-1)).toMatchObject({ type: 'consent.amended', consent: { version: 2 } });
  });

  it('renews what is given already, without saying it twice', async () => {
    const { customer, retailer, consentId, consent } = await aConsent(app, { details: [reading], lifetime_days: 30 });
    const { body } = await approve(await aConsentRequest(app, { customer, retailer, details: [reading] })).expect(200);
    expect(body.consent).toMatchObject({ id: consentId, version: 2, given_at: consent.given_at });
    expect(body.consent.details).toHaveLength(1);
    expect(Date.parse(body.consent.expires_at)).toBeGreaterThan(Date.parse(consent.expires_at));
  });

  it('makes a consent of its own for one time', async () => {
    const { customer, retailer, consentId } = await aConsent(app, { details: [reading] });
    const once = await aConsent(app, { customer, retailer, details: [reading], use: 'once' });
    const again = await aConsent(app, { customer, retailer, details: [reading], use: 'once' });
    expect(new Set([consentId, once.consentId, again.consentId]).size).toBe(3);
    expect(Date.parse(once.consent.expires_at) - Date.parse(once.consent.given_at)).toBe(DAY);
  });

  it('is decided once', async () => {
    const request = await aConsentRequest(app);
    const { body: first } = await approve(request).expect(200);
    for (const again of [approve(request), refuse(request)]) {
      const { body } = await again.expect(409);
      expect(body).toMatchObject({
        type: problem('request-decided'),
        request_status: 'approved',
        consent_id: first.consent.id,
      });
    }
    expect(await decisions(request.customer.key)).toHaveLength(2);
  });

  it('is decided once when two devices approve at the same time', async () => {
    const request = await aConsentRequest(app);
    const answers = await race(app.db, 'consent_requests', { id: request.id }, [
      () => approve(request),
      () => approve(request),
    ]);
    const statuses = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : answer.reason));
    expect(statuses.toSorted()).toEqual([200, 409]);
    expect(await decisions(request.customer.key)).toHaveLength(2);
    const { body } = await request.customer.api.get('/v1/me/consents').expect(200);
    expect(body.items).toHaveLength(1);
  });

  it('is either approved or refused when both happen at the same time', async () => {
    const request = await aConsentRequest(app);
    const [approved, refused] = await race(app.db, 'consent_requests', { id: request.id }, [
      () => approve(request),
      () => refuse(request),
    ]);
    const statuses = [approved, refused].map((answer) => (answer.status === 'fulfilled' ? answer.value.status : null));
    expect(statuses.toSorted()).toEqual([200, 409]);
    const { body } = await request.customer.api.get('/v1/me/consents').expect(200);
    expect(body.items).toHaveLength(statuses[0] === 200 ? 1 : 0);
  });

  it('leads to one consent when two requests of a retailer are approved at the same time', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const one = await aConsentRequest(app, { customer, retailer, details: [reading] });
    const other = await aConsentRequest(app, { customer, retailer, details: [reporting] });
    // A new consent refers to its customer: whoever inserts one waits for this row.
    const answers = await race(app.db, 'customers', { customer_id: customer.customerId }, [
      () => approve(one),
      () => approve(other),
    ]);
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : answer.reason))).toEqual([
      200, 200,
    ]);
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    expect(body.items).toMatchObject([{ version: 2, details: [{}, {}] }]);
  });

  it('waits while the retailer is suspended', async () => {
    const request = await aConsentRequest(app);
    await suspendRetailer(app, request.retailer);
    const { body } = await approve(request).expect(403);
    expect(body.type).toBe(problem('retailer-suspended'));
    await reinstateRetailer(app, request.retailer);
    await approve(request).expect(200);
  });
});

describe('refusing a request', () => {
  it('gives nothing, and refusing again changes nothing', async () => {
    const request = await aConsentRequest(app);
    const { body: first } = await refuse(request).expect(200);
    expect(first).toMatchObject({ id: request.id, status: 'refused', consent_id: null });
    const { body: again } = await refuse(request).expect(200);
    expect(again).toEqual(first);
    expect((await request.customer.api.get('/v1/me/consents').expect(200)).body.items).toEqual([]);
    expect((await decisions(request.customer.key)).map(({ type }) => type)).toEqual([
      'consent-request.opened',
      'consent-request.refused',
    ]);
    const { body: told } = await request.asRetailer.fetch('GET', `/v1/consent-requests/${request.id}`);
    expect(told).toMatchObject({ status: 'refused', consent: null });
  });

  it('is final', async () => {
    const request = await aConsentRequest(app);
    await refuse(request).expect(200);
    const { body } = await approve(request).expect(409);
    expect(body).toMatchObject({ type: problem('request-decided'), request_status: 'refused', consent_id: null });
  });
});

describe('a request that is not decided in time', () => {
  afterEach(() => app.clock.set(new Date()));

  it('lapses, recorded or not', async () => {
    const { id, customer } = await aConsentRequest(app);
    app.clock.advance({ days: 14 });
    const { body: session } = await app.http
      .post('/v1/sessions')
      .send({ email: customer.email, password: customer.password })
      .expect(201);
    const later = { id, customer: { ...customer, api: bearer(app, session.token) } };

    for (const decide of [approve, refuse]) {
      const { body } = await decide(later).expect(409);
      expect(body.type).toBe(problem('request-lapsed'));
    }
    const statuses = async () => {
      const { body: list } = await later.customer.api.get('/v1/me/consent-requests?status=lapsed').expect(200);
      return list.items.map(({ status }: { status: string }) => status);
    };
    expect(await statuses()).toEqual(['lapsed']);
    await app.runJob('consent-requests.lapse');
    await app.runJob('consent-requests.lapse');
    expect(await statuses()).toEqual(['lapsed']);
    expect((await decisions(customer.key)).map(({ type }) => type)).toEqual([
      'consent-request.opened',
      'consent-request.lapsed',
    ]);
  });
});
