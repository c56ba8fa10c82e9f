import type { JsonObject } from '../src/platform/json.js';
import { startApp, type TestApp } from './support/app.js';
import { amend, command, reporting, withdraw } from './support/consents.js';
import { anOffer, aReporter, aVoid, report, type Reporter } from './support/events.js';
import { consentToken, type RetailerAccess, retailerToken } from './support/oauth.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

interface Reading extends Reporter {
  /** The retailer's calls that read. */
  readonly office: RetailerAccess;
}

async function aReading(options: Parameters<typeof aReporter>[1] = {}): Promise<Reading> {
  const reporter = await aReporter(app, options);
  return { ...reporter, office: await retailerToken(app, reporter.retailer, { scope: 'interactions.read' }) };
}

const read = ({ office, subject }: Pick<Reading, 'office' | 'subject'>, query = '') =>
  office.fetch('GET', `/v1/interactions?subject=${subject}${query}`);

const daysAgo = (days: number) => new Date(app.clock.now().getTime() - days * 86_400_000).toISOString();

describe('reading back', () => {
  it('answers what was reported of a customer, newest first, as it is kept', async () => {
    const shop = await aReading();
    const [early, late] = [shop.sale({ ccxcorrelation: 'visit-1' }), shop.sale()];
    await report(shop.tills, [early, late]);
    const { status, body } = await read(shop);
    expect(status).toBe(200);
    expect(body).toEqual({
      next_cursor: null,
      items: [late, early].map(({ id, time, data, ccxcorrelation }) => ({
        id,
        source: '/tills/17',
        type: 'transaction.completed',
        touchpoint: 'till',
        stage: 'shopping',
        occurred_at: time,
        received_at: expect.any(String),
        clock: null,
        correlation: ccxcorrelation ?? null,
        data,
        standing: 'standing',
      })),
    });
  });

  it('tells what counts no longer, and on whose word', async () => {
    const shop = await aReading();
    const [taken, replaced, disputed] = [shop.sale(), shop.sale(), shop.sale()];
    const correction = shop.sale({ ccxcorrects: replaced.id as string });
    await report(shop.tills, [taken, replaced, disputed, correction, aVoid(taken)]);
    const { rows } = await app.db.query('select id from interactions where event_id = $1', [disputed.id]);
    await shop.customer.api.post(`/v1/me/interactions/${rows[0].id}/dispute`).send({ reason: 'not_me' }).expect(201);

    const { body } = await read(shop, '&type=transaction.completed');
    const standings = Object.fromEntries(
      body.items.map(({ id, standing }: { id: string; standing: string }) => [id, standing]),
    );
    expect(standings).toEqual({
      [taken.id as string]: 'voided',
      [replaced.id as string]: 'corrected',
      [disputed.id as string]: 'disputed',
      [correction.id as string]: 'standing',
    });
  });

  it('goes through a period in pages, by type', async () => {
    const shop = await aReading({
      details: [
        {
          ...reporting,
          event_types: ['transaction.completed', 'promotion.offered'],
          touchpoints: ['till', 'email'],
          since: 'P30D',
        },
      ],
    });
    const sales = [2, 3, 4].map((days) => shop.sale({ time: daysAgo(days) }));
    const offer: JsonObject = { ...anOffer(app), subject: shop.subject, time: daysAgo(3) };
    await report(shop.tills, [...sales, offer]);

    const period = `&from=${daysAgo(3.5)}&to=${daysAgo(1)}`;
    const { body: page } = await read(shop, `${period}&limit=2`);
    const { body: rest } = await read(shop, `${period}&limit=2&cursor=${page.next_cursor}`);
    const ids = [...page.items, ...rest.items].map(({ id }: { id: string }) => id);
    expect(ids.toSorted()).toEqual([sales[0]?.id, sales[1]?.id, offer.id].toSorted());
    const { body: offers } = await read(shop, `${period}&type=promotion.offered`);
    expect(offers.items).toMatchObject([{ id: offer.id, touchpoint: 'email' }]);
    expect((await read(shop, '&cursor=nonsense')).status).toBe(400);
  });

  it.each([
    ['&from=2026-01-01T00:00:00Z&to=2026-06-01T00:00:00Z', 'query/to'],
    ['&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'query/to'],
    ['&from=yesterday', 'query/from'],
    ['&type=event.corrected', 'query/type'],
  ])('refuses %s', async (query, pointer) => {
    const { status, body } = await read(await aReading(), query);
    expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
  });

  it('needs a subject, unless the token names the customer', async () => {
    const shop = await aReading();
    const { status, body } = await shop.office.fetch('GET', '/v1/interactions');
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer: 'query/subject' })]]);
  });

  it('shows nothing of what the customer deleted, nor that it was', async () => {
    const shop = await aReading();
    const [kept, deleted] = [shop.sale(), shop.sale()];
    await report(shop.tills, [kept, deleted]);
    const { rows } = await app.db.query('select id from interactions where event_id = $1', [deleted.id]);
    await shop.customer.api.delete(`/v1/me/interactions/${rows[0].id}`).expect(204);
    const { body } = await read(shop);
    expect(body.items).toMatchObject([{ id: kept.id }]);
    expect(body.next_cursor).toBeNull();
  });

  it('shows what any client of the retailer reported, and nothing of another retailer', async () => {
    const shop = await aReading();
    const other = await aReading({ customer: shop.customer });
    const [ours, theirs] = [shop.sale(), other.sale()];
    await report(shop.tills, ours);
    await report(other.tills, theirs);
    expect((await read(shop)).body.items).toMatchObject([{ id: ours.id }]);
    expect((await read(other)).body.items).toMatchObject([{ id: theirs.id }]);
    // One retailer's subject is nobody to the other.
    expect(await read({ ...shop, subject: other.subject })).toMatchObject({ status: 403 });
  });
});

