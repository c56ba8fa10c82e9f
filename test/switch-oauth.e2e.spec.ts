import { startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import {
  aConsent,
  aConsentRequest,
  amend,
  approve,
  later,
  reading,
  reporting,
  special,
  withdraw,
} from './support/consents.js';
import { aDelegation } from './support/delegations.js';
import { authorizeDevice, DEVICE_GRANT, reachDecision } from './support/device.js';
import { codeOf, pushRequest } from './support/oauth.js';
import { race, whileWaiting } from './support/race.js';
import { recordedChanges } from './support/recorded-changes.js';
import { audited } from './support/records.js';
import { publishedKeys, verified } from './support/receipts.js';
import { reinstateRetailer, suspendRetailer } from './support/retailers.js';
import { aRule, refuseSharing } from './support/rules.js';
import { aMover, arrive, type Mover, redeemed, standingOf, switchTo, visit } from './support/switches.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterEach(() => app.clock.set(new Date()));
afterAll(() => app.stop());

const READ = '/v1/preferences?touchpoint=till&purpose=dpv:ServicePersonalisation&stage=shopping';

const shoeSize = {
  attribute: 'size.footwear',
  value: { system: 'EUROPE', size: '38' },
  strength: 'must',
  applies_to: { level: 'everyone' },
};

const consentOf = async ({ customer }: Pick<Mover, 'customer'>, id: string) =>
  (await customer.api.get(`/v1/me/consents/${id}`).expect(200)).body;

describe('what is approved beforehand, once the other retailer asks for it,', () => {
  it('asks nobody, and lets it read the same view at once', async () => {
    const mover = await aMover(app);
    await mover.customer.api.post('/v1/me/preferences').send(shoeSize).expect(201);
    const switched = await switchTo(mover).expect(200);
    const { page, verifier } = await visit(app, mover, { details: [reading, reporting] });
    const there = await redeemed(app, mover, codeOf(page, mover.tern.client), verifier);
    // The very next read: there is nothing to wait for.
    const [here, now] = await Promise.all([mover.access.fetch('GET', READ), there.fetch('GET', READ)]);
    expect(now.body.preferences).toEqual(here.body.preferences);
    expect(now.body.preferences).toMatchObject([{ attribute: 'size.footwear', value: { size: '38' } }]);

    const { body } = await mover.customer.api.get(`/v1/me/consent-requests/${switched.body.request.id}`).expect(200);
    expect(body).toMatchObject({ status: 'approved', consent_id: there.consentId });
    expect(await recordedChanges(app, mover.customer.key, there.consentId)).toEqual(['given']);
    const given = (await audited(app, mover.customer.key)).findLast(({ type }) => type === 'consent.given');
    expect(given).toMatchObject({ data: { pre_approval_id: body.id } });
  });

  it('holds no longer than where it comes from, and is read no more often', async () => {
    const mover = await aMover(app, { lifetimeDays: 100 });
    const source = await consentOf(mover, mover.access.consentId);
    const moved = { ...mover, customer: await later(app, mover.customer, 3) };
    const fewer = await amend({ ...moved, consentId: source.id }, { max_reads_per_day: 4 });
    expect(fewer.status).toBe(200);
    await switchTo(moved).expect(200);
    const there = await arrive(app, moved, { details: [reading], lifetimeDays: 300 });
    expect(await consentOf(moved, there.consentId)).toMatchObject({
      expires_at: source.expires_at,
      max_reads_per_day: 4,
    });
  });

  it('gives it less, if it asks for less, and no more than that', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const less = { ...reading, attributes: ['size.footwear'], touchpoints: ['till'], retention: 'P1D' };
    const there = await arrive(app, mover, { details: [less], lifetimeDays: 10 });
    const { details, expires_at } = await consentOf(mover, there.consentId);
    expect(details).toEqual([expect.objectContaining({ ...less })]);
    expect(Date.parse(expires_at)).toBeLessThanOrEqual(app.clock.now().getTime() + 10 * 86_400_000);
    expect(await standingOf(mover, switched)).toBe('approved');
    // What it did not ask for then, it has to ask for as ever.
    const { page } = await visit(app, mover, { details: [reading] });
    expect(page.body).toContain('Tern Market asks for your consent.');
  });

  it('covers events from then on, and none from before', async () => {
    const mover = await aMover(app, { details: [{ ...reporting, since: 'P90D' }] });
    await switchTo(mover).expect(200);
    const there = await arrive(app, mover, { details: [reporting] });
    const { details, given_at } = await consentOf(mover, there.consentId);
    expect(details).toMatchObject([{ type: 'ccx_interactions', since: given_at }]);
  });

  it('is good for one request: a later one is asked as ever', async () => {
    const mover = await aMover(app);
    await switchTo(mover).expect(200);
    const there = await arrive(app, mover);
    await withdraw({ customer: mover.customer, consentId: there.consentId }).expect(200);
    const { page } = await visit(app, mover);
    expect(page.body).toContain('Tern Market asks for your consent.');
  });

  it('gives one consent to two requests at once, and neither asks', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const browsers = await Promise.all([atTheDoor(mover), atTheDoor(mover)]);
    const [first, second] = await race(
      app.db,
      'consent_requests',
      { id: switched.body.request.id },
      [0, 1].map((index) => () => browsers[index]!.enter()) as [() => Promise<string>, () => Promise<string>],
    );
    const codes = [first, second].map((outcome) => (outcome?.status === 'fulfilled' ? outcome.value : outcome?.reason));
    const tokens = await Promise.all(
      codes.map((code, index) => redeemed(app, mover, code as string, browsers[index]!.verifier)),
    );
    expect(tokens[0]?.consentId).toBe(tokens[1]?.consentId);
    expect(await recordedChanges(app, mover.customer.key, tokens[0]!.consentId)).toEqual(['given']);
  });

  it('does not give again what was taken back from it since', async () => {
    const mover = await aMover(app);
    const theirs = await aConsent(app, { customer: mover.customer, retailer: mover.tern, details: [reporting] });
    await switchTo(mover).expect(200);
    app.clock.advance({ minutes: 1 });
    await withdraw(theirs).expect(200);
    const { page } = await visit(app, mover);
    expect(page.body).toContain('Tern Market asks for your consent.');
  });

  it('makes a receipt that names what it asked for, and nothing of the switch', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const there = await arrive(app, mover, { details: [reading], scope: 'preferences.read consents.read' });
    const { body } = await there.fetch('GET', `/v1/consents/${there.consentId}/receipts`);
    const receipt = await verified(await publishedKeys(app), body.items[0].jws);
    expect(receipt.consent_record.event).toMatchObject({ change: 'given', indication_method: 'direct' });
    expect(JSON.stringify(receipt)).not.toContain(switched.body.request.id);
    const notice = receipt.consent_record.pii_processing.privacy_notice.sha256;
    const { body: shown } = await there.fetch('GET', `/v1/consents/${there.consentId}/notices/${notice}`);
    expect(shown).toMatchObject({ shown: false, title: 'Tern Market asks for your consent.' });
  });
});

