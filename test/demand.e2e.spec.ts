import { cloudEventType } from '../src/interactions/event-types.js';
import type { CustomerKey } from '../src/platform/customer-key.js';
import { Database } from '../src/platform/database/database.js';
import type { JsonObject } from '../src/platform/json.js';
import { RetailersService } from '../src/retailers/retailers.service.js';
import { startApp, type TestApp } from './support/app.js';
import { reporting } from './support/consents.js';
import { likeThem } from './support/crowds.js';
import { aReporter, aSale, aVoid, report, type Reporter } from './support/events.js';
import { consentToken, type JsonAnswer, retailerToken } from './support/oauth.js';
import { counted } from './support/outbox.js';
import { audited } from './support/records.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const DAY_MS = 86_400_000;
const statistical = {
  ...reporting,
  event_types: ['transaction.completed', 'promotion.responded', 'return.completed'],
  purposes: ['dpv:ServiceOptimisation'],
  since: 'P60D',
};

/** A retailer with customers who all consent to be counted. */
interface Shop extends Reporter {
  readonly crowd: readonly CustomerKey[];
  /** The `sub` of each. */
  readonly subjects: readonly string[];
}

async function aShop(customers: number, details: object[] = [statistical]): Promise<Shop> {
  const reporter = await aReporter(app, { details });
  const crowd = [reporter.customer.key, ...(await likeThem(app, reporter.consentId, customers - 1))];
  const retailers = app.get(RetailersService);
  const subjects = await Promise.all(crowd.map((key) => retailers.subjectFor(reporter.retailer.id, key)));
  return { ...reporter, crowd, subjects };
}

/** The first day of last month. */
function lastMonth(): Date {
  const now = app.clock.now();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1));
}
const inMonth = (month = lastMonth()) => new Date(month.getTime() + 12 * DAY_MS).toISOString();
const nameOf = (month = lastMonth()) => month.toISOString().slice(0, 7);

const bought = (code: string, category?: string, more: JsonObject = {}): JsonObject => ({
  product: { scheme: 'retailer', code, ...(category && { category }), ...more },
  quantity: '1',
});
const purchase = (subject: string, lines: JsonObject[], data: JsonObject = {}): JsonObject =>
  aSale(app, { subject, time: inMonth(), data: { currency: 'GBP', lines, ...data } });

async function sell({ tills }: Shop, events: readonly JsonObject[]): Promise<void> {
  for (let start = 0; start < events.length; start += 400) {
    const { body } = await report(tills, events.slice(start, start + 400));
    expect(body).toMatchObject({ rejected: 0, conflict: 0 });
  }
}

/** A week without anything new goes by, and what is to be released is. */
async function release(): Promise<void> {
  await counted(app);
  app.clock.advance({ days: 8 });
  await app.runJob('demand');
}

async function demand({ retailer }: Pick<Shop, 'retailer'>, path = ''): Promise<JsonAnswer> {
  const office = await retailerToken(app, retailer, { scope: 'interactions.read' });
  return office.fetch('GET', `/v1/demand${path}`);
}

interface CellDto {
  readonly dimension: string;
  readonly value: string;
  readonly detail: string | null;
  readonly customers: number;
}

/** The cells as lines that can be read: `category coffee/retailer:1 20`. */
const linesOf = ({ body }: JsonAnswer, dimension?: string): string[] =>
  body.cells
    .filter((cell: CellDto) => !dimension || cell.dimension === dimension)
    .map(
      ({ dimension: of, value, detail, customers }: CellDto) =>
        `${of} ${value}${detail ? `/${detail}` : ''} ${customers}`,
    );

