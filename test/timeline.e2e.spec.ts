import { randomUUID } from 'node:crypto';

import type { JsonObject } from '../src/platform/json.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsentRequest, approve, withdraw } from './support/consents.js';
import { aDelegation, aProgram } from './support/delegations.js';
import { eventually } from './support/eventually.js';
import { aVoid, report, type Reporter } from './support/events.js';
import { consentToken } from './support/oauth.js';
import { aStoryteller, everyTouch, happened, idHere, idsOf, listed, minutesAgo, tell } from './support/timeline.js';

const DAY = 1_440;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const codeOf = ({ body }: { body: { type?: string } }) => body.type?.split('/').at(-1);
const dispute = ({ customer }: Pick<Reporter, 'customer'>, id: string, body: object = { reason: 'not_me' }) =>
  customer.api.post(`/v1/me/interactions/${id}/dispute`).send(body);

describe('the timeline', () => {
  it('is filtered by several retailers, touchpoints and stages, and by what the retailer ties together', async () => {
    const first = await aStoryteller(app);
    const second = await aStoryteller(app, { customer: first.customer });
    const third = await aStoryteller(app, { customer: first.customer });
    const sale = happened(app, first, 'transaction.completed', 30, { ccxcorrelation: 'visit-1' });
    const view = happened(app, second, 'transaction.completed', 20, { ccxtouchpoint: 'web', ccxstage: 'exploring' });
    const mail = happened(app, third, 'promotion.offered', 10, {
      ccxtouchpoint: 'email',
      data: { campaign: 'spring' },
    });
    await tell(first, sale);
    await tell(second, view);
    await tell(third, mail);

    const both = `retailer_id=${first.retailer.id}&retailer_id=${third.retailer.id}`;
    await expect(idsOf(first, `?${both}`)).resolves.toEqual([mail['id'], sale['id']]);
    await expect(idsOf(first, '?touchpoint=web&touchpoint=email')).resolves.toEqual([mail['id'], view['id']]);
    await expect(idsOf(first, '?stage=exploring&stage=awareness')).resolves.toEqual([mail['id'], view['id']]);
    await expect(idsOf(first, '?type=promotion.offered&type=return.completed')).resolves.toEqual([mail['id']]);
    await expect(idsOf(first, '?correlation=visit-1')).resolves.toEqual([sale['id']]);
    await expect(idsOf(first, `?${both}&touchpoint=web`)).resolves.toEqual([]);
  });

  it('says of each event how it stands, what took its place and whose place it took', async () => {
    const reporter = await aStoryteller(app);
    const [kept, voided, wrong, disputed] = [40, 30, 20, 10].map((minutes) =>
      happened(app, reporter, 'transaction.completed', minutes),
    ) as [JsonObject, JsonObject, JsonObject, JsonObject];
    const right = happened(app, reporter, 'transaction.completed', 19, { ccxcorrects: wrong['id'] as string });
    await tell(reporter, kept, voided, wrong, disputed, right);
    await tell(reporter, aVoid(voided));
    await dispute(reporter, await idHere(reporter, disputed)).expect(201);

    const { items } = await listed(reporter, '?type=transaction.completed');
    const standings = Object.fromEntries(items.map(({ event_id, standing }) => [event_id, standing]));
    expect(standings).toEqual({
      [kept['id'] as string]: 'standing',
      [voided['id'] as string]: 'voided',
      [wrong['id'] as string]: 'corrected',
      [disputed['id'] as string]: 'disputed',
      [right['id'] as string]: 'standing',
    });
    const byEvent = (event: JsonObject) => items.find(({ event_id }) => event_id === event['id']);
    expect(byEvent(wrong)).toMatchObject({ corrected_by: byEvent(right).id, corrects: null, voided: false });
    expect(byEvent(right)).toMatchObject({ corrected_by: null, corrects: byEvent(wrong).id });
    expect(byEvent(disputed).dispute).toMatchObject({ reason: 'not_me', status: 'open' });
    expect(byEvent(kept).dispute).toBeNull();

    for (const [status, event] of [
      ['voided', voided],
      ['corrected', wrong],
      ['disputed', disputed],
    ] as const) {
      await expect(idsOf(reporter, `?status=${status}`)).resolves.toEqual([event['id']]);
    }
    await expect(idsOf(reporter, '?status=standing&type=transaction.completed')).resolves.toEqual([
      right['id'],
      kept['id'],
    ]);
  });

  it('says where a clock was off, and where something was withheld', async () => {
    const reporter = await aStoryteller(app);
    const off = happened(app, reporter, 'transaction.completed', -60, { ccxsenttime: minutesAgo(app, -60) });
    const line = {
      product: { scheme: 'retailer', code: 'IBU-400', special: 'pharmacy' },
      quantity: '1',
      unit_price: 499,
    };
    const medicine = happened(app, reporter, 'transaction.completed', 90, { data: { currency: 'GBP', lines: [line] } });
    await tell(reporter, off, medicine);
    const { items } = await listed(reporter);
    expect(items).toEqual([
      expect.objectContaining({ event_id: off['id'], clock: 'corrected', withheld: false }),
      expect.objectContaining({ event_id: medicine['id'], clock: null, withheld: true }),
    ]);
    expect(JSON.stringify(items)).not.toContain('IBU-400');
  });

  it('refuses a filter of what there is not', async () => {
    const { customer } = await aStoryteller(app);
    for (const [query, pointer] of [
      ['retailer_id=x', 'query/retailer_id'],
      ['touchpoint=moon', 'query/touchpoint'],
      ['status=gone', 'query/status'],
      ['note=without', 'query/note'],
      ['correlation=%00', 'query/correlation'],
    ]) {
      const { body } = await customer.api.get(`/v1/me/interactions?${query}`).expect(400);
      expect(body.errors[0].pointer).toBe(pointer);
    }
  });
});

