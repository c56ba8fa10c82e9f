import { aCustomer, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, aConsentRequest, approve, reading, refuse, reporting } from './support/consents.js';
import { race, statusesOf, untilWaiting, whileWaiting } from './support/race.js';
import { announced, audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const problem = (code: string) => `${app.url}/problems/${code}`;
const look = ({ id, customer }: { id: string; customer: TestCustomer }) =>
  customer.api.get(`/v1/me/consent-requests/${id}`);
const SHOWN = 'consent-request.shown';

/** How often the log and the outbox say that a request was shown to the customer. */
async function shownTimes({ key }: TestCustomer): Promise<[number, number]> {
  const entries = (await audited(app, key)).filter(({ type }) => type === SHOWN);
  return [entries.length, (await announced(app, key)).filter((type) => type === SHOWN).length];
}

describe('that a request was shown', () => {
  it('is recorded when the customer opens it, once, and apart from what they decide', async () => {
    const request = await aConsentRequest(app);
    await request.customer.api.get('/v1/me/consent-requests').expect(200);
    expect(await shownTimes(request.customer)).toEqual([0, 0]);
    const { body: first } = await look(request).expect(200);
    expect(Date.parse(first.shown_at)).toBeGreaterThanOrEqual(Date.parse(first.created_at));
    await look(request).expect(200);
    await approve(request).expect(200);
    const { body: decided } = await look(request).expect(200);
    expect(decided.shown_at).toBe(first.shown_at);
    expect(await shownTimes(request.customer)).toEqual([1, 1]);
    const [entry] = (await audited(app, request.customer.key)).filter(({ type }) => type === SHOWN);
    expect(entry).toMatchObject({ actor: { kind: 'customer' }, data: { request_id: request.id } });
  });

  it('is recorded once when two devices open it at the same time', async () => {
    const request = await aConsentRequest(app);
    const outcomes = await race(app.db, 'consent_requests', { id: request.id }, [
      () => look(request),
      () => look(request),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 200]);
    expect(await shownTimes(request.customer)).toEqual([1, 1]);
  });

  it('is not said of one that is decided without being opened, or opened too late', async () => {
    const decided = await aConsentRequest(app);
    await refuse(decided).expect(200);
    expect((await look(decided).expect(200)).body.shown_at).toBeNull();
    expect(await shownTimes(decided.customer)).toEqual([0, 0]);

    const late = await aConsentRequest(app);
    app.clock.advance({ days: 14 });
    const { email, password } = late.customer;
    const { body: session } = await app.http.post('/v1/sessions').send({ email, password }).expect(201);
    const { body } = await bearer(app, session.token).get(`/v1/me/consent-requests/${late.id}`).expect(200);
    expect(body).toMatchObject({ status: 'lapsed', shown_at: null });
    expect(await shownTimes(late.customer)).toEqual([0, 0]);
    app.clock.set(new Date());
  });
});

describe('the list of requests', () => {
  it('counts what waits for a decision, whatever it is narrowed to', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const [first] = [await aConsentRequest(app, { customer, retailer }), await aConsentRequest(app, { customer })];
    const list = async (query: string) => {
      const { body } = await customer.api.get(`/v1/me/consent-requests${query}`).expect(200);
      return [body.items.length, body.open];
    };
    expect(await list('')).toEqual([2, 2]);
    expect(await list('?limit=1')).toEqual([1, 2]);
    expect(await list(`?retailer_id=${retailer.id}`)).toEqual([1, 2]);
    await refuse(first).expect(200);
    expect(await list('?status=refused')).toEqual([1, 1]);
    expect(await list(`?retailer_id=${retailer.id}&status=open`)).toEqual([0, 1]);
    await customer.api.get('/v1/me/consent-requests?retailer_id=grocer').expect(400);
  });
});

