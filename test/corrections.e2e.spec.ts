import { StandingInteractions } from '../src/interactions/standing.service.js';
import { cloudEventType } from '../src/interactions/event-types.js';
import { LONGEST_CHAIN } from '../src/interactions/standing.js';
import { Database } from '../src/platform/database/database.js';
import type { JsonObject } from '../src/platform/json.js';
import { startApp, type TestApp } from './support/app.js';
import { reporting } from './support/consents.js';
import { aReporter, aVoid, report, type Reporter } from './support/events.js';
import { race } from './support/race.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const outcomesOf = ({ body }: { body: { results: { outcome: string; code?: string }[] } }) =>
  body.results.map(({ outcome, code }) => code ?? outcome);

/** An event that takes the place of another. */
const correctionOf = (reporter: Reporter, target: JsonObject, change: JsonObject = {}) =>
  reporter.sale({ ccxcorrects: target.id as string, time: target.time as string, ...change });

/** The data of what counts of a customer, as others conclude from it. */
async function countingOf({ customer }: Reporter): Promise<JsonObject[]> {
  const to = new Date(app.clock.now().getTime() + 60_000);
  const counting: JsonObject[] = [];
  const pages = app
    .get(StandingInteractions)
    .between(app.get(Database).reader, customer.key, { from: new Date(0), to });
  for await (const page of pages) counting.push(...page.map(({ data }) => data));
  return counting;
}

const basket = (code: string): JsonObject => ({
  currency: 'GBP',
  lines: [{ product: { scheme: 'retailer', code }, quantity: '1' }],
});