describe('a single interaction', () => {
  it('is found by its id, and by nobody else', async () => {
    const reporter = await aStoryteller(app);
    const sale = happened(app, reporter, 'transaction.completed', 5);
    await tell(reporter, sale);
    const [inList] = (await listed(reporter)).items;
    const { body } = await reporter.customer.api.get(`/v1/me/interactions/${inList.id}`).expect(200);
    expect(body).toEqual(inList);
    const other = await aStoryteller(app);
    const refused = await other.customer.api.get(`/v1/me/interactions/${inList.id}`).expect(404);
    expect(codeOf(refused)).toBe('interaction-not-found');
    await reporter.customer.api.get(`/v1/me/interactions/${randomUUID()}`).expect(404);
    await reporter.customer.api.get('/v1/me/interactions/first').expect(400);
  });
});

describe('whoever acts for the customer', () => {
  it('sees what was reported, and neither notes nor words of disputes', async () => {
    const reporter = await aStoryteller(app);
    const { acting } = await aDelegation(app, { giver: reporter.customer });
    await tell(reporter, happened(app, reporter, 'transaction.completed', 5));
    const [{ id }] = (await listed(reporter)).items;
    await reporter.customer.api.put(`/v1/me/interactions/${id}/note`).send({ text: 'for Jo' }).expect(201);
    await dispute(reporter, id, { reason: 'wrong_content', text: 'only one' }).expect(201);

    const { body } = await acting.get('/v1/me/interactions').expect(200);
    expect(body.items).toEqual([
      expect.objectContaining({
        id,
        note: null,
        dispute: expect.objectContaining({ reason: 'wrong_content', text: null }),
      }),
    ]);
    await expect(acting.get('/v1/me/interactions?note=with').then((answer) => answer.body.items)).resolves.toEqual([]);
    await acting.get(`/v1/me/interactions/${id}/note`).expect(403);
    await acting.delete(`/v1/me/interactions/${id}`).expect(403);
  });

  it('sees special products in no other form than without a consent to them', async () => {
    const reporter = await aStoryteller(app);
    const { acting } = await aDelegation(app, { giver: reporter.customer });
    await tell(reporter, happened(app, reporter, 'transaction.completed', 5));
    // As it is kept under a consent to just this.
    const named = { lines: [{ quantity: '1', product: { scheme: 'retailer', code: 'IBU-400', special: 'pharmacy' } }] };
    await app.db.query('update interactions set data = data || $2 where customer_id = $1', [
      reporter.customer.customerId,
      JSON.stringify(named),
    ]);
    expect(JSON.stringify((await listed(reporter)).items)).toContain('IBU-400');
    const { body } = await acting.get('/v1/me/interactions').expect(200);
    expect(body.items[0]).toMatchObject({ withheld: true, data: { lines: [{ product: { category: 'withheld' } }] } });
    expect(JSON.stringify(body)).not.toContain('IBU-400');
  });
});

