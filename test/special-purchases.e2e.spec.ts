import type { JsonObject } from '../src/platform/json.js';
import { cloudEventType } from '../src/interactions/event-types.js';
import { aCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { amend, aSpecialConsent, later, reporting, specialProducts, withdraw } from './support/consents.js';
import { tablesOf } from './support/contents.js';
import { aDelegation } from './support/delegations.js';
import { eventually } from './support/eventually.js';
import { aReporter, aSale, report, type Reporter } from './support/events.js';
import { retailerToken } from './support/oauth.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const bread = { scheme: 'retailer', code: 'BREAD-1', label: 'Rye bread' };
const tablets = { scheme: 'gtin', code: '4006381333931', label: 'Headache tablets', gpc: '10000857' };
const crutches = { scheme: 'retailer', code: 'CRUTCH-9', special: 'mobility_aid' };
const gone = { category: 'withheld' };

const lines = (...products: JsonObject[]) =>
  products.map((product) => ({ product, quantity: '1', unit: 'EA', unit_price: 700 }));
const basket = (...products: JsonObject[]) => ({ data: { currency: 'GBP', total: 1400, lines: lines(...products) } });

const aReporterWithSpecials = async (details: object = specialProducts): Promise<Reporter> => {
  const reporter = await aReporter(app);
  await aSpecialConsent(app, { customer: reporter.customer, retailer: reporter.retailer, details: [details] });
  return reporter;
};

/** The products of what was reported, newest first, as the customer sees them. */
async function productsSeen({ customer }: Pick<Reporter, 'customer'>): Promise<JsonObject[][]> {
  const { body } = await customer.api.get('/v1/me/interactions').expect(200);
  return body.items.map(({ data }: { data: { lines: { product: JsonObject }[] } }) =>
    data.lines.map(({ product }) => product),
  );
}

const outcomesOf = ({ body }: { body: { results: { code?: string; outcome: string; warnings?: string[] }[] } }) =>
  body.results.map(({ code, outcome, warnings = [] }) => [code ?? outcome, ...warnings]);

describe('a special product', () => {
  const warning = expect.stringContaining('products of the class pharmacy are withheld');

  it('is withheld without a consent to its class, and the retailer is told', async () => {
    const reporter = await aReporter(app);
    const answer = await report(reporter.tills, reporter.sale(basket(bread, tablets)));
    expect(outcomesOf(answer)).toEqual([['stored', warning]]);
    expect(await productsSeen(reporter)).toEqual([[bread, gone]]);

    const { customer } = reporter;
    const { body } = await customer.api.get('/v1/me/interactions').expect(200);
    expect(body.items[0].data).toEqual({
      ...basket(bread).data,
      lines: [...lines(bread), { product: gone, quantity: '1' }],
    });
  });

  it('is nowhere in the database then', async () => {
    const reporter = await aReporter(app);
    await report(reporter.tills, reporter.sale(basket({ ...tablets, code: '4000000999999' })));
    for (const table of await tablesOf(app.db)) {
      const { rows } = await app.db.query(`select from ${table} t where t::text like '%4000000999999%'`);
      expect({ table, found: rows.length }).toEqual({ table, found: 0 });
    }
  });

  it('is kept with a consent to just that, and nothing is warned of', async () => {
    const reporter = await aReporterWithSpecials();
    const answer = await report(reporter.tills, reporter.sale(basket(bread, tablets)));
    expect(outcomesOf(answer)).toEqual([['stored']]);
    expect(await productsSeen(reporter)).toEqual([[bread, tablets]]);
  });

  it.each<[string, object, JsonObject]>([
    ['of another class', specialProducts, basket(crutches)],
    ['at another touchpoint', { ...specialProducts, touchpoints: ['web'] }, basket(tablets)],
    ['in another kind of event', { ...specialProducts, event_types: ['return.completed'] }, basket(tablets)],
  ])('is withheld all the same %s', async (_, details, sale) => {
    const reporter = await aReporterWithSpecials(details);
    await report(reporter.tills, reporter.sale(sale));
    expect(await productsSeen(reporter)).toEqual([[gone]]);
  });

  it('is withheld where it was bought before the consent, however late it is reported', async () => {
    const reporter = await aReporter(app);
    const before = reporter.sale(basket(tablets));
    app.clock.advance({ minutes: 4 });
    const { customer, retailer } = reporter;
    await aSpecialConsent(app, { customer, retailer, details: [specialProducts] });
    expect(outcomesOf(await report(reporter.tills, before))).toEqual([['stored', warning]]);
    expect(await productsSeen(reporter)).toEqual([[gone]]);
  });

  it('is withheld again once the ninety days are over, while what was kept stays', async () => {
    const reporter = await aReporterWithSpecials();
    await report(reporter.tills, reporter.sale(basket(tablets)));
    const customer = await later(app, reporter.customer, 91);
    const tills = await retailerToken(app, reporter.retailer, { scope: 'interactions.write' });
    expect(outcomesOf(await report(tills, aSale(app, { subject: reporter.subject, ...basket(tablets) })))).toEqual([
      ['stored', warning],
    ]);
    expect(await productsSeen({ customer })).toEqual([[gone], [tablets]]);
  });

  it('is withheld again once the customer has taken the line out of the consent', async () => {
    const reporter = await aReporterWithSpecials();
    const { body } = await reporter.customer.api.get(`/v1/me/consents/${reporter.consentId}`).expect(200);
    const ordinary = body.details.filter(({ type }: { type: string }) => type === 'ccx_interactions');
    const answer = await amend(reporter, { items: ordinary.map(({ id }: { id: string }) => ({ id })) });
    expect(answer.status).toBe(200);
    await report(reporter.tills, reporter.sale(basket(tablets)));
    expect(await productsSeen(reporter)).toEqual([[gone]]);
  });

  it('goes with all the rest where the customer wants what was reported deleted', async () => {
    const reporter = await aReporterWithSpecials();
    await report(reporter.tills, reporter.sale(basket(tablets)));
    await withdraw(reporter, { reported_data: 'delete' }).expect(200);
    await eventually(async () => expect(await productsSeen(reporter)).toEqual([]));
  });

  it('sent again after the consent has changed is the same event, and stays as it was kept', async () => {
    const reporter = await aReporter(app);
    const { customer, retailer } = reporter;
    const first = reporter.sale(basket(tablets));
    await report(reporter.tills, first);
    await aSpecialConsent(app, { customer, retailer, details: [specialProducts] });
    const second = reporter.sale(basket(tablets, bread));
    expect(outcomesOf(await report(reporter.tills, [first, second]))).toEqual([['duplicate'], ['stored']]);
    await amend(reporter, { items: [{ id: reporter.consent.details[0].id }] });
    expect(outcomesOf(await report(reporter.tills, [first, second]))).toEqual([['duplicate'], ['duplicate']]);
    expect(await productsSeen(reporter)).toEqual([[tablets, bread], [gone]]);
  });

  it('tells nothing of itself by what counts as the same event', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale(basket(tablets));
    await report(reporter.tills, sale);
    const guess = { ...sale, ...basket({ ...tablets, code: '4006381333948', label: 'Something else' }) };
    expect(outcomesOf(await report(reporter.tills, [guess]))).toEqual([['duplicate']]);
  });

  it('is withheld in whatever corrects a sale', async () => {
    const reporter = await aReporter(app);
    const wrong = reporter.sale(basket(bread));
    const right = reporter.sale({ ...basket(tablets), ccxcorrects: wrong.id as string });
    expect(outcomesOf(await report(reporter.tills, [wrong, right]))).toEqual([['stored'], ['stored', warning]]);
    expect(JSON.stringify(await productsSeen(reporter))).not.toContain(tablets.code);
  });

  it('may be left unnamed by the retailer itself', async () => {
    const reporter = await aReporter(app);
    expect(outcomesOf(await report(reporter.tills, reporter.sale(basket(gone))))).toEqual([['stored']]);
    expect(await productsSeen(reporter)).toEqual([[gone]]);
  });

  it('is withheld in what a customer looks at, tries on, wants or rates', async () => {
    const kinds = ['web.viewed', 'dressing_room.tried', 'registry.item_added', 'review.posted', 'kiosk.session'];
    const reporter = await aReporter(app, { details: [{ ...reporting, event_types: kinds }] });
    const data: Record<string, JsonObject> = {
      'web.viewed': { page: 'product', product: tablets },
      'dressing_room.tried': { items: [{ product: { ...crutches }, fit: 'too_small' }] },
      'registry.item_added': { registry: 'G-1', product: tablets },
      'review.posted': { rating: 5, product: tablets },
      'kiosk.session': { task: 'find', products: [tablets, crutches] },
    };
    const events = kinds.map((kind) => reporter.sale({ type: cloudEventType(kind), data: data[kind] ?? {} }));
    expect((await report(reporter.tills, events)).body).toMatchObject({ stored: kinds.length });
    const { text } = await reporter.customer.api.get('/v1/me/interactions').expect(200);
    expect(text).not.toContain(tablets.code);
    expect(text).not.toContain(crutches.code);
    expect(text.match(/"category":"withheld"/g)).toHaveLength(6);
  });
});

describe('a consent to special products', () => {
  it('lets nothing in by itself', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const { asRetailer, id } = await aSpecialConsent(app, { customer, retailer, details: [specialProducts] });
    const { body } = await asRetailer.fetch('GET', `/v1/consent-requests/${id}`);
    const tills = await retailerToken(app, retailer, { scope: 'interactions.write' });
    const { subject } = (body as { consent: { subject: string } }).consent;
    const answer = await report(tills, aSale(app, { subject, ...basket(tablets) }));
    expect(answer.body.type).toBe(`${app.url}/problems/outside-consent`);
  });

  it('shows nobody who acts for the customer what was kept, nor the line itself', async () => {
    const reporter = await aReporterWithSpecials();
    await report(reporter.tills, reporter.sale(basket(bread, tablets)));
    const { acting } = await aDelegation(app, { giver: reporter.customer });
    const { text } = await acting.get('/v1/me/interactions').expect(200);
    expect(text).toContain(bread.code);
    expect(text).not.toContain(tablets.code);
    const { body } = await acting.get(`/v1/me/consents/${reporter.consentId}`).expect(200);
    expect(body.details.map(({ type }: { type: string }) => type)).toEqual(['ccx_interactions']);
  });
});
