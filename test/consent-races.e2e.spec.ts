import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import {
  aConsent,
  aConsentRequest,
  amend,
  approve,
  command,
  later,
  reading,
  reporting,
  withdraw,
} from './support/consents.js';
import { disclosed } from './support/disclosed.js';
import { type ConsentAccess, consentToken, refresh } from './support/oauth.js';
import { race, statusesOf, untilWaiting, whileWaiting } from './support/race.js';
import { recordedChanges } from './support/recorded-changes.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let retailer: TestRetailer;
beforeAll(async () => {
  app = await startApp();
  retailer = await aRetailer(app);
});
afterEach(() => app.clock.set(new Date()));
afterAll(() => app.stop());

interface Party {
  readonly customer: TestCustomer;
  readonly consentId: string;
  readonly access: ConsentAccess;
}

/** A customer whose consent the retailer has a token of. */
async function aParty(details: readonly object[] = [reading]): Promise<Party> {
  const customer = await aCustomer(app);
  const access = await consentToken(app, retailer, customer, { details });
  return { customer, access, consentId: access.consentId };
}

const read = ({ access }: Pick<Party, 'access'>, touchpoint = 'till') =>
  access.fetch('GET', `/v1/preferences?touchpoint=${touchpoint}&stage=shopping`);
const changes = ({ customer, consentId }: Omit<Party, 'access'>) => recordedChanges(app, customer.key, consentId);
/** Which version each disclosure names, and why it was refused. */
const disclosures = async ({ customer }: Pick<Party, 'customer'>) =>
  (await disclosed(app, customer.key)).map(({ consent, refused }) => [consent.version, refused]);
const row = ({ consentId }: Pick<Party, 'consentId'>) => ({ id: consentId });
const narrow = async (party: Omit<Party, 'access'>) => {
  const { body } = await party.customer.api.get(`/v1/me/consents/${party.consentId}`).expect(200);
  const [line, ...others] = body.details;
  return amend(party, {
    items: [{ id: line.id, touchpoints: ['web'] }, ...others.map(({ id }: { id: string }) => ({ id }))],
  });
};

describe('a read at the same time as', () => {
  it.each([
    ['a withdrawal', withdraw, [2, 'invalid-token']],
    ['a pause', (party: Party) => command(party, 'pause'), [2, 'consent-paused']],
    ['a narrowing', narrow, [2, 'outside-consent']],
  ] as const)('%s is served before it is committed, and never after', async (_, change, refusal) => {
    const party = await aParty();
    const [changed, before] = await whileWaiting(
      app.db,
      'consents',
      row(party),
      () => change(party),
      () => read(party),
    );
    expect([changed.status, before.status]).toEqual([200, 200]);
    expect((await read(party)).status).toBeGreaterThanOrEqual(401);
    expect(await disclosures(party)).toEqual([[1, null], refusal]);
  });

  it('a withdrawal names the version that it was served under, also when both wait for the row', async () => {
    const party = await aParty();
    await amend(party, { max_reads_per_day: 100 });
    const outcomes = await race(app.db, 'consents', row(party), [() => withdraw(party), () => read(party)]);
    expect(statusesOf(outcomes)).toEqual([200, 200]);
    expect((await read(party)).status).toBe(401);
    expect(await disclosures(party)).toEqual([
      [2, null],
      [3, 'invalid-token'],
    ]);
    expect(await changes(party)).toEqual(['given', 'amended', 'withdrawn']);
  });

  it('others never goes beyond the day’s reads', async () => {
    const party = await aParty();
    await amend(party, { max_reads_per_day: 2 });
    const three = [() => read(party), () => read(party), () => read(party)];
    expect(statusesOf(await race(app.db, 'consents', row(party), three))).toEqual([200, 200, 429]);
  });
});

describe('a token that is refreshed at the same time as', () => {
  const touchpointsOf = (body: { authorization_details: { touchpoints: string[] }[] }) =>
    body.authorization_details.map(({ touchpoints }) => touchpoints);

  it('the consent is narrowed is good for what is left', async () => {
    const party = await aParty();
    const again = () => refresh(app, retailer.client, party.access.refreshToken ?? '');
    const [amended, early] = await whileWaiting(app.db, 'consents', row(party), () => narrow(party), again);
    expect([amended.status, early.status]).toEqual([200, 200]);
    expect(touchpointsOf(early.body)).toEqual([['till', 'web']]);
    const late = await again();
    expect(touchpointsOf(late.body)).toEqual([['web']]);
    expect((await read(party)).status).toBe(403);
    expect((await read(party, 'web')).status).toBe(200);
    expect(await changes(party)).toEqual(['given', 'amended']);
  });

  it('the consent is withdrawn is dead', async () => {
    const party = await aParty();
    const again = () => refresh(app, retailer.client, party.access.refreshToken ?? '');
    const [, early] = await whileWaiting(app.db, 'consents', row(party), () => withdraw(party), again);
    expect(early.status).toBe(200);
    expect((await again()).body.error).toBe('invalid_grant');
    expect((await read(party)).status).toBe(401);
  });
});