describe('why an interaction is known', () => {
  const why = async ({ customer }: Pick<Reporter, 'customer'>, id: string) =>
    (await customer.api.get(`/v1/me/interactions/${id}/why`).expect(200)).body;

  it('names the client, the line of the consent, how that was given, and what it feeds', async () => {
    const reporter = await aStoryteller(app);
    const sale = happened(app, reporter, 'transaction.completed', 5);
    await tell(reporter, sale);
    const id = await idHere(reporter, sale);
    const body = await why(reporter, id);
    expect(body).toEqual({
      interaction_id: id,
      reported_by: {
        retailer: { id: reporter.retailer.id, name: reporter.retailer.name },
        client_id: expect.any(String) as string,
        client_name: expect.any(String) as string,
        source: '/tills/17',
        received_at: expect.any(String) as string,
      },
      let_in_by: {
        consent_id: reporter.consentId,
        consent_version: 1,
        status: 'active',
        line: expect.objectContaining({ type: 'ccx_interactions', event_types: everyTouch.event_types }),
        given_at: expect.any(String) as string,
        how: 'inbox',
        rule: null,
        notice: expect.stringMatching(/^\/v1\/me\/notices\/[0-9a-f]{64}$/),
        receipts: `/v1/me/consents/${reporter.consentId}/receipts`,
      },
      feeds: ['summary', 'journeys', 'chains', 'suggestions'],
    });
    await reporter.customer.api.get(body.let_in_by.notice).expect(200);
    await reporter.customer.api.get(body.let_in_by.receipts).expect(200);
    await reporter.customer.api.get(`/v1/me/interactions/${randomUUID()}/why`).expect(404);
  });

  it('says so when it came about on a page, and after the consent has ended', async () => {
    const reporter = await aStoryteller(app);
    const access = await consentToken(app, reporter.retailer, reporter.customer, {
      details: [{ ...everyTouch, touchpoints: ['till', 'app'] }],
      scope: 'interactions.write',
    });
    const inApp = happened(app, reporter, 'transaction.completed', 1, { ccxtouchpoint: 'app' });
    await report(access, inApp);
    const id = await idHere(reporter, inApp);
    await expect(why(reporter, id)).resolves.toMatchObject({ let_in_by: { status: 'active' } });
    await withdraw(reporter).expect(200);
    await expect(why(reporter, id)).resolves.toMatchObject({ let_in_by: { status: 'withdrawn' } });
  });

  it('names the version with which the line came, whatever was changed since', async () => {
    const reporter = await aStoryteller(app, { details: [{ ...everyTouch, touchpoints: ['till'] }] });
    const wider = await aConsentRequest(app, {
      customer: reporter.customer,
      retailer: reporter.retailer,
      details: [{ ...everyTouch, touchpoints: ['till', 'web'] }],
    });
    app.clock.advance({ minutes: 2 });
    await approve(wider).expect(200);
    const [atTill, onWeb] = [
      happened(app, reporter, 'transaction.completed', 0),
      happened(app, reporter, 'transaction.completed', 0, { ccxtouchpoint: 'web' }),
    ];
    await tell(reporter, atTill, onWeb);
    const [till, web] = [
      await why(reporter, await idHere(reporter, atTill)),
      await why(reporter, await idHere(reporter, onWeb)),
    ];
    expect(till.let_in_by.consent_version).toBe(2);
    expect(Date.parse(web.let_in_by.given_at)).toBeGreaterThan(Date.parse(till.let_in_by.given_at));
    app.clock.advance({ minutes: -2 });
  });

  it('is counted with others while the consent holds and names a purpose for that, and feeds nothing once it does not stand', async () => {
    const counted = { ...everyTouch, purposes: ['dpv:ServiceOptimisation'] };
    const reporter = await aStoryteller(app, { details: [counted] });
    const sale = happened(app, reporter, 'transaction.completed', 5);
    await tell(reporter, sale);
    const id = await idHere(reporter, sale);
    await expect(why(reporter, id)).resolves.toMatchObject({ feeds: expect.arrayContaining(['demand']) as string[] });
    await withdraw(reporter).expect(200);
    const { feeds } = await why(reporter, id);
    expect(feeds).toEqual(['summary', 'journeys', 'chains', 'suggestions']);
    await dispute(reporter, id).expect(201);
    await expect(why(reporter, id)).resolves.toMatchObject({ feeds: [] });
  });

  it('is told to a delegate but for what the customer was shown, and takes leave to see consents', async () => {
    const reporter = await aStoryteller(app);
    await tell(reporter, happened(app, reporter, 'transaction.completed', 5));
    const [{ id }] = (await listed(reporter)).items;
    const { acting } = await aDelegation(app, { giver: reporter.customer });
    const { body } = await acting.get(`/v1/me/interactions/${id}/why`).expect(200);
    expect(body.let_in_by).toMatchObject({ how: 'inbox', notice: null });
    const program = await aProgram(app, reporter.customer, ['interactions.read']);
    await program.get(`/v1/me/interactions/${id}`).expect(200);
    await program.get(`/v1/me/interactions/${id}/why`).expect(403);
  });
});