describe('the other retailer, when it asks for more,', () => {
  it('leaves it to the customer, who sees what they have agreed to', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover, { withdraw_source: 'on_completion' }).expect(200);
    const more = { ...reading, attributes: ['language.spoken', 'size.footwear'] };
    const { browser, page, verifier } = await visit(app, mover, { details: [more] });
    expect(page.body).toContain('What is marked so you have agreed to beforehand');
    expect(page.body.match(/Agreed beforehand/g)).toHaveLength(1);
    expect(await standingOf(mover, switched)).toBe('pre_approved');

    const answer = await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
    const there = await redeemed(app, mover, codeOf(answer, mover.tern.client), verifier);
    expect(await consentOf(mover, there.consentId)).toMatchObject({ details: [{ attributes: more.attributes }] });
    expect(await standingOf(mover, switched)).toBe('approved');
    expect(await consentOf(mover, mover.access.consentId)).toMatchObject({ status: 'withdrawn' });
  });

  it.each([
    ['for longer', { ...reading, retention: 'P90D' }],
    ['elsewhere', { ...reading, touchpoints: ['till', 'kiosk'] }],
    ['for something else', { ...reading, purposes: ['dpv:Marketing'] }],
    ['to pass it on', { ...reading, recipients: ['Parcel Service Ltd'] }],
    ['ahead of time', { ...reading, delivery: ['live', 'bulk'] }],
    ['what has been', { ...reporting, since: 'P30D' }],
  ])('has the customer asked: %s', async (_, line) => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const { page } = await visit(app, mover, { details: [line] });
    expect(page.body).toContain('Tern Market asks for your consent.');
    expect(await standingOf(mover, switched)).toBe('pre_approved');
  });

  it('has something special asked by itself, after the rest has been given', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const { browser, page } = await visit(app, mover, { details: [reading, special] });
    expect(page.body).toContain('Question 2 of 2');
    expect(await standingOf(mover, switched)).toBe('approved');
    const answer = await browser.follow(await browser.submit(page, 'decision', { decision: 'refuse' }));
    expect(codeOf(answer, mover.tern.client)).toEqual(expect.any(String));
  });
});