describe('two devices at the same time', () => {
  it('approve a request once', async () => {
    const request = await aConsentRequest(app);
    const outcomes = await race(app.db, 'consent_requests', { id: request.id }, [
      () => approve(request),
      () => approve(request),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 409]);
    expect(await recordedChanges(app, request.customer.key)).toEqual(['given']);
  });

  it('approve two requests of a retailer into one consent', async () => {
    const customer = await aCustomer(app);
    const one = await aConsentRequest(app, { customer, retailer, details: [reading] });
    const other = await aConsentRequest(app, { customer, retailer, details: [reporting] });
    const outcomes = await race(app.db, 'customers', { customer_id: customer.customerId }, [
      () => approve(one),
      () => approve(other),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 200]);
    expect(await recordedChanges(app, customer.key)).toEqual(['given', 'amended']);
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    expect(body.items).toMatchObject([{ version: 2, details: [{}, {}] }]);
  });

  it('approve the first two in the order of their versions, whatever their clocks say', async () => {
    const customer = await aCustomer(app);
    const one = await aConsentRequest(app, { customer, retailer, details: [reading] });
    const other = await aConsentRequest(app, { customer, retailer, details: [reporting] });
    const slow = async () => {
      app.clock.advance({ seconds: -5 });
      const approved = Promise.resolve(approve(other));
      await untilWaiting(app.db, 2);
      return { approved };
    };
    const holder = { customer_id: customer.customerId };
    const [, { approved }] = await whileWaiting(app.db, 'customers', holder, () => approve(one), slow);
    const { body } = await customer.api.get(`/v1/me/consents/${(await approved).body.consent.id}`).expect(200);
    const times = body.versions.map(({ at }: { at: string }) => at);
    expect(times).toHaveLength(2);
    expect(times).toEqual(times.toSorted());
  });

  it('widen a consent one after the other', async () => {
    const consent = await aConsent(app, { retailer, details: [{ ...reading, touchpoints: ['kiosk'] }] });
    const { customer } = consent;
    const one = await aConsentRequest(app, { customer, retailer, details: [reading] });
    const other = await aConsentRequest(app, { customer, retailer, details: [reporting] });
    const outcomes = await race(app.db, 'consents', row(consent), [() => approve(one), () => approve(other)]);
    expect(statusesOf(outcomes)).toEqual([200, 200]);
    expect(await changes(consent)).toEqual(['given', 'amended', 'amended']);
  });

  it('narrow a consent, and the second is told that it knows it no longer', async () => {
    const consent = await aConsent(app, { retailer });
    const outcomes = await race(app.db, 'consents', row(consent), [
      () => amend(consent, { max_reads_per_day: 5 }),
      () => amend(consent, { max_reads_per_day: 3 }),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 412]);
    expect(await changes(consent)).toEqual(['given', 'amended']);
  });

  it('withdraw everything after what they had to wait for', async () => {
    const consent = await aConsent(app, { retailer });
    const { customer } = consent;
    const before = app.clock.now();
    const all = () => customer.api.post('/v1/me/consents/withdraw').send({});
    const [{ body }] = await whileWaiting(app.db, 'consents', row(consent), all, () =>
      Promise.resolve(app.clock.advance({ seconds: 5 })),
    );
    expect(Date.parse(body.changes[0].consent.ended_at)).toBeGreaterThan(before.getTime() + 5_000);
  });

  it('withdraw everything once', async () => {
    const consent = await aConsent(app, { retailer });
    const { customer } = consent;
    await aConsent(app, { customer });
    const all = () => customer.api.post('/v1/me/consents/withdraw').send({});
    expect(statusesOf(await race(app.db, 'consents', row(consent), [all, all]))).toEqual([200, 200]);
    expect((await recordedChanges(app, customer.key)).toSorted()).toEqual(['given', 'given', 'withdrawn', 'withdrawn']);
  });
});

describe('two changes of a consent at the same time', () => {
  it('when its time is up, a pause and the record of it: it has expired, and is not paused', async () => {
    const { customer: before, consentId } = await aConsent(app, { lifetime_days: 30 });
    const consent = { consentId, customer: await later(app, before, 30) };
    const outcomes = await race(app.db, 'consents', row(consent), [
      async () => (await command(consent, 'pause')).status,
      async () => {
        await app.runJob('consents.expire');
        return 200;
      },
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 409]);
    expect(await changes(consent)).toEqual(['given', 'expired']);
  });

  it.each([
    ['resumed', 'resume', ['paused']],
    ['renewed', 'renew', []],
    ['paused', 'pause', []],
  ] as const)('is %s before it is withdrawn, or not at all', async (change, name, before) => {
    const consent = await aConsent(app, { lifetime_days: 30 });
    if (name === 'resume') await command(consent, 'pause').expect(200);
    const outcomes = await race(app.db, 'consents', row(consent), [
      () => withdraw(consent),
      () => command(consent, name),
    ]);
    const first = statusesOf(outcomes).includes(409) ? [] : [change];
    expect(await changes(consent)).toEqual(['given', ...before, ...first, 'withdrawn']);
    const { body } = await consent.customer.api.get(`/v1/me/consents/${consent.consentId}`).expect(200);
    expect(body.status).toBe('withdrawn');
  });

  it('is widened and withdrawn, or withdrawn and given anew', async () => {
    const consent = await aConsent(app, { retailer, details: [reading] });
    const { customer } = consent;
    const more = await aConsentRequest(app, { customer, retailer, details: [reporting] });
    const outcomes = await race(app.db, 'consents', row(consent), [() => withdraw(consent), () => approve(more)]);
    expect(statusesOf(outcomes)).toEqual([200, 200]);
    expect([
      ['given', 'amended', 'withdrawn'],
      ['given', 'withdrawn', 'given'],
    ]).toContainEqual(await recordedChanges(app, customer.key));
    const { body } = await customer.api.get(`/v1/me/consents?retailer_id=${retailer.id}`).expect(200);
    const [latest, earlier] = body.items;
    if (earlier) expect(Date.parse(earlier.ended_at)).toBeLessThanOrEqual(Date.parse(latest.given_at));
  });
});