describe('the summary', () => {
  it('counts by month, retailer, kind and touchpoint what is kept, what stands and what is disputed', async () => {
    const reporter = await aStoryteller(app);
    const sales = [1, 2, 3].map((minutes) => happened(app, reporter, 'transaction.completed', minutes));
    const old = happened(app, reporter, 'return.completed', 200 * DAY, {
      data: { currency: 'GBP', lines: [{ product: { scheme: 'retailer', code: '85123A' }, quantity: '1' }] },
    });
    await tell(reporter, ...sales, old);
    await dispute(reporter, await idHere(reporter, sales[0]!)).expect(201);
    const monthOf = (time: unknown) => (time as string).slice(0, 7);
    const retailer = { id: reporter.retailer.id, name: reporter.retailer.name };
    const thisMonth = monthOf(sales[2]!['time']);
    const count = async (query = '') =>
      (await reporter.customer.api.get(`/v1/me/interactions/summary${query}`).expect(200)).body.items;
    await eventually(async () => {
      const items = await count();
      const total = (name: string) =>
        items.reduce((sum: number, item: Record<string, number>) => sum + (item[name] ?? 0), 0);
      expect([total('reported'), total('standing'), total('disputed')]).toEqual([4, 3, 1]);
    });
    expect(await count()).toContainEqual({
      month: monthOf(old['time']),
      retailer,
      type: 'return.completed',
      touchpoint: 'till',
      reported: 1,
      standing: 1,
      disputed: 0,
    });
    const recent = await count(`?from=${thisMonth}`);
    expect(recent.map(({ type }: { type: string }) => type)).not.toContain('return.completed');
    await expect(count(`?to=${monthOf(old['time'])}`)).resolves.toEqual([]);
    await reporter.customer.api.get('/v1/me/interactions/summary?from=2026-13').expect(400);
  });
});
