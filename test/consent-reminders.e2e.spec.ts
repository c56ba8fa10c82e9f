import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, aSpecialConsent, amend, command, later, reading, withdraw } from './support/consents.js';
import { race, statusesOf } from './support/race.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterEach(() => app.clock.set(new Date()));
afterAll(() => app.stop());

interface Reminded {
  consent_id: string;
  retailer_id: string;
  percent: number;
  expires_at: string;
}

/** What the customer has been reminded of, time after time. */
async function reminders({ key }: TestCustomer): Promise<Reminded[][]> {
  const { rows } = await app.db.query<{ data: { consents: Reminded[] } }>(
    `select data from outbox_events where bucket = $1 and customer_id = $2 and type = 'consents.reminder' order by id`,
    [key.bucket, key.customerId],
  );
  return rows.map(({ data }) => data.consents);
}
const percents = async (customer: TestCustomer) =>
  (await reminders(customer)).map((consents) => consents.map(({ percent }) => percent));
const remind = () => app.runJob('consents.remind');
const shown = async (customer: TestCustomer, consentId: string) =>
  (await customer.api.get(`/v1/me/consents/${consentId}`).expect(200)).body.reminder;

describe('reminders', () => {
  it('come at 50, 80 and 95 % of a consent’s life, once each', async () => {
    const { customer: before, consentId, retailer, consent } = await aConsent(app, { lifetime_days: 100 });
    expect(consent.reminder).toBeNull();
    for (const [days, expected] of [
      [49, []],
      [2, [[50]]],
      [29, [[50], [80]]],
      [15, [[50], [80], [95]]],
      [3, [[50], [80], [95]]],
    ] as const) {
      app.clock.advance({ days });
      await remind();
      await remind();
      expect(await percents(before)).toEqual(expected);
    }
    expect((await reminders(before))[0]).toEqual([
      { consent_id: consentId, retailer_id: retailer.id, percent: 50, expires_at: consent.expires_at },
    ]);
    const customer = await later(app, before, 0);
    const at = new Date(Date.parse(consent.given_at) + 95 * 86_400_000).toISOString();
    expect(await shown(customer, consentId)).toEqual({ percent: 95, at });
  });

  it('tell of all that is due in one event, and of each the latest', async () => {
    const customer = await aCustomer(app);
    const long = await aConsent(app, { customer, lifetime_days: 100 });
    const short = await aConsent(app, { customer, lifetime_days: 60 });
    await aConsent(app, { customer, lifetime_days: 365 });
    app.clock.advance({ days: 55 });
    await remind();
    const [told, ...more] = await reminders(customer);
    expect(more).toEqual([]);
    expect(told).toMatchObject([
      { consent_id: short.consentId, percent: 80 },
      { consent_id: long.consentId, percent: 50 },
    ]);
  });

  it('go on while it is paused, and end with it', async () => {
    const paused = await aConsent(app, { lifetime_days: 10 });
    await command(paused, 'pause').expect(200);
    const withdrawn = await aConsent(app, { lifetime_days: 10 });
    await withdraw(withdrawn).expect(200);
    const expired = await aConsent(app, { lifetime_days: 5 });
    app.clock.advance({ days: 6 });
    await remind();
    expect(await percents(paused.customer)).toEqual([[50]]);
    expect(await percents(withdrawn.customer)).toEqual([]);
    expect(await percents(expired.customer)).toEqual([]);
    const customer = await later(app, expired.customer, 0);
    expect(await shown(customer, expired.consentId)).toBeNull();
  });

  it('begin anew when it is renewed', async () => {
    const { customer: before, consentId } = await aConsent(app, { lifetime_days: 10 });
    const customer = await later(app, before, 6);
    await remind();
    expect(await shown(customer, consentId)).toMatchObject({ percent: 50 });
    await command({ customer, consentId }, 'renew').expect(200);
    expect(await shown(customer, consentId)).toBeNull();
    app.clock.advance({ days: 6 });
    await remind();
    expect(await percents(customer)).toEqual([[50], [50]]);
  });

  it('leave out what the customer has just cut short', async () => {
    const { customer: before, consentId } = await aConsent(app, { lifetime_days: 100 });
    const customer = await later(app, before, 49);
    const expires_at = new Date(app.clock.now().getTime() + 86_400_000);
    expect((await amend({ customer, consentId }, { expires_at })).status).toBe(200);
    await remind();
    expect(await percents(customer)).toEqual([]);
  });

  it('are for special attributes, too, and not for what is good once', async () => {
    const special = await aSpecialConsent(app);
    const once = await aConsent(app, { details: [reading], use: 'once' });
    app.clock.advance({ days: 0, hours: 20 });
    await remind();
    expect(await percents(once.customer)).toEqual([]);
    app.clock.advance({ days: 45 });
    await remind();
    expect(await percents(special.customer)).toEqual([[50]]);
  });

  it('come once when two processes remind at the same time', async () => {
    const { customer, consentId } = await aConsent(app, { lifetime_days: 10 });
    app.clock.advance({ days: 6 });
    const run = () => remind().then(() => 200);
    expect(statusesOf(await race(app.db, 'consents', { id: consentId }, [run, run]))).toEqual([200, 200]);
    expect(await percents(customer)).toEqual([[50]]);
  });
});
