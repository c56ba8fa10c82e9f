import { aCustomer, bearer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import {
  aConsent,
  aConsentRequest,
  amend,
  approve,
  command,
  aSpecialConsent,
  later,
  reading,
  reporting,
  type TestConsent,
  withdraw,
} from './support/consents.js';
import { aReporter, report } from './support/events.js';
import { consentToken, post, refresh, retailerToken } from './support/oauth.js';
import { recordedChanges } from './support/recorded-changes.js';
import { audited } from './support/records.js';
import { aRetailer, reinstateRetailer, suspendRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterEach(() => app.clock.set(new Date()));
afterAll(() => app.stop());

const DAY = 86_400_000;
const problem = (code: string) => `${app.url}/problems/${code}`;
const inDays = (days: number) => new Date(app.clock.now().getTime() + days * DAY).toISOString();
const specialEnd = ({ details }: { details: { type: string; expires_at: string }[] }): string => {
  const line = details.find(({ type }) => type === 'ccx_preferences_special');
  if (!line) throw new Error('There is no special line.');
  return line.expires_at;
};
const pathOf = ({ consentId }: Pick<TestConsent, 'consentId'>) => `/v1/me/consents/${consentId}`;
const changesOf = ({ customer, consentId }: Pick<TestConsent, 'customer' | 'consentId'>) =>
  recordedChanges(app, customer.key, consentId);

describe('pausing a consent', () => {
  it('lets nothing be read or reported, keeps the tokens, and is over when it is resumed', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const scope = 'preferences.read interactions.write';
    const access = await consentToken(app, retailer, customer, { scope, details: [reading, reporting] });
    const consent = { customer, consentId: access.consentId };
    const read = () => access.fetch('GET', '/v1/preferences?touchpoint=till&stage=shopping');
    const introspect = async () =>
      (await post(app, retailer.client, '/oauth/introspect', { token: access.accessToken }, false)).body.active;

    const { body: paused } = await command(consent, 'pause').expect(200);
    expect(paused).toMatchObject({ status: 'paused', version: 2, receipt: { event: 'paused', version: 2 } });
    expect(paused.paused_at).not.toBeNull();
    expect(await read()).toMatchObject({ status: 403, body: { type: problem('consent-paused') } });
    expect(await report(access, [])).toMatchObject({ status: 403, body: { type: problem('consent-paused') } });
    expect(await introspect()).toBe(false);
    expect((await refresh(app, retailer.client, access.refreshToken ?? '')).status).toBe(200);

    const { body: resumed } = await command(consent, 'resume').expect(200);
    expect(resumed).toMatchObject({ status: 'active', version: 3, paused_at: null, receipt: { event: 'resumed' } });
    expect((await read()).body.consent).toMatchObject({ version: 3 });
    expect(await introspect()).toBe(true);
    expect(await changesOf(consent)).toEqual(['given', 'paused', 'resumed']);
  });

  it('is the answer to every report and every look-up of the retailer’s own', async () => {
    const reporter = await aReporter(app, { details: [reading, reporting] });
    await command(reporter, 'pause').expect(200);
    const office = await retailerToken(app, reporter.retailer);
    const subjects = [reporter.subject];
    const { body: found } = await office.fetch('POST', '/v1/preferences/lookup', { subjects, touchpoint: 'till' });
    expect(found.results).toMatchObject([{ code: 'consent-paused' }]);
    const reported = await report(reporter.tills, reporter.sale());
    expect(reported).toMatchObject({ status: 403, body: { type: problem('consent-paused') } });
  });

  it('changes nothing a second time, nor does resuming', async () => {
    const consent = await aConsent(app);
    const { body: first } = await command(consent, 'pause').expect(200);
    const { body: again } = await command(consent, 'pause').expect(200);
    expect(again).toEqual(first);
    await command(consent, 'resume').expect(200);
    await command(consent, 'resume').expect(200);
    expect(await changesOf(consent)).toEqual(['given', 'paused', 'resumed']);
  });

  it('outlasts an approval, which says so', async () => {
    const consent = await aConsent(app, { details: [reading] });
    await command(consent, 'pause').expect(200);
    const { customer, retailer } = consent;
    const { body } = await approve(await aConsentRequest(app, { customer, retailer, details: [reporting] })).expect(
      200,
    );
    expect(body.consent).toMatchObject({ id: consent.consentId, status: 'paused', version: 3 });
  });
});

describe('a command about a consent that has ended', () => {
  it('is told how it ended, and changes nothing', async () => {
    const consent = await aConsent(app);
    const { headers } = await consent.customer.api.get(pathOf(consent)).expect(200);
    await withdraw(consent).expect(200);
    for (const name of ['pause', 'resume', 'renew'] as const) {
      const { body } = await command(consent, name).expect(409);
      expect(body).toMatchObject({ type: problem('consent-state'), consent_status: 'withdrawn' });
    }
    const { body } = await amend(consent, { max_reads_per_day: 1 });
    expect(body.type).toBe(problem('consent-state'));
    const stale = await consent.customer.api.patch(pathOf(consent)).set('if-match', String(headers['etag'])).send({});
    expect(stale.status).toBe(412);
    const { body: offer } = await consent.customer.api.get(`${pathOf(consent)}/renewal`).expect(409);
    expect(offer).toMatchObject({ type: problem('consent-state'), consent_status: 'withdrawn' });
    expect(await changesOf(consent)).toEqual(['given', 'withdrawn']);
  });

  it('records that its time was up, where nobody had', async () => {
    const { customer: before, consentId } = await aConsent(app, { lifetime_days: 30 });
    const consent = { consentId, customer: await later(app, before, 31) };
    const { body } = await command(consent, 'pause').expect(409);
    expect(body).toMatchObject({ type: problem('consent-state'), consent_status: 'expired' });
    expect(await changesOf(consent)).toEqual(['given', 'expired']);
  });

  it('is somebody else’s business when the consent is', async () => {
    const { consentId } = await aConsent(app);
    const customer = await aCustomer(app);
    const consent = { consentId, customer };
    const requests = [
      command(consent, 'pause'),
      command(consent, 'resume'),
      command(consent, 'renew'),
      customer.api.get(`${pathOf(consent)}/renewal`),
      customer.api.patch(pathOf(consent)).set('if-match', '*').send({}),
    ];
    for (const request of requests) {
      const { body } = await request.expect(404);
      expect(body.type).toBe(problem('consent-not-found'));
    }
  });

  it('is for programs only that may decide', async () => {
    const consent = await aConsent(app);
    const { body } = await consent.customer.api
      .post('/v1/me/tokens')
      .send({ name: 'reader', scopes: ['consents.read'], expires_at: inDays(1) })
      .expect(201);
    const reader = { ...consent, customer: { ...consent.customer, api: bearer(app, body.token) } };
    expect((await command(reader, 'pause')).status).toBe(403);
    expect(await changesOf(consent)).toEqual(['given']);
  });
});

describe('amending a consent', () => {
  it('takes part of it back at once, while the tokens stay', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const access = await consentToken(app, retailer, customer, { details: [reading, reporting] });
    const consent = { customer, consentId: access.consentId };
    const { body: before } = await customer.api.get(pathOf(consent)).expect(200);
    const [line] = before.details;
    const answer = await amend(consent, {
      items: [{ id: line.id, attributes: ['size.footwear'], touchpoints: ['web'] }],
      expires_at: inDays(10),
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id: access.consentId,
      version: 2,
      status: 'active',
      details: [{ id: line.id, attributes: ['size.footwear'], touchpoints: ['web'] }],
      receipt: { event: 'amended', version: 2 },
    });
    const till = await access.fetch('GET', '/v1/preferences?touchpoint=till&stage=shopping');
    expect(till).toMatchObject({ status: 403, body: { type: problem('outside-consent') } });
    const web = await access.fetch('GET', '/v1/preferences?touchpoint=web&stage=shopping');
    expect(web).toMatchObject({ status: 200, body: { consent: { version: 2 } } });
    expect(await changesOf(consent)).toEqual(['given', 'amended']);
  });

  it('needs to know the consent as it is', async () => {
    const consent = await aConsent(app);
    const { api } = consent.customer;
    const { headers } = await api.get(pathOf(consent)).expect(200);
    const send = (etag?: string) => {
      const request = api.patch(pathOf(consent)).send({ max_reads_per_day: 5 });
      return etag === undefined ? request : request.set('if-match', etag);
    };
    expect((await send().expect(428)).body.type).toBe(problem('precondition-required'));
    const first = await send(String(headers['etag'])).expect(200);
    expect((await send(String(headers['etag'])).expect(412)).body.type).toBe(problem('stale-version'));
    await send(String(first.headers['etag'])).expect(200);
    expect(await changesOf(consent)).toEqual(['given', 'amended']);
  });

  it('never gives more, and names what would be', async () => {
    const consent = await aConsent(app, { details: [reading] });
    const [line] = consent.consent.details;
    const wider = await amend(consent, {
      items: [{ id: line.id, touchpoints: ['kiosk'] }],
      expires_at: inDays(400),
    });
    expect(wider.status).toBe(400);
    expect(wider.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/items/0/touchpoints/0',
      '/expires_at',
    ]);
    expect((await amend(consent, { items: [] })).body.type).toBe(problem('nothing-kept'));
    for (const wrong of [{ max_reads_per_day: 0 }, { details: [] }, { items: [{ id: 'one' }] }]) {
      expect((await amend(consent, wrong)).status).toBe(400);
    }
    expect(await changesOf(consent)).toEqual(['given']);
  });

  it('leaves a paused consent paused', async () => {
    const consent = await aConsent(app);
    await command(consent, 'pause').expect(200);
    expect((await amend(consent, { expires_at: inDays(3) })).body).toMatchObject({ status: 'paused', version: 3 });
  });
});