describe('reading back under a consent', () => {
  it('ends with it', async () => {
    const shop = await aReading();
    await report(shop.tills, shop.sale());
    await withdraw(shop, { reported_data: 'keep' }).expect(200);
    const gone = await read(shop);
    expect(gone.status).toBe(403);
    expect(gone.body.type).toContain('no-consent');
    // The same as of somebody who never gave one, and of nobody.
    const nobody = await read({ ...shop, subject: `${shop.subject.slice(0, -4)}AAAA` });
    expect({ ...nobody.body, instance: '' }).toEqual({ ...gone.body, instance: '' });
  });

  it('rests while it is paused', async () => {
    const shop = await aReading();
    await report(shop.tills, shop.sale());
    await command(shop, 'pause').expect(200);
    expect((await read(shop)).body.type).toContain('consent-paused');
    await command(shop, 'resume').expect(200);
    expect((await read(shop)).body.items).toHaveLength(1);
  });

  it('shows what was reported under that one, and not what an earlier one let in', async () => {
    const shop = await aReading();
    await report(shop.tills, shop.sale());
    await withdraw(shop, { reported_data: 'keep' }).expect(200);
    const again = await aReading({ customer: shop.customer, retailer: shop.retailer });
    expect((await read(again)).body.items).toEqual([]);
    const sale = again.sale();
    await report(again.tills, sale);
    expect((await read(again)).body.items).toMatchObject([{ id: sale.id }]);
  });

  it('reaches as far as its lines', async () => {
    const shop = await aReading({ details: [reporting] });
    const [atTill, online] = [shop.sale(), shop.sale({ ccxtouchpoint: 'web' })];
    await report(shop.tills, [atTill, online]);
    expect((await read(shop)).body.items).toHaveLength(2);
    const { body } = await shop.customer.api.get(`/v1/me/consents/${shop.consentId}`).expect(200);
    const items = body.details.map(({ id }: { id: string }) => ({ id, touchpoints: ['web'] }));
    expect(await amend(shop, { items })).toMatchObject({ status: 200 });
    expect((await read(shop)).body.items).toMatchObject([{ id: online.id }]);
  });

  it('takes a token of the consent, which names the customer', async () => {
    const retailer = await aRetailer(app);
    const shop = await aReading({ retailer });
    await report(shop.tills, shop.sale());
    const theirs = await consentToken(app, retailer, shop.customer, {
      scope: 'interactions.read',
      details: [reporting],
    });
    const { status, body } = await theirs.fetch('GET', '/v1/interactions');
    expect(status).toBe(200);
    expect(body.items).toHaveLength(1);
    expect((await theirs.fetch('GET', `/v1/interactions?subject=${shop.subject}`)).body.items).toHaveLength(1);

    const other = await aReading({ retailer });
    expect((await theirs.fetch('GET', `/v1/interactions?subject=${other.subject}`)).status).toBe(403);
    await withdraw(shop, { reported_data: 'keep' }).expect(200);
    expect((await theirs.fetch('GET', '/v1/interactions')).status).toBe(401);
  });
});