describe('what is approved beforehand is called off', () => {
  it.each([
    ['more than that', { details: [{ ...reading, touchpoints: ['till', 'kiosk'] }] }],
    ['just that, anew', { details: [reading], params: { prompt: 'consent' } }],
  ])('when the customer refuses what the other retailer asks: %s', async (_, asked) => {
    const mover = await aMover(app);
    const switched = await switchTo(mover, { withdraw_source: 'on_completion' }).expect(200);
    const { browser, page } = await visit(app, mover, asked);
    await browser.submit(page, 'decision', { decision: 'refuse' });
    expect(await standingOf(mover, switched)).toBe('refused');
    expect(await consentOf(mover, mover.access.consentId)).toMatchObject({ status: 'active' });
    await expectToBeAsked(mover);
  });

  it('when the customer gives nothing of it', async () => {
    const mover = await aMover(app, { details: [reading] });
    const switched = await switchTo(mover).expect(200);
    const more = { ...reading, attributes: [...reading.attributes, 'language.spoken'] };
    const asked = await aConsentRequest(app, { customer: mover.customer, retailer: mover.tern, details: [more] });
    const [{ id }] = asked.body.authorization_details;
    await approve(asked, { items: [{ id, attributes: ['language.spoken'] }] }).expect(200);
    expect(await standingOf(mover, switched)).toBe('refused');
    await expectToBeAsked(mover);
  });

  it('with a receipt and a record, at the moment of the decision, and by whoever decides', async () => {
    const mover = await aMover(app);
    const { body: switched } = await switchTo(mover).expect(200);
    const asked = await aConsentRequest(app, { customer: mover.customer, retailer: mover.tern, details: [reading] });
    const { id, acting } = await aDelegation(app, { giver: mover.customer });
    const { body: refused } = await acting.post(`/v1/me/consent-requests/${asked.id}/refuse`).expect(200);

    const path = `/v1/me/consent-requests/${switched.request.id}`;
    const { body: calledOff } = await mover.customer.api.get(path).expect(200);
    expect(calledOff).toMatchObject({ status: 'refused', decided_at: refused.decided_at });
    const { body: receipts } = await mover.customer.api.get(`${path}/receipts`).expect(200);
    expect(receipts.items.map(({ event }: { event: string }) => event)).toContain('refused');
    const records = (await audited(app, mover.customer.key)).slice(-2);
    const actor = { kind: 'customer', delegation: id };
    expect(records).toMatchObject([
      { type: 'consent-request.refused', actor, data: { request_id: asked.id } },
      { type: 'consent-request.refused', actor, data: { request_id: switched.request.id, origin: 'switch' } },
    ]);
  });

  it('but not when a rule of the customer refuses', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    await aRule(mover.customer, refuseSharing);
    const shared = { ...reading, recipients: ['Parcel Service Ltd'] };
    const asked = await aConsentRequest(app, { customer: mover.customer, retailer: mover.tern, details: [shared] });
    const { body } = await mover.customer.api.get(`/v1/me/consent-requests/${asked.id}`).expect(200);
    expect(body).toMatchObject({ status: 'refused', decided_by_rule: expect.any(Object) });
    expect(await standingOf(mover, switched)).toBe('pre_approved');
    await arrive(app, mover);
  });

  it('when all that the other retailer has is withdrawn, in the moment in which it asks', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const door = await atTheDoor(mover);
    const [, withdrawn] = await race(app.db, 'consent_requests', { id: switched.body.request.id }, [
      () => door.enter().catch(() => 'asked'),
      () => mover.customer.api.post('/v1/me/consents/withdraw').send({ retailer_id: mover.tern.id }),
    ]);
    expect(withdrawn).toMatchObject({ status: 'fulfilled', value: { status: 200 } });
    const { body } = await mover.customer.api.get('/v1/me/consents?status=active').expect(200);
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([mover.access.consentId]);
    await expectToBeAsked(mover);
  });
});