describe('reads per day', () => {
  it('are counted by the day in UTC, from when they are limited', async () => {
    const customer = await aCustomer(app);
    const access = await consentToken(app, await aRetailer(app), customer);
    const consent = { customer, consentId: access.consentId };
    const read = async () => (await access.fetch('GET', '/v1/preferences?touchpoint=till')).status;
    expect(await read()).toBe(200);
    expect((await amend(consent, { max_reads_per_day: 2 })).body.max_reads_per_day).toBe(2);
    expect([await read(), await read(), await read()]).toEqual([200, 200, 429]);
    const raised = await amend(consent, { max_reads_per_day: 3 });
    expect(raised.body.errors).toMatchObject([{ pointer: '/max_reads_per_day' }]);

    const { rows } = await app.db.query<{ today: boolean }>(
      `select reads_day = (now() at time zone 'UTC')::date as today from consents where id = $1`,
      [access.consentId],
    );
    expect(rows).toEqual([{ today: true }]);
    await app.db.query('update consents set reads_day = reads_day - 1 where id = $1', [access.consentId]);
    expect(await read()).toBe(200);
  });

  it('are as few as the retailer asked for or the customer set, and stay so when more is given', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const asked = await aConsentRequest(app, { customer, retailer, details: [reading], max_reads_per_day: 10 });
    const { body: given } = await approve(asked, { max_reads_per_day: 4 }).expect(200);
    expect(given.consent.max_reads_per_day).toBe(4);
    const more = await aConsentRequest(app, { customer, retailer, details: [reporting] });
    expect((await approve(more).expect(200)).body.consent).toMatchObject({ version: 2, max_reads_per_day: 4 });
    const { body } = await customer.api.get(`/v1/me/consents/${given.consent.id}`).expect(200);
    expect(body.versions).toMatchObject([{ max_reads_per_day: 4 }, { max_reads_per_day: 4 }]);
  });

  it('are told to the log and to the outbox with every change', async () => {
    const consent = await aConsent(app, { max_reads_per_day: 10 });
    await amend(consent, { max_reads_per_day: 4 });
    const entries = (await audited(app, consent.customer.key)).filter(({ type }) =>
      ['consent.given', 'consent.amended'].includes(type as string),
    );
    const { rows } = await app.db.query<{ data: object }>(
      'select data from outbox_events where customer_id = $1 and subject = $2 order by id',
      [consent.customer.customerId, consent.consentId],
    );
    for (const told of [entries, rows]) {
      expect(told).toMatchObject([{ data: { max_reads_per_day: 10 } }, { data: { max_reads_per_day: 4 } }]);
    }
  });
});

