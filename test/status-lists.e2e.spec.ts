import { Database } from '../src/platform/database/database.js';
import { PersonalData } from '../src/platform/personal-data.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, amend, command, withdraw } from './support/consents.js';
import { claimsOf } from './support/oauth.js';
import { OfflineTill } from './support/offline-till.js';
import { aClient, aRetailer, reinstateRetailer, suspendRetailer } from './support/retailers.js';
import {
  aLoadedTill,
  anOfflineCustomer,
  entriesIn,
  live,
  offline,
  partsOf,
  state,
  tillsOf,
} from './support/snapshots.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

/** The list is made anew after a few seconds. */
const soon = () => app.clock.advance({ seconds: 6 });

describe('an entry of a snapshot', () => {
  /** Somebody among others in a till, and their entry. */
  async function held(how: { details?: readonly object[] } = {}) {
    const retailer = await aRetailer(app);
    const mira = await anOfflineCustomer(app, retailer, how);
    const { till, payloads, tills, snapshot } = await aLoadedTill(app, retailer);
    const [entry] = entriesIn(payloads);
    await anOfflineCustomer(app, retailer);
    const { idx, uri } = entry.status.status_list;
    const isValid = async () => (await till.bit(uri, idx, app.clock.now())) === 0;
    await expect(isValid()).resolves.toBe(true);
    return { retailer, mira, till, tills, snapshot, subject: entry.subject as string, uri: uri as string, isValid };
  }

  it('is invalid in the next list once the customer has withdrawn, and is not fetched again', async () => {
    const { retailer, mira, till, tills, snapshot, subject, isValid } = await held();
    await withdraw(mira).expect(200);
    soon();
    await expect(isValid()).resolves.toBe(false);
    await expect(till.preferencesOf(subject, app.clock.now())).resolves.toBeNull();
    const later = new OfflineTill(app.url, retailer.id);
    for (const part of await partsOf(tills, snapshot)) await later.load(part, app.clock.now());
    expect(later.subjects).toEqual([]);
  });

  it('is invalid while the consent is paused', async () => {
    const { mira, isValid } = await held();
    await command(mira, 'pause').expect(200);
    soon();
    await expect(isValid()).resolves.toBe(false);
  });

  it.each([
    ['the copy for tills is', { details: [offline, { ...live, attributes: ['size.footwear'] }] }],
    ['anything of what it holds is', {}],
  ])('is invalid once %s no longer allowed', async (_, how) => {
    const { mira, isValid } = await held(how);
    const [line, other] = mira.consent.details;
    const items = other ? [{ id: other.id }] : [{ id: line.id, attributes: ['language.spoken'] }];
    expect((await amend(mira, { items })).status).toBe(200);
    soon();
    await expect(isValid()).resolves.toBe(false);
  });

  it('is invalid once the consent has expired, recorded or not', async () => {
    const { mira, isValid } = await held();
    await app.db.query(`update consents set expires_at = $2 where id = $1`, [mira.consentId, app.clock.now()]);
    soon();
    await expect(isValid()).resolves.toBe(false);
  });

  it('is invalid while the retailer is suspended', async () => {
    const { retailer, isValid } = await held();
    await suspendRetailer(app, retailer);
    soon();
    await expect(isValid()).resolves.toBe(false);
    await reinstateRetailer(app, retailer);
    soon();
    await expect(isValid()).resolves.toBe(true);
  });

  it('is invalid, and not fetched again, while the client that asked for the snapshot is suspended', async () => {
    const { retailer, till, subject, snapshot, isValid } = await held();
    const other = await tillsOf(app, { ...retailer, client: await aClient(app, retailer.id) });
    const becomes = (status: string) =>
      app.db.query('update clients set status = $2 where id = $1', [retailer.client.id, status]);
    const fetched = async () => {
      const later = new OfflineTill(app.url, retailer.id);
      for (const part of await partsOf(other, snapshot)) await later.load(part, app.clock.now());
      return later.subjects;
    };
    await expect(fetched()).resolves.toEqual([subject]);
    await becomes('suspended');
    soon();
    await expect(isValid()).resolves.toBe(false);
    await expect(till.preferencesOf(subject, app.clock.now())).resolves.toBeNull();
    await expect(fetched()).resolves.toEqual([]);
    await becomes('active');
    soon();
    await expect(isValid()).resolves.toBe(true);
  });

  it('is invalid, and gone from here, once the customer is erased', async () => {
    const { mira, isValid } = await held();
    await app.get(Database).transaction((tx) => app.get(PersonalData).erase(tx, mira.customer.key));
    soon();
    await expect(isValid()).resolves.toBe(false);
    const { rowCount } = await app.db.query('select from snapshot_entries where customer_id = $1', [
      mira.customer.customerId,
    ]);
    expect(rowCount).toBe(0);
  });

  it('stays valid through what concerns other customers, and other consents of the same one', async () => {
    const { mira, retailer, isValid } = await held();
    const other = await anOfflineCustomer(app, retailer);
    await withdraw(other).expect(200);
    const elsewhere = await aConsent(app, { customer: mira.customer });
    await withdraw(elsewhere).expect(200);
    soon();
    await expect(isValid()).resolves.toBe(true);
  });

  it('is used no longer than what it says holds', async () => {
    const retailer = await aRetailer(app);
    const { customer } = await anOfflineCustomer(app, retailer);
    const inAnHour = new Date(app.clock.now().getTime() + 3_600_000);
    await state(customer, 'size.footwear', {
      value: { system: 'EUROPE', size: '42' },
      strength: 'want',
      valid_until: inAnHour.toISOString(),
    });
    const { till } = await aLoadedTill(app, retailer);
    const [subject = ''] = till.subjects;
    await expect(till.preferencesOf(subject, app.clock.now())).resolves.toHaveLength(3);
    await expect(till.preferencesOf(subject, inAnHour)).resolves.toBeNull();
  });

  it('tells strangers nothing but a bit', async () => {
    const { uri } = await held();
    const response = await fetch(uri);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'public, max-age=60']);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const token = await response.text();
    expect(Object.keys(claimsOf(token)).toSorted()).toEqual(['exp', 'iat', 'iss', 'status_list', 'sub', 'ttl']);
    expect(claimsOf(token)).toMatchObject({ sub: uri, ttl: 60 });
  });
});