describe('what is approved beforehand decides nothing', () => {
  it('where the client wants the customer to be asked', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const { browser, page } = await visit(app, mover, { details: [reading], params: { prompt: 'consent' } });
    expect(page.body).toContain('Tern Market asks for your consent.');
    expect(await standingOf(mover, switched)).toBe('pre_approved');
    const answer = await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
    codeOf(answer, mover.tern.client);
    expect(await standingOf(mover, switched)).toBe('approved');
  });

  it('where it is asked for one time', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const { browser, page } = await visit(app, mover, { details: [reading], use: 'once' });
    expect(page.body).toContain('Tern Market asks for your consent.');
    await browser.submit(page, 'decision', { decision: 'approve' });
    expect(await standingOf(mover, switched)).toBe('pre_approved');
  });

  it('where the retailer puts its request into the customer’s list, and is told nothing', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const inList = { customer: mover.customer, retailer: mover.tern, details: [reading] };
    const asked = await aConsentRequest(app, inList);
    expect(asked.body).toMatchObject({ status: 'open', consent: null });
    expect((await asked.asRetailer.fetch('GET', `/v1/consent-requests/${asked.id}`)).body.status).toBe('open');
    expect(await standingOf(mover, switched)).toBe('pre_approved');
    await approve(asked).expect(200);
    expect(await standingOf(mover, switched)).toBe('approved');
  });

  it('while the retailer is suspended; afterwards it does', async () => {
    const mover = await aMover(app);
    await switchTo(mover).expect(200);
    await suspendRetailer(app, mover.tern);
    await expect(visit(app, mover)).rejects.toThrow('Not pushed');
    await reinstateRetailer(app, mover.tern);
    await arrive(app, mover);
  });

  it('where the client asks that nobody be asked', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const { address } = await pushRequest(app, mover.tern.client, { details: [reading], params: { prompt: 'none' } });
    const browser = new Browser(app.url, { 'accept-language': 'en' });
    const answer = await browser.follow(await browser.get(address));
    expect(new URL(answer.location ?? '').searchParams.get('error')).toBe('login_required');
    expect(await standingOf(mover, switched)).toBe('pre_approved');
  });

  it('at a device', async () => {
    const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT] as const;
    const mover = await aMover(app, { target: { client: { grantTypes: [...grantTypes] } } });
    const switched = await switchTo(mover).expect(200);
    const authorization_details = JSON.stringify([reading]);
    const codes = await authorizeDevice(app, mover.tern.client, { authorization_details });
    const { page } = await reachDecision(app, codes, mover.customer);
    expect(page.body).toContain('Tern Market asks for your consent.');
    expect(await standingOf(mover, switched)).toBe('pre_approved');
  });
});

