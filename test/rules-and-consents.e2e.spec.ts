import { ConsentRequestsService } from '../src/consents/consent-requests.service.js';
import type { Asking } from '../src/consents/consent-request.entity.js';
import { Database } from '../src/platform/database/database.js';
import { aCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, aConsentRequest, amend, aSpecialConsent, later, reading, withdraw } from './support/consents.js';
import { recordedChanges } from './support/recorded-changes.js';
import { whileWaiting } from './support/race.js';
import { aRetailer } from './support/retailers.js';
import { allowSubstitution, aRule, substitution } from './support/rules.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterEach(() => app.clock.set(new Date()));
afterAll(() => app.stop());

/** A customer whose rule lets one retailer have something, and what that led to. */
async function allowed(terms: object = {}) {
  const customer = await aCustomer(app);
  const rule = await aRule(customer, { ...allowSubstitution, ...terms });
  const retailer = await aRetailer(app);
  const asked = { customer, retailer, details: [substitution] };
  const { body } = await aConsentRequest(app, asked);
  return { customer, rule, retailer, asked, consentId: body.consent.id as string };
}

const statusOf = async (asked: Parameters<typeof aConsentRequest>[1]) =>
  (await aConsentRequest(app, asked)).body.status as string;

describe('what the customer has taken back from a retailer', () => {
  it.each([
    ['withdrawn', (consent: Parameters<typeof withdraw>[0]) => withdraw(consent).expect(200)],
    [
      'withdrawn with all the others',
      ({ customer }: Parameters<typeof withdraw>[0]) => customer.api.post('/v1/me/consents/withdraw').expect(200),
    ],
    [
      'narrowed',
      async (consent: Parameters<typeof withdraw>[0]) => {
        const { body } = await consent.customer.api.get(`/v1/me/consents/${consent.consentId}`).expect(200);
        expect((await amend(consent, { items: [{ id: body.details[0].id, touchpoints: ['web'] }] })).status).toBe(200);
      },
    ],
  ])('is not given again by a rule of before: %s', async (_, takeBack) => {
    const { customer, rule, asked, consentId } = await allowed();
    await takeBack({ customer, consentId });
    expect(await statusOf(asked)).toBe('open');
    expect(await statusOf({ customer, details: [substitution] })).toBe('approved');

    const again = { ...allowSubstitution, name: 'Them, too' };
    await customer.api.put(`/v1/me/rules/${rule.id}`).set('if-match', rule.etag).send(again).expect(200);
    expect(await statusOf(asked)).toBe('approved');
  });

  it('is not what has merely expired: that is given again', async () => {
    const { customer, asked } = await allowed({ lifetime_days: 30 });
    expect(await statusOf({ ...asked, customer: await later(app, customer, 31) })).toBe('narrowed');
    expect((await recordedChanges(app, customer.key)).toSorted()).toEqual(['expired', 'given', 'given']);
  });
});

describe('a rule that allows', () => {
  it('does not let for longer what is given already: renewing takes the customer', async () => {
    const { customer, asked, consentId } = await allowed();
    expect(await statusOf(asked)).toBe('open');
    expect(await recordedChanges(app, customer.key, consentId)).toEqual(['given']);
  });

  it('is dated when it comes to be, however long the consent was changing in another way', async () => {
    const { customer, retailer, consentId } = await allowed();
    const delivery = { ...substitution, attributes: ['fulfilment.delivery'] };
    const when = { sectors: ['grocery'], attributes: ['fulfilment'], purposes: substitution.purposes };
    await aRule(customer, { ...allowSubstitution, name: 'More for grocers', when });
    const [{ body }] = await whileWaiting(
      app.db,
      'consents',
      { id: consentId },
      () => aConsentRequest(app, { customer, retailer, details: [delivery] }),
      async () => app.clock.advance({ minutes: 1 }),
    );
    const { body: consent } = await customer.api.get(`/v1/me/consents/${consentId}`).expect(200);
    expect(consent.versions).toMatchObject([{ change: 'given' }, { change: 'amended', at: body.decided_at }]);
    expect(Date.parse(body.decided_at) - Date.parse(body.created_at)).toBeGreaterThanOrEqual(60_000);
  });

  it('never raises the number of reads a day that the customer has set', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const asked = { customer, retailer, details: [reading], max_reads_per_day: 5 };
    const { consentId } = await aConsent(app, asked);
    await aRule(customer);
    expect(await statusOf({ ...asked, details: [substitution], max_reads_per_day: 500 })).toBe('narrowed');
    const { body } = await customer.api.get(`/v1/me/consents/${consentId}`).expect(200);
    expect(body).toMatchObject({ version: 2, max_reads_per_day: 5 });
  });

  it('never puts something else in the place of what is given', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    await aSpecialConsent(app, { customer, retailer });
    await aRule(customer);
    const requests = app.get(ConsentRequestsService);
    const asking: Asking = {
      customer: customer.key,
      retailerId: retailer.id,
      clientId: retailer.client.id,
      details: requests.read([substitution], { retailerId: retailer.id, touchpoints: ['web', 'app'] }),
      origin: 'par',
    };
    const actor = { kind: 'retailer', id: retailer.id } as const;
    const open = (action: 'merge' | 'replace') =>
      app.get(Database).transaction((tx) => requests.open(tx, { ...asking, action }, actor));
    expect((await open('replace')).status).toBe('open');
    expect((await open('merge')).status).toBe('approved');
  });
});