describe('renewing a consent', () => {
  it('lets the same lines hold for as long again, and keeps what was shown', async () => {
    const { customer: before, consentId, consent: given } = await aConsent(app, { lifetime_days: 30 });
    const consent = { consentId, customer: await later(app, before, 20) };
    const { api } = consent.customer;
    const { body: offer } = await api.get(`${pathOf(consent)}/renewal`).expect(200);
    expect(offer.in_words.title.en).toBe('You let your consent to Grocer A go on.');
    expect(offer.in_words.life.en).toMatch(/^This holds until \d+ \w+ \d{4}, unless you end it before\.$/);
    expect(offer.in_words.details).toHaveLength(2);
    const { body } = await command(consent, 'renew', {
      expires_at: offer.expires_at,
      notice: offer.notices.de,
    }).expect(200);
    expect(body).toMatchObject({
      id: consentId,
      version: 2,
      status: 'active',
      expires_at: offer.expires_at,
      details: given.details.map((line: object) => ({ ...line, expires_at: offer.expires_at })),
      receipt: { event: 'renewed' },
    });
    const lasts = (Date.parse(body.expires_at) - app.clock.now().getTime()) / DAY;
    expect(Math.round(lasts)).toBe(30);
    const { body: history } = await api.get(pathOf(consent)).expect(200);
    expect(history.versions[1]).toMatchObject({ change: 'renewed', notice: offer.notices.de });
    expect(await changesOf(consent)).toEqual(['given', 'renewed']);
  });

  it('goes as far as any consent may, and no further', async () => {
    const consent = await aConsent(app, { lifetime_days: 30 });
    const tooLong = await command(consent, 'renew', { expires_at: inDays(367) }).expect(400);
    expect(tooLong.body.errors).toMatchObject([{ pointer: '/expires_at' }]);
    await command(consent, 'renew', { expires_at: inDays(29) }).expect(400);
    await consent.customer.api.get(`${pathOf(consent)}/renewal?expires_at=${inDays(367)}`).expect(400);
    const until = inDays(365);
    expect((await command(consent, 'renew', { expires_at: until }).expect(200)).body.expires_at).toBe(until);
    await command(consent, 'renew', { expires_at: until }).expect(200);
    expect(await changesOf(consent)).toEqual(['given', 'renewed']);
  });

  it('is of what the customer has seen, or not at all', async () => {
    const consent = await aConsent(app, { lifetime_days: 30 });
    const { body: offer } = await consent.customer.api.get(`${pathOf(consent)}/renewal`).expect(200);
    const [line] = consent.consent.details;
    await amend(consent, { items: [{ id: line.id, touchpoints: ['till'] }] });
    const { body } = await command(consent, 'renew', {
      expires_at: offer.expires_at,
      notice: offer.notices.en,
    }).expect(409);
    expect(body.type).toBe(problem('notice-outdated'));
    await command(consent, 'renew', { notice: 'nonsense' }).expect(400);
    expect(await changesOf(consent)).toEqual(['given', 'amended']);
  });

  it('is not for what is good once, nor for a retailer that is not active', async () => {
    const once = await aConsent(app, { details: [reading], use: 'once' });
    expect((await command(once, 'renew').expect(409)).body.type).toBe(problem('not-renewable'));
    const consent = await aConsent(app);
    await suspendRetailer(app, consent.retailer);
    expect((await command(consent, 'renew').expect(403)).body.type).toBe(problem('retailer-suspended'));
    await consent.customer.api.get(`${pathOf(consent)}/renewal`).expect(403);
    await reinstateRetailer(app, consent.retailer);
  });

  it('leaves lines of special attributes to end, while the consent goes on', async () => {
    const { customer: before, retailer, consentId } = await aConsent(app, { lifetime_days: 200 });
    const special = await aSpecialConsent(app, { customer: before, retailer });
    expect(special.consentId).toBe(consentId);
    const end = specialEnd(special.consent);
    expect(Date.parse(end)).toBeLessThan(Date.parse(special.consent.expires_at));

    const consent = { consentId, customer: await later(app, before, 60) };
    const { body } = await command(consent, 'renew', { expires_at: inDays(300) }).expect(200);
    expect(specialEnd(body)).toBe(end);

    const after = { consentId, customer: await later(app, before, 40) };
    const { body: still } = await after.customer.api.get(pathOf(after)).expect(200);
    expect(still).toMatchObject({ status: 'active', version: 3 });
    expect(Date.parse(specialEnd(still))).toBeLessThan(app.clock.now().getTime());
  });

  it('is not for special attributes alone', async () => {
    const special = await aSpecialConsent(app);
    expect((await command(special, 'renew').expect(409)).body.type).toBe(problem('not-renewable'));
  });

  it('is also what approving the same for longer is', async () => {
    const { customer: before, consentId, retailer } = await aConsent(app, { lifetime_days: 30 });
    const customer = await later(app, before, 10);
    await approve(await aConsentRequest(app, { customer, retailer, lifetime_days: 60 })).expect(200);
    expect(await changesOf({ customer, consentId })).toEqual(['given', 'renewed']);
    const { body } = await customer.api.get(`/v1/me/consents/${consentId}`).expect(200);
    expect(body.details).toHaveLength(2);
  });
});