describe('deciding a request in the list', () => {
  it('keeps any part of it: attributes, events, touchpoints, stages, a time and fewer reads', async () => {
    const request = await aConsentRequest(app, {
      details: [{ ...reading, stages: ['exploring', 'shopping'] }, reporting],
      max_reads_per_day: 20,
    });
    expect(request.body.max_reads_per_day).toBe(20);
    const { body: shown } = await look(request).expect(200);
    expect(shown.max_reads_per_day).toBe(20);
    const [read, report] = shown.details;
    const expires_at = new Date(app.clock.now().getTime() + 86_400_000).toISOString();
    const { body } = await approve(request, {
      items: [
        { id: read.id, attributes: ['size.footwear'], touchpoints: ['till'], stages: ['shopping'] },
        { id: report.id, event_types: ['return.completed'] },
      ],
      expires_at,
      max_reads_per_day: 3,
    }).expect(200);
    expect(body).toMatchObject({
      request: { status: 'narrowed', decided_by_rule: null },
      consent: {
        expires_at,
        max_reads_per_day: 3,
        details: [
          { attributes: ['size.footwear'], touchpoints: ['till'], stages: ['shopping'] },
          { event_types: ['return.completed'], touchpoints: reporting.touchpoints },
        ],
      },
    });
  });

  it('gives as many reads as were asked for, unless told, and never more', async () => {
    const request = await aConsentRequest(app, { max_reads_per_day: 20 });
    const { body: fault } = await approve(request, { max_reads_per_day: 21 }).expect(400);
    expect(fault.errors).toMatchObject([{ pointer: '/max_reads_per_day' }]);
    const { body } = await approve(request).expect(200);
    expect(body).toMatchObject({ request: { status: 'approved' }, consent: { max_reads_per_day: 20 } });
  });

  it('tells the retailer how often a day it may read', async () => {
    const request = await aConsentRequest(app, { max_reads_per_day: 20 });
    await approve(request, { max_reads_per_day: 4 }).expect(200);
    const { body } = await request.asRetailer.fetch('GET', `/v1/consent-requests/${request.id}`);
    expect(body).toMatchObject({ max_reads_per_day: 20, consent: { max_reads_per_day: 4 } });
  });

  it('leaves a paused consent paused, and says so', async () => {
    const { customer, retailer, consentId } = await aConsent(app, { details: [reading] });
    await customer.api.post(`/v1/me/consents/${consentId}/pause`).expect(200);
    const { body } = await approve(await aConsentRequest(app, { customer, retailer, details: [reporting] })).expect(
      200,
    );
    expect(body).toMatchObject({
      request: { status: 'approved' },
      consent: { id: consentId, status: 'paused', version: 3 },
    });
    expect(body.consent.details).toHaveLength(2);
  });

  it('is bound to the words that were shown, when they are named', async () => {
    const { customer, retailer } = await aConsent(app, { details: [reporting] });
    const stale = await aConsentRequest(app, { customer, retailer, details: [reading] });
    const { body: before } = await look(stale).expect(200);
    await approve(await aConsentRequest(app, { customer, retailer, details: [reading] })).expect(200);
    const notice = before.notices.de;
    for (const decide of [
      approve(stale, { notice }),
      customer.api.post(`/v1/me/consent-requests/${stale.id}/refuse`).send({ notice }),
    ]) {
      const { body } = await decide.expect(409);
      expect(body.type).toBe(problem('notice-outdated'));
    }
    const { body: now } = await look(stale).expect(200);
    const { body: given } = await approve(stale, { notice: now.notices.de }).expect(200);
    const { body: kept } = await customer.api.get(`/v1/me/notices/${now.notices.de}`).expect(200);
    expect(kept).toMatchObject({ language: 'de', title: 'Grocer A bittet um Ihre Einwilligung.' });
    const { body: consent } = await customer.api.get(`/v1/me/consents/${given.consent.id}`).expect(200);
    expect(consent.versions.at(-1).notice).toBe(now.notices.de);
    await approve(stale, { notice: 'as shown' }).expect(400);
  });

  it('says what became of it when it is repeated, whatever was shown then', async () => {
    const { customer, retailer } = await aConsent(app, { details: [reporting] });
    const [given, refused] = [
      await aConsentRequest(app, { customer, retailer, details: [reading] }),
      await aConsentRequest(app, { customer, retailer, details: [reading] }),
    ];
    const refusing = { notice: (await look(refused).expect(200)).body.notices.en };
    const giving = { notice: (await look(given).expect(200)).body.notices.en };
    const refuseShown = () => customer.api.post(`/v1/me/consent-requests/${refused.id}/refuse`).send(refusing);
    await refuseShown().expect(200);
    await approve(given, giving).expect(200);
    expect((await approve(given, giving).expect(409)).body.type).toBe(problem('request-decided'));
    expect((await refuseShown().expect(200)).body).toMatchObject({ status: 'refused', receipt: { event: 'refused' } });
  });

  it('is bound to what was shown also when that changes in this very moment', async () => {
    const { customer, retailer, consentId } = await aConsent(app, { details: [reporting] });
    const stale = await aConsentRequest(app, { customer, retailer, details: [reading] });
    const more = await aConsentRequest(app, { customer, retailer, details: [reading] });
    const notice = (await look(stale).expect(200)).body.notices.en;
    const second = async () => {
      const answer = Promise.resolve(approve(stale, { notice }));
      await untilWaiting(app.db, 2);
      return { answer };
    };
    const [, { answer }] = await whileWaiting(app.db, 'consents', { id: consentId }, () => approve(more), second);
    expect((await answer).body.type).toBe(problem('notice-outdated'));
  });

  it('answers its receipt, which a repeated refusal answers again', async () => {
    const approved = await approve(await aConsentRequest(app)).expect(200);
    expect(approved.body.consent.receipt).toMatchObject({ event: 'given', version: 1 });
    const request = await aConsentRequest(app);
    const [first, again] = [await refuse(request).expect(200), await refuse(request).expect(200)];
    expect(first.body.receipt).toMatchObject({ event: 'refused', version: null });
    expect(again.body).toEqual(first.body);
    const { body: told } = await request.asRetailer.fetch('GET', `/v1/consent-requests/${request.id}/receipts`);
    expect(told.items).toMatchObject([{ event: 'refused' }]);
  });

  it('tells the second of two devices what the first has decided', async () => {
    const request = await aConsentRequest(app);
    const outcomes = await race(app.db, 'consent_requests', { id: request.id }, [
      () => approve(request),
      () => approve(request, { max_reads_per_day: 5 }),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 409]);
    const answers = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.body : null));
    const [decided, refused] = [answers.find(({ consent }) => consent), answers.find(({ type }) => type)];
    expect(refused).toMatchObject({
      type: problem('request-decided'),
      request_status: decided.request.status,
      consent_id: decided.consent.id,
    });
    const { body: consents } = await request.customer.api.get('/v1/me/consents').expect(200);
    expect(consents.items).toMatchObject([{ max_reads_per_day: decided.consent.max_reads_per_day, version: 1 }]);
  });
});