describe('the demand of a month', () => {
  let shop: Shop;
  let month: string;
  let released: JsonAnswer;
  beforeAll(async () => {
    shop = await aShop(45);
    month = nameOf();
    const [everybody, some, few] = [shop.subjects, shop.subjects.slice(0, 24), shop.subjects.slice(0, 3)];
    const coffee = (subject: string) =>
      bought(subject === shop.subjects[0] ? 'c2' : 'c1', 'coffee', { brand: 'store' });
    const taken = purchase(few[0] as string, [bought('t1', 'truffles')]);
    await sell(shop, [
      ...everybody.map((subject) => purchase(subject, [coffee(subject), bought('m1', 'milk')], { receipt: 'app' })),
      // However often one buys, it is one customer.
      ...[1, 2, 3].map(() => purchase(few[0] as string, [bought('m1', 'milk')])),
      ...some.map((subject) => purchase(subject, [bought('t1', 'tea', { brand: 'national' })], { receipt: 'paper' })),
      ...few.map((subject) => purchase(subject, [bought('s1', 'saffron')], { receipt: 'email' })),
      // Nothing of this counts.
      ...everybody.map((subject) => purchase(subject, [bought('p1', 'plasters', { special: 'pharmacy' })])),
      ...everybody.map((subject) => purchase(subject, [bought('g1', 'pills', { gpc: '51100000' })])),
      ...everybody.map((subject) => {
        const data = { campaign: 'autumn', response: subject < (shop.subjects[22] as string) ? 'opened' : 'redeemed' };
        return aSale(app, { subject, time: inMonth(), type: cloudEventType('promotion.responded'), data });
      }),
      taken,
      aVoid(taken),
    ]);
    await release();
    released = await demand(shop, `/${month}`);
  });

  it('counts customers, not purchases, and rounds down', () => {
    expect(released.status).toBe(200);
    expect(released.body).toMatchObject({ month, fewest_customers: 20, released_at: expect.any(String) });
    expect(linesOf(released, 'interaction')).toEqual([
      'interaction promotion.responded 40',
      'interaction promotion.responded/till 40',
      'interaction transaction.completed 40',
      'interaction transaction.completed/till 40',
    ]);
  });

  it('leaves out what few have in common, and whatever would give it away by subtraction', () => {
    // Saffron was bought by three: what is left beside the others would be them, so that tea, the smallest, is out, too.
    expect(linesOf(released, 'category')).toEqual([
      'category coffee 40',
      // All but one bought the first coffee.
      'category milk 40',
      'category milk/retailer:m1 40',
    ]);
    // Three had it by e-mail: with them, paper is left out.
    expect(linesOf(released, 'receipt')).toEqual(['receipt - 40', 'receipt app 40']);
  });

  it('has what is not said as a value like any other', () => {
    expect(linesOf(released, 'brand')).toEqual(['brand - 40', 'brand national 20', 'brand store 40']);
    expect(linesOf(released, 'fulfilment')).toEqual(['fulfilment - 40']);
    expect(linesOf(released, 'return_reason')).toEqual([]);
  });

  it('tells nothing of health, and names no code of it', () => {
    expect(JSON.stringify(released.body)).not.toMatch(/plasters|pills|p1|g1|pharmacy/);
  });

  it('never changes: not by one customer more or less, nor by anything that comes late', async () => {
    const body = JSON.stringify(released.body);
    const [, ...others] = shop.crowd;
    const tills = await retailerToken(app, shop.retailer, { scope: 'interactions.write' });
    await app.get(Database).transaction(async (tx) => {
      await tx.query('set local role ccx_erase');
      for (const { bucket, customerId } of others.slice(0, 10)) {
        await tx.query('delete from interactions where bucket = $1 and customer_id = $2', [bucket, customerId]);
      }
    });
    const late = purchase(shop.subjects[12] as string, [bought('m1', 'milk')]);
    await sell({ ...shop, tills }, [{ ...late, time: `${month}-20T10:00:00Z` }]);
    await release();
    expect(JSON.stringify((await demand(shop, `/${month}`)).body)).toBe(body);
    const { rows } = await app.db.query('select month from demand_releases where retailer_id = $1', [shop.retailer.id]);
    expect(rows).toHaveLength(1);
  });

  it('can be changed by nobody who acts as the service', async () => {
    const { reader } = app.get(Database);
    await expect(reader.query('update demand_releases set released_at = now()')).rejects.toThrow('permission denied');
    await expect(reader.query('delete from demand_releases')).rejects.toThrow('permission denied');
  });

  it('is written down', async () => {
    const entries = (await audited(app, null)).filter(({ type }) => type === 'demand.released');
    expect(entries).toContainEqual(
      expect.objectContaining({
        actor: { kind: 'system' },
        retailer_id: shop.retailer.id,
        data: { month, cells: released.body.cells.length },
      }),
    );
  });

  it('is answered once to whoever keeps it', async () => {
    const office = await retailerToken(app, shop.retailer, { scope: 'interactions.read' });
    const { headers } = await office.fetch('GET', `/v1/demand/${month}`);
    const again = await office.fetch('GET', `/v1/demand/${month}`, undefined, {
      'if-none-match': headers.get('etag') ?? '',
    });
    expect(again.status).toBe(304);
  });

  it('is its retailer’s alone', async () => {
    const other = await aShop(1);
    const absent = await demand(other, `/${month}`);
    expect(absent).toMatchObject({ status: 404 });
    expect(absent.body.type).toContain('demand-not-released');
    expect((await demand(other)).body).toEqual({ items: [], next_cursor: null });
  });

  it('takes the client’s own token', async () => {
    const token = await consentToken(app, shop.retailer, shop.customer, {
      scope: 'interactions.read',
      details: [statistical],
    });
    expect((await token.fetch('GET', '/v1/demand')).status).toBe(403);
    expect((await token.fetch('GET', `/v1/demand/${month}`)).status).toBe(403);
  });

  it.each(['2026-13', '2026', 'latest', '2026-01-01'])('has no month %s', async (wrong) => {
    expect(await demand(shop, `/${wrong}`)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: 'path/month' }] },
    });
  });
});