describe('a request that replaces', () => {
  it('puts its lines in the place of what was given', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const first = await aConsent(app, { customer, retailer });
    const request = await aConsentRequest(app, { customer, retailer, details: [{ ...reading, touchpoints: ['web'] }] });
    await app.db.query(`update consent_requests set action = 'replace' where id = $1`, [request.id]);
    const { body } = await approve(request).expect(200);
    expect(body.consent).toMatchObject({ id: first.consentId, version: 2, details: [{ touchpoints: ['web'] }] });
    expect(body.consent.details).toHaveLength(1);
    expect(await changesOf(first)).toEqual(['given', 'amended']);
  });
});

describe('the list of consents', () => {
  it('is narrowed by purpose, and counts them all by status', async () => {
    const customer = await aCustomer(app);
    const readable = await aConsent(app, { customer, details: [reading] });
    const reported = await aConsent(app, { customer, details: [reporting] });
    const ended = await aConsent(app, { customer, details: [reporting] });
    await withdraw(ended).expect(200);
    await command(readable, 'pause').expect(200);
    const { body } = await customer.api.get('/v1/me/consents?purpose=dpv:PersonalisedBenefits').expect(200);
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([ended.consentId, reported.consentId]);
    expect(body.counts).toEqual({ active: 1, paused: 1, withdrawn: 1, expired: 0 });
    await customer.api.get('/v1/me/consents?purpose=fun').expect(400);
  });
});