describe('a correction', () => {
  it('takes the place of what it corrects, whichever came first', async () => {
    for (const isFirst of [true, false]) {
      const reporter = await aReporter(app);
      const wrong = reporter.sale({ data: basket('wrong') });
      const right = correctionOf(reporter, wrong, { data: basket('right') });
      for (const event of isFirst ? [right, wrong] : [wrong, right]) await report(reporter.tills, event);
      expect(await countingOf(reporter)).toEqual([basket('right')]);
    }
  });

  it('is the same under the type of its own and as `event.corrected`', async () => {
    const reporter = await aReporter(app);
    const wrong = reporter.sale({ data: basket('wrong') });
    const right = correctionOf(reporter, wrong, { data: basket('right') });
    const wrapped = {
      ...right,
      type: cloudEventType('event.corrected'),
      data: { type: 'transaction.completed', data: right.data as JsonObject },
    };
    expect(outcomesOf(await report(reporter.tills, [wrong, wrapped, right]))).toEqual([
      'stored',
      'stored',
      'duplicate',
    ]);
    expect(await countingOf(reporter)).toEqual([basket('right')]);
  });

  it('is another event than the same without it', async () => {
    const reporter = await aReporter(app);
    const [wrong, right] = [reporter.sale(), reporter.sale()];
    const correction = { ...right, ccxcorrects: wrong.id as string };
    expect(outcomesOf(await report(reporter.tills, [wrong, right, correction]))).toEqual([
      'stored',
      'stored',
      'event-conflict',
    ]);
    expect(await countingOf(reporter)).toHaveLength(2);
  });

  it('can be corrected in turn', async () => {
    const reporter = await aReporter(app);
    const first = reporter.sale({ data: basket('first') });
    const second = correctionOf(reporter, first, { data: basket('second') });
    const third = correctionOf(reporter, second, { data: basket('third') });
    await report(reporter.tills, [third, first, second]);
    expect(await countingOf(reporter)).toEqual([basket('third')]);
  });

  it('gives way to another one of the same event by its id, not by when it came', async () => {
    const reporter = await aReporter(app);
    const wrong = reporter.sale();
    const [lower, greater] = ['1', '2'].map((id) => correctionOf(reporter, wrong, { id, data: basket(id) }));
    await report(reporter.tills, [wrong, greater, lower]);
    expect(await countingOf(reporter)).toEqual([basket('2')]);
  });

  it('that is taken back does not bring back what it corrected', async () => {
    const reporter = await aReporter(app);
    const wrong = reporter.sale();
    const right = correctionOf(reporter, wrong);
    await report(reporter.tills, [wrong, right, aVoid(right)]);
    expect(await countingOf(reporter)).toEqual([]);
  });

  it('is taken back with what it corrects, directly or through others', async () => {
    const reporter = await aReporter(app);
    const first = reporter.sale();
    const second = correctionOf(reporter, first);
    const third = correctionOf(reporter, second);
    await report(reporter.tills, [aVoid(first), third, second, first]);
    expect(await countingOf(reporter)).toEqual([]);
  });

  it('is taken back with what is far above it, but not beyond the longest chain', async () => {
    for (const [links, left] of [
      [LONGEST_CHAIN, 0],
      [LONGEST_CHAIN + 1, 1],
    ] as const) {
      const reporter = await aReporter(app);
      const chain = [reporter.sale()];
      while (chain.length <= links) chain.push(correctionOf(reporter, chain.at(-1)!));
      await report(reporter.tills, [aVoid(chain[0]!), ...chain]);
      expect(await countingOf(reporter)).toHaveLength(left);
    }
  });

  it('that corrects what corrects it leaves neither', async () => {
    const reporter = await aReporter(app);
    const [one, other] = [reporter.sale({ ccxcorrects: 'round' }), reporter.sale({ id: 'round' })];
    await report(reporter.tills, [one, { ...other, ccxcorrects: one.id as string }]);
    expect(await countingOf(reporter)).toEqual([]);
  });

  it('needs a consent as any event does, and changes nothing without it', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale({ data: basket('kept') });
    const elsewhere = correctionOf(reporter, sale, { ccxtouchpoint: 'kiosk' });
    expect(outcomesOf(await report(reporter.tills, [sale, elsewhere]))).toEqual(['stored', 'outside-consent']);
    expect(await countingOf(reporter)).toEqual([basket('kept')]);
  });

  it('concerns events of its own client alone', async () => {
    const [reporter, other] = [await aReporter(app), await aReporter(app)];
    const both = await aReporter(app, { customer: reporter.customer, retailer: other.retailer, details: [reporting] });
    const sale = reporter.sale({ data: basket('kept') });
    await report(reporter.tills, sale);
    await report(both.tills, correctionOf(both, sale, { data: basket('theirs') }));
    expect(await countingOf(reporter)).toHaveLength(2);
  });

  it('tells the outbox of each day on which another set of events stands now', async () => {
    const details = [{ ...reporting, since: 'P30D' }];
    const reporter = await aReporter(app, { details });
    const at = (days: number) => new Date(app.clock.now().getTime() - days * 86_400_000).toISOString();
    const first = reporter.sale({ time: at(9) });
    const second = correctionOf(reporter, first, { time: at(8) });
    const third = correctionOf(reporter, second, { time: at(7) });
    for (const event of [third, first, second, aVoid(first)]) await report(reporter.tills, event);
    const { rows } = await app.db.query<{ days: string[] }>(
      `select data->'days' as days from outbox_events where type = 'interactions.reported' and customer_id = $1
        order by id`,
      [reporter.customer.customerId],
    );
    const days = (...ago: number[]) => ago.map((count) => at(count).slice(0, 10));
    expect(rows.map((row) => row.days)).toEqual([days(7), days(9), days(9, 8, 7), days(9, 8, 7)]);
  });

  it('and a void of what it corrects, at the same time, are taken one after the other', async () => {
    const reporter = await aReporter(app, { details: [{ ...reporting, since: 'P30D' }] });
    const at = new Date(app.clock.now().getTime() - 3 * 86_400_000).toISOString();
    const wrong = reporter.sale({ time: at });
    await report(reporter.tills, wrong);
    await race(app.db, 'consents', { id: reporter.consentId }, [
      () => report(reporter.tills, correctionOf(reporter, wrong, { time: app.clock.now().toISOString() })),
      () => report(reporter.tills, aVoid(wrong)),
    ]);
    const { rows } = await app.db.query<{ days: string[] }>(
      `select data->'days' as days from outbox_events where type = 'interactions.reported' and customer_id = $1
        order by id desc limit 1`,
      [reporter.customer.customerId],
    );
    // Whichever came second knows of both, and tells of the day of each.
    expect(rows[0]?.days).toEqual([at, app.clock.now().toISOString()].map((time) => time.slice(0, 10)));
    expect(await countingOf(reporter)).toEqual([]);
  });
});