describe('who is counted', () => {
  it('is only who consented to statistics, and still does', async () => {
    const silent = await aShop(25, [{ ...statistical, purposes: ['dpv:PersonalisedBenefits'] }]);
    const shrunk = await aShop(25);
    const mixed = await aShop(25);
    const month = nameOf();
    for (const shop of [silent, shrunk, mixed]) {
      await sell(
        shop,
        shop.subjects.map((subject) => purchase(subject, [bought('m1', 'milk')])),
      );
    }
    // Six of these leave, and keep what was reported; of the others, six say that it was not them.
    for (const { bucket, customerId } of shrunk.crowd.slice(1, 7)) {
      await app.db.query(
        `update consents set status = 'withdrawn', ended_at = now(), reported_data = 'keep'
          where bucket = $1 and customer_id = $2`,
        [bucket, customerId],
      );
    }
    for (const { bucket, customerId } of mixed.crowd.slice(1, 7)) {
      await app.db.query(
        `insert into interaction_disputes (bucket, customer_id, id, interaction_id, occurred_at, key_hash, retailer_id,
                                           reason, share_text, disputed_at)
         select bucket, customer_id, gen_random_uuid(), id, occurred_at, key_hash, retailer_id, 'not_me', false, now()
           from interactions where bucket = $1 and customer_id = $2`,
        [bucket, customerId],
      );
    }
    await release();
    for (const shop of [silent, shrunk, mixed]) {
      expect(await demand(shop, `/${month}`)).toMatchObject({ status: 200, body: { cells: [] } });
    }
  });

  it('waits until a month is over, and nothing of it has come for a week', async () => {
    const shop = await aShop(21);
    const month = new Date(Date.UTC(app.clock.now().getUTCFullYear(), app.clock.now().getUTCMonth(), 1));
    const today = app.clock.now().toISOString();
    await sell(
      shop,
      shop.subjects.map((subject) => ({ ...purchase(subject, [bought('m1', 'milk')]), time: today })),
    );
    await counted(app);
    await app.runJob('demand');
    expect((await demand(shop)).body.items).toEqual([]);

    // The month is over, but somebody's till has just sent what it had.
    app.clock.advance({ days: 39 });
    const tills = await retailerToken(app, shop.retailer, { scope: 'interactions.write' });
    const late = { ...purchase(shop.subjects[0] as string, [bought('m1', 'milk')]), time: today };
    await sell({ ...shop, tills }, [late]);
    await app.runJob('demand');
    expect((await demand(shop)).body.items).toEqual([]);

    await release();
    expect((await demand(shop)).body.items).toMatchObject([{ month: nameOf(month) }]);
    expect(linesOf(await demand(shop, `/${nameOf(month)}`), 'category')).toEqual([
      'category milk 20',
      'category milk/retailer:m1 20',
    ]);
  });
});

describe('the months', () => {
  it('are listed, the latest first, in pages', async () => {
    const shop = await aShop(1);
    const months = ['2026-07-01', '2026-08-01', '2026-09-01'];
    for (const month of months) {
      await app.db.query(
        `insert into demand_releases (retailer_id, month, cells, released_at) values ($1, $2, '[]', now())`,
        [shop.retailer.id, month],
      );
    }
    const { body: page } = await demand(shop, '?limit=2');
    expect(page.items).toMatchObject([{ month: '2026-09' }, { month: '2026-08' }]);
    const { body: rest } = await demand(shop, `?limit=2&cursor=${page.next_cursor}`);
    expect(rest).toMatchObject({ items: [{ month: '2026-07' }], next_cursor: null });
    expect((await demand(shop, '?cursor=nonsense')).status).toBe(400);
  });
});
