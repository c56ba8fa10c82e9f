import fc from 'fast-check';

import { cloudEventType } from '../src/interactions/event-types.js';
import { StandingInteractions } from '../src/interactions/standing.service.js';
import { Database } from '../src/platform/database/database.js';
import { Derived } from '../src/platform/derived.js';
import type { JsonObject } from '../src/platform/json.js';
import { candidatesOf as candidatesFrom, countsOf, rulesOf } from '../src/suggestions/candidates.js';
import { evidenceOf } from '../src/suggestions/evidence.js';
import { Priors } from '../src/suggestions/priors.js';
import { VocabularyService } from '../src/vocabulary/vocabulary.service.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';
import { startApp, type TestApp } from './support/app.js';
import { approve, aConsentRequest, withdraw } from './support/consents.js';
import { aVoid, report, type Reporter } from './support/events.js';
import { deliver } from './support/outbox.js';
import { race } from './support/race.js';
import {
  aShopper,
  candidatesOf,
  change,
  daysBefore,
  lastDays,
  line,
  lookedAt,
  reported,
  reportingHistory,
  saleOf,
  shopped,
  suggestionsOf,
} from './support/suggestions.js';

jest.setTimeout(240_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const suggestions = () =>
  app
    .get(Derived)
    .all()
    .find(({ name }) => name === 'suggestions')!;

/** What follows from all that stands, worked out at once by nothing but the pure functions. */
async function fromScratch({ customer }: Reporter): Promise<object[]> {
  const rules = rulesOf(app.get(VocabularyService).current());
  const standing = app.get(StandingInteractions);
  const { reader } = app.get(Database);
  const days = [];
  for (const day of await standing.days(reader, customer.key)) {
    days.push(evidenceOf(day, await standing.on(reader, customer.key, [day]), rules));
  }
  const candidates = candidatesFrom(countsOf(days, { rules, zone: 'Europe/Berlin' }), new Priors(null, []));
  return candidates.map(({ rule, group, value, k, n, days: of, assessment: { suggest } }) => ({
    rule: rule.id,
    group,
    value,
    k,
    n,
    days: of,
    suggest,
  }));
}

/** The same as the customer is told. */
const told = async ({ customer }: Reporter) =>
  (await candidatesOf(customer)).map(({ rule, group, value, k, n, days, suggest }) => ({
    rule,
    group,
    value,
    k,
    n,
    days,
    suggest,
  }));

const byPlace = (list: readonly object[]) => list.map((one) => JSON.stringify(one)).toSorted();

// What can happen in the life of a customer.
const product = fc.record({
  code: fc.constantFrom('A1', 'A2', 'A3'),
  category_label: fc.constantFrom('Milk', 'Bread', 'Baby food'),
  brand: fc.constantFrom('store', 'national'),
  brand_name: fc.constantFrom('Weleda', 'Alnatura'),
  gpc: fc.constantFrom('10001077', '10001335', '10000045'),
  size: fc.constantFrom({ system: 'EUROPE', value: '42' }, { system: 'EUROPE', value: '43' }),
});
const basket = fc.record({
  kind: fc.constantFrom('transaction.completed', 'transaction.completed', 'return.completed'),
  day: fc.integer({ min: 0, max: 12 }),
  products: fc.array(product, { minLength: 1, maxLength: 3 }),
  receipt: fc.constantFrom('email', 'paper'),
  fulfilment: fc.constantFrom('carried', 'pickup'),
});
const offer = fc.record({
  kind: fc.constantFrom('promotion.offered', 'promotion.responded'),
  day: fc.integer({ min: 0, max: 12 }),
  campaign: fc.constantFrom('spring', 'autumn'),
});
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('report'),
      events: fc.array(fc.oneof(basket, offer), { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('reportAtOnce'),
      events: fc.array(basket, { minLength: 2, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom('void', 'correct', 'dispute', 'retract', 'delete'), which: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('look', 'off', 'on', 'withdraw', 'rebuild') }) },
);
type Step = {
  does: string;
  which?: number;
  events?: {
    kind: string;
    day: number;
    products?: JsonObject[];
    campaign?: string;
    receipt?: string;
    fulfilment?: string;
  }[];
};

type Described = NonNullable<Step['events']>[number];

/** Somebody to whom all of that happens. */
class SomeLife {
  private readonly sent: JsonObject[] = [];

  private constructor(
    private readonly retailer: TestRetailer,
    public shopper: Reporter,
  ) {}

  static async begin(retailer: TestRetailer): Promise<SomeLife> {
    const shopper = await aShopper(app, { retailer });
    await change(shopper.customer, { time_zone: 'Europe/Berlin' });
    return new SomeLife(retailer, shopper);
  }

  async take({ does, which = 0, events = [] }: Step): Promise<void> {
    const { tills, customer } = this.shopper;
    switch (does) {
      case 'report':
        await this.report(events.map((event) => this.event(event)));
        return;
      case 'reportAtOnce':
        await Promise.all(events.map((event) => this.report([this.event(event)])));
        return;
      case 'void':
        if (this.sent.length > 0) await report(tills, aVoid(this.pick(which)));
        return;
      case 'correct':
        if (this.sent.length > 0) await this.correct(this.pick(which));
        return;
      case 'dispute':
      case 'retract':
      case 'delete':
        await this.say(does, which);
        return;
      case 'on':
      case 'off':
        await change(customer, { enabled: does === 'on' });
        return;
      case 'withdraw':
        await this.withdrawAndConsent();
        return;
      case 'rebuild':
        await suggestions().rebuild(customer.key);
        return;
      default:
        await lookedAt(app);
    }
  }

  private pick(which: number): JsonObject {
    return this.sent[which % this.sent.length]!;
  }

  private async report(events: readonly JsonObject[]): Promise<void> {
    await report(this.shopper.tills, events);
    this.sent.push(...events.filter(({ type }) => type === cloudEventType('transaction.completed')));
  }

  private event({ kind, day, products, campaign, receipt, fulfilment }: Described): JsonObject {
    const event = { ...this.shopper.sale(), type: cloudEventType(kind), time: daysBefore(app, day) };
    if (kind === 'promotion.offered')
      return { ...event, ccxtouchpoint: 'email', data: { campaign: campaign!, channel: 'email' } };
    if (kind === 'promotion.responded')
      return { ...event, ccxtouchpoint: 'app', data: { campaign: campaign!, response: 'opened' } };
    const data = { currency: 'EUR', lines: products!.map((one) => line(one)) };
    return {
      ...event,
      data: kind === 'return.completed' ? data : { ...data, receipt: receipt!, fulfilment: fulfilment! },
    };
  }

  private async correct(target: JsonObject): Promise<void> {
    const data = {
      currency: 'EUR',
      receipt: 'app',
      lines: [line({ code: 'A9', category_label: 'Milk', brand: 'store' })],
    };
    const right = { ...this.shopper.sale(), time: target.time!, ccxcorrects: target.id!, data };
    await report(this.shopper.tills, right);
  }

  private async say(does: 'dispute' | 'retract' | 'delete', which: number): Promise<void> {
    const { api } = this.shopper.customer;
    const { body } = await api.get('/v1/me/interactions?limit=200').expect(200);
    if (body.items.length === 0) return;
    const address = `/v1/me/interactions/${body.items[which % body.items.length].id}`;
    if (does === 'delete') await api.delete(address);
    else if (does === 'dispute') await api.post(`${address}/dispute`).send({ reason: 'not_me' });
    else await api.post(`${address}/dispute/retract`);
  }

  private async withdrawAndConsent(): Promise<void> {
    await withdraw(this.shopper, { reported_data: 'delete' }).expect(200);
    const { customer } = this.shopper;
    const request = await aConsentRequest(app, { customer, retailer: this.retailer, details: [reportingHistory] });
    const { body } = await approve(request).expect(200);
    this.shopper = { ...this.shopper, consentId: body.consent.id };
    this.sent.length = 0;
  }
}

describe('candidates', () => {
  it('are the same whether they were worked out along the way or from scratch', async () => {
    const retailer = await aRetailer(app);
    let concluded = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 20 }), async (steps) => {
        const life = await SomeLife.begin(retailer);
        for (const one of steps) await life.take(one);
        await change(life.shopper.customer, { enabled: true });
        await lookedAt(app);
        const along = byPlace(await told(life.shopper));
        expect(along).toEqual(byPlace(await fromScratch(life.shopper)));
        concluded += along.length;
        await expect(suggestions().check(life.shopper.customer.key)).resolves.toBe(0);
        await suggestions().rebuild(life.shopper.customer.key);
        expect(byPlace(await told(life.shopper))).toEqual(along);
      }),
      { numRuns: 12 },
    );
    expect(concluded).toBeGreaterThan(20);
  });

  it('do not depend on the order in which events arrive, nor on how often', async () => {
    const seen: string[][] = [];
    const retailer = await aRetailer(app);
    for (const order of [1, -1]) {
      const shopper = await aShopper(app, { retailer });
      const sales = lastDays(8).map((day) => saleOf(app, shopper, day, { receipt: day % 4 ? 'email' : 'paper' }));
      const events = order < 0 ? sales.toReversed() : sales;
      for (const event of events) await report(shopper.tills, [event]);
      await report(shopper.tills, sales);
      await lookedAt(app);
      seen.push(byPlace(await told(shopper)));
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]!.length).toBeGreaterThan(0);
  });

  it('count every event once when two batches of one customer come at once', async () => {
    const shopper = await aShopper(app);
    const batch = (days: readonly number[]) => days.map((day) => saleOf(app, shopper, day, { receipt: 'email' }));
    const [first, second] = [batch([1, 2, 3, 4]), batch([3, 4, 5, 6])];
    await Promise.all([report(shopper.tills, first), report(shopper.tills, second)]);
    await lookedAt(app);
    expect((await candidatesOf(shopper.customer)).find(({ rule }) => rule === 'receipt')).toMatchObject({ k: 6, n: 6 });
  });

  it('are right when an event comes while they are being looked at', async () => {
    const shopper = await aShopper(app);
    await shopped(app, shopper, [1, 2], { receipt: 'email' });
    const { customerId } = shopper.customer;
    await race(app.db, 'suggestion_settings', { customer_id: customerId }, [
      () => suggestions().rebuild(shopper.customer.key),
      async () => {
        await reportOnly(shopper);
        await deliver(app, 'suggestions');
      },
    ]);
    await lookedAt(app);
    expect((await candidatesOf(shopper.customer)).find(({ rule }) => rule === 'receipt')).toMatchObject({ k: 3, n: 3 });
  });

  const reportOnly = (shopper: Reporter) => report(shopper.tills, [saleOf(app, shopper, 3, { receipt: 'email' })]);

  it('that differ from what was reported are found, and put right', async () => {
    const shopper = await aShopper(app);
    await shopped(app, shopper, lastDays(9), { receipt: 'email' });
    expect(await suggestionsOf(shopper.customer)).toHaveLength(1);
    const { key, customerId } = shopper.customer;
    await app.db.query(
      `delete from suggestion_days where customer_id = $1
          and day in (select day from suggestion_days where customer_id = $1 order by day limit 2)`,
      [customerId],
    );
    await expect(suggestions().check(key)).resolves.toBe(2);
    await suggestions().rebuild(key);
    await expect(suggestions().check(key)).resolves.toBe(0);
    await reported(app, shopper, [saleOf(app, shopper, 20)]);
    await expect(suggestions().check(key)).resolves.toBe(0);
  });
});