describe('a consent that ends when the other one begins', () => {
  it('is read no more from then on', async () => {
    const mover = await aMover(app);
    await mover.customer.api.post('/v1/me/preferences').send(shoeSize).expect(201);
    await switchTo(mover, { withdraw_source: 'on_completion', reported_data: 'delete' }).expect(200);
    const before = await mover.access.fetch('GET', READ);
    expect(before.status).toBe(200);
    const there = await arrive(app, mover);
    expect((await mover.access.fetch('GET', READ)).status).toBe(401);
    expect((await there.fetch('GET', READ)).body.preferences).toEqual(before.body.preferences);
    expect(await recordedChanges(app, mover.customer.key, mover.access.consentId)).toEqual(['given', 'withdrawn']);
    const ended = await consentOf(mover, mover.access.consentId);
    expect(ended).toMatchObject({ status: 'withdrawn', reported_data: 'delete' });
    const begun = await consentOf(mover, there.consentId);
    expect(ended.ended_at).toBe(begun.given_at);
  });

  it('is read until that very moment, and both happen or neither does', async () => {
    const mover = await aMover(app);
    await switchTo(mover, { withdraw_source: 'on_completion' }).expect(200);
    const door = await atTheDoor(mover);
    const [code, meanwhile] = await whileWaiting(
      app.db,
      'consents',
      { id: mover.access.consentId },
      () => door.enter(),
      async () => {
        const { body } = await mover.customer.api.get(`/v1/me/consents?retailer_id=${mover.tern.id}`).expect(200);
        return { read: (await mover.access.fetch('GET', READ)).status, theirs: body.items.length };
      },
    );
    expect(meanwhile).toEqual({ read: 200, theirs: 0 });
    expect((await mover.access.fetch('GET', READ)).status).toBe(401);
    expect((await (await redeemed(app, mover, code, door.verifier)).fetch('GET', READ)).status).toBe(200);
  });

  it('may have ended before', async () => {
    const mover = await aMover(app);
    await switchTo(mover, { withdraw_source: 'on_completion' }).expect(200);
    await withdraw({ customer: mover.customer, consentId: mover.access.consentId }).expect(200);
    await arrive(app, mover);
    expect(await recordedChanges(app, mover.customer.key, mover.access.consentId)).toEqual(['given', 'withdrawn']);
  });

  it('stays when what was approved is called off', async () => {
    const mover = await aMover(app);
    const { body } = await switchTo(mover, { withdraw_source: 'on_completion' }).expect(200);
    await mover.customer.api.post(`/v1/me/consent-requests/${body.request.id}/refuse`).expect(200);
    expect((await mover.access.fetch('GET', READ)).status).toBe(200);
  });
});

/** Nothing is given by itself any more. */
async function expectToBeAsked(mover: Mover): Promise<void> {
  const { page } = await visit(app, mover, { details: [reading] });
  expect(page.body).toContain('Tern Market asks for your consent.');
}

/** A browser that is signed in, right before it is led to what is asked. */
async function atTheDoor(mover: Pick<Mover, 'customer' | 'tern'>) {
  const { address, verifier } = await pushRequest(app, mover.tern.client, { details: [reading] });
  const browser = new Browser(app.url, { 'accept-language': 'en' });
  const door = await browser.follow(await browser.get(address));
  const { email, password } = mover.customer;
  const signedIn = await browser.submit(door, 'sign-in', { email, password });
  return { verifier, enter: async () => codeOf(await browser.follow(signedIn), mover.tern.client) };
}
