import fc from 'fast-check';

import type { Counter } from '../src/interactions/counters.queries.js';
import { CountersService } from '../src/interactions/counters.service.js';
import { Database } from '../src/platform/database/database.js';
import { Derived } from '../src/platform/derived.js';
import type { JsonObject } from '../src/platform/json.js';
import { PersonalData } from '../src/platform/personal-data.js';
import type { TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aFolder, ccx } from './support/cli.js';
import { reporting } from './support/consents.js';
import { aReporter, aVoid, report, type Reporter } from './support/events.js';
import { eventually } from './support/eventually.js';
import { counted, deliverAgain } from './support/outbox.js';
import { race } from './support/race.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const DAY_MS = 86_400_000;
/** Reaches back over several months. */
const history = { details: [{ ...reporting, since: 'P100D' }] };

const counters = ({ customer }: { customer: TestCustomer }): Promise<Counter[]> =>
  app.get(CountersService).of(app.get(Database).reader, customer.key);

const derived = () =>
  app
    .get(Derived)
    .all()
    .find(({ name }) => name === 'counters') as ReturnType<Derived['all']>[0];
const differences = ({ customer }: { customer: TestCustomer }) => derived().check(customer.key);

/** All that has happened to these customers is counted. */
const settled = () => counted(app);

const sold = (reporter: Reporter, daysAgo: number, change: JsonObject = {}) =>
  reporter.sale({ time: new Date(app.clock.now().getTime() - daysAgo * DAY_MS).toISOString(), ...change });

interface Listed {
  readonly id: string;
  readonly event_id: string;
  readonly type: string;
  readonly touchpoint: string;
  readonly standing: string;
  readonly occurred_at: string;
  readonly retailer: { readonly id: string };
}

async function timeline({ customer }: { customer: TestCustomer }): Promise<Listed[]> {
  const { body } = await customer.api.get('/v1/me/interactions?limit=200').expect(200);
  return body.items;
}

/** Counted by hand from what the customer sees. */
async function countedByHand(reporter: Reporter): Promise<Counter[]> {
  const counts = new Map<string, Counter>();
  for (const { type, touchpoint, standing, occurred_at, retailer } of await timeline(reporter)) {
    if (type === 'event.voided') continue;
    const cell = { month: `${occurred_at.slice(0, 7)}-01`, retailerId: retailer.id, type, touchpoint };
    const name = JSON.stringify(cell);
    const count = counts.get(name) ?? { ...cell, reported: 0, standing: 0, disputed: 0 };
    count.reported++;
    if (standing === 'standing') count.standing++;
    if (standing === 'disputed') count.disputed++;
    counts.set(name, count);
  }
  return [...counts.values()];
}

const byName = (some: readonly Counter[]) =>
  some.map((one) => JSON.stringify(Object.entries(one).toSorted())).toSorted();

describe('the counters', () => {
  it('say how much was reported in a month, and how much of that counts', async () => {
    const reporter = await aReporter(app, history);
    const [now, then] = [sold(reporter, 0), sold(reporter, 70)];
    await report(reporter.tills, [now, then, sold(reporter, 0, { ccxtouchpoint: 'web' }), sold(reporter, 0)]);
    await settled();
    const month = (sale: JsonObject) => `${(sale.time as string).slice(0, 7)}-01`;
    const cell = { retailerId: reporter.retailer.id, type: 'transaction.completed', touchpoint: 'till', disputed: 0 };
    expect(await counters(reporter)).toEqual([
      { ...cell, month: month(now), reported: 2, standing: 2 },
      { ...cell, month: month(now), touchpoint: 'web', reported: 1, standing: 1 },
      { ...cell, month: month(then), reported: 1, standing: 1 },
    ]);

    await report(reporter.tills, [aVoid(then)]);
    const [{ id }] = (await timeline(reporter)).filter(({ event_id }) => event_id === now.id) as [Listed];
    await reporter.customer.api.post(`/v1/me/interactions/${id}/dispute`).send({ reason: 'not_me' }).expect(201);
    await settled();
    expect(await counters(reporter)).toEqual([
      { ...cell, month: month(now), reported: 2, standing: 1, disputed: 1 },
      { ...cell, month: month(now), touchpoint: 'web', reported: 1, standing: 1 },
      { ...cell, month: month(then), reported: 1, standing: 0 },
    ]);

    const months = { from: month(now), to: undefined };
    expect(await app.get(CountersService).of(app.get(Database).reader, reporter.customer.key, months)).toHaveLength(2);
  });

  it('are gone with the last event of a month', async () => {
    const reporter = await aReporter(app, history);
    await report(reporter.tills, [sold(reporter, 0), sold(reporter, 70)]);
    await settled();
    const [, old] = (await timeline(reporter)) as [Listed, Listed];
    await reporter.customer.api.delete(`/v1/me/interactions/${old.id}`).expect(204);
    await settled();
    expect(await counters(reporter)).toHaveLength(1);
  });

  it('are as if worked out anew, whatever is reported, voided, corrected, disputed, retracted and deleted', async () => {
    const days = fc.constantFrom(0, 1, 33, 34, 65);
    const which = fc.nat(30);
    const step = fc.oneof(
      fc.record({ do: fc.constant('report' as const), days, count: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('correct' as const), which, days }),
      fc.record({ do: fc.constantFrom('void', 'dispute', 'retract', 'delete', 'early void'), which }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const reporter = await aReporter(app, history);
        const { api } = reporter.customer;
        const sales: JsonObject[] = [];
        for (const taken of steps) {
          if (taken.do === 'report') {
            const some = Array.from({ length: taken.count }, () => sold(reporter, taken.days));
            sales.push(...some);
            await report(reporter.tills, some);
            continue;
          }
          const sale = sales[taken.which % Math.max(sales.length, 1)];
          if (!sale) continue;
          if (taken.do === 'correct') {
            const correction = sold(reporter, taken.days, { ccxcorrects: sale.id as string });
            sales.push(correction);
            await report(reporter.tills, correction);
          } else if (taken.do === 'void') {
            await report(reporter.tills, aVoid(sale));
          } else if (taken.do === 'early void') {
            const late = sold(reporter, 2);
            await report(reporter.tills, [aVoid(late), late]);
          } else {
            const listed = (await timeline(reporter)).find(({ event_id }) => event_id === sale.id);
            const path = `/v1/me/interactions/${listed?.id}`;
            if (!listed) continue;
            if (taken.do === 'dispute') await api.post(`${path}/dispute`).send({ reason: 'other' });
            if (taken.do === 'retract') await api.post(`${path}/dispute/retract`);
            if (taken.do === 'delete') await api.delete(path).expect(204);
          }
        }
        await settled();
        const kept = await counters(reporter);
        expect(byName(kept)).toEqual(byName(await countedByHand(reporter)));
        expect(await differences(reporter)).toBe(0);
        await derived().rebuild(reporter.customer.key);
        expect(await counters(reporter)).toEqual(kept);
      }),
      { numRuns: 8 },
    );
  }, 120_000);

  it('are the same when they are told twice, and in another order', async () => {
    const reporter = await aReporter(app, history);
    const sales = [sold(reporter, 0), sold(reporter, 40), sold(reporter, 70)];
    for (const sale of sales) await report(reporter.tills, sale);
    await report(reporter.tills, sales.map(aVoid).slice(0, 2));
    await settled();
    const before = await counters(reporter);
    const told = { type: 'interactions.reported', of: reporter.customer.customerId };
    await deliverAgain(app, 'interactions.counters', told);
    await settled();
    expect(await counters(reporter)).toEqual(before);
  });
});

describe('counting at the same time', () => {
  it('comes out right when two count at once', async () => {
    const reporter = await aReporter(app, history);
    await report(reporter.tills, [sold(reporter, 0), sold(reporter, 40)]);
    await settled();
    const before = await counters(reporter);
    const rebuild = () => derived().rebuild(reporter.customer.key);
    const outcomes = await race(app.db, 'customers', { customer_id: reporter.customer.customerId }, [rebuild, rebuild]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await counters(reporter)).toEqual(before);
  });

  it('counts a month once for all that is delivered meanwhile', async () => {
    const reporter = await aReporter(app, history);
    await report(reporter.tills, [sold(reporter, 0), sold(reporter, 0)]);
    await settled();
    const { customerId } = reporter.customer;
    const holder = await app.db.connect();
    await holder.query('begin');
    await holder.query('select from customers where customer_id = $1 for no key update', [customerId]);
    for (let count = 0; count < 3; count++) await report(reporter.tills, sold(reporter, 0));
    await eventually(async () => {
      const { rows } = await app.db.query(
        `select count(*)::int as marks, (select count(*)::int from outbox_deliveries where handler = $2) as waiting
           from interaction_counter_marks where customer_id = $1`,
        [customerId, 'interactions.counters'],
      );
      expect(rows).toEqual([{ marks: 1, waiting: 0 }]);
    });
    expect(await counters(reporter)).toMatchObject([{ reported: 2 }]);
    await holder.query('commit');
    holder.release();
    await settled();
    expect(await counters(reporter)).toMatchObject([{ reported: 5 }]);
  });

  it('keeps nobody from reporting, and counts what was reported while it waited', async () => {
    const reporter = await aReporter(app, history);
    await report(reporter.tills, sold(reporter, 0));
    await settled();
    const holder = await app.db.connect();
    await holder.query('begin');
    await holder.query('select from customers where customer_id = $1 for no key update', [
      reporter.customer.customerId,
    ]);
    const rebuilding = derived().rebuild(reporter.customer.key);
    const { body } = await report(reporter.tills, sold(reporter, 0));
    await holder.query('commit');
    holder.release();
    await rebuilding;
    expect(body.stored).toBe(1);
    expect(await counters(reporter)).toMatchObject([{ reported: 2 }]);
    await settled();
  });

  it('finds nothing to do for a customer who has been erased', async () => {
    const reporter = await aReporter(app, history);
    await report(reporter.tills, sold(reporter, 0));
    await settled();
    const { key } = reporter.customer;
    await app.get(Database).transaction((tx) => app.get(PersonalData).erase(tx, key));
    await derived().rebuild(key);
    expect(await counters(reporter)).toEqual([]);
  });
});

describe('ccx rebuild', () => {
  jest.setTimeout(120_000);
  let env: Record<string, string>;
  let cwd: string;
  beforeAll(async () => {
    cwd = await aFolder();
    const { CCX_KEK = '', CCX_PEPPER = '', PUBLIC_URL, DATA_FOLDER } = app.config;
    env = { DATABASE_URL: app.databaseUrl, CCX_KEK, CCX_PEPPER, PUBLIC_URL, DATA_FOLDER };
  });
  const rebuild = (...args: string[]) => ccx(['rebuild', ...args], { cwd, env: { ...env, NODE_ENV: 'test' } });

  it('tells what differs from what it follows from, and puts it right', async () => {
    const [damaged, incomplete, sound] = [
      await aReporter(app, history),
      await aReporter(app, history),
      await aReporter(app, history),
    ];
    for (const reporter of [damaged, incomplete, sound])
      await report(reporter.tills, [sold(reporter, 0), sold(reporter, 40)]);
    await settled();
    const before = await Promise.all([damaged, incomplete, sound].map(counters));
    const whose = ({ customer }: Reporter) => [customer.customerId];
    await app.db.query(
      'update interaction_counters set reported = reported + 5 where customer_id = $1',
      whose(damaged),
    );
    await app.db.query('delete from interaction_counters where customer_id = $1', whose(incomplete));

    const checked = await rebuild('--check', '--json', 'counters');
    expect(checked).toMatchObject({ code: 1, stderr: expect.stringContaining('ccx rebuild') });
    expect(JSON.parse(checked.stdout)).toEqual({ differing_customers: { counters: 2 } });

    const rebuilt = await rebuild('--json', 'counters');
    expect(rebuilt).toMatchObject({ code: 0, stderr: expect.stringMatching(/Rebuilding: (\d+) of \1/) });
    expect(JSON.parse(rebuilt.stdout)).toEqual({ rebuilt: ['counters'] });
    expect(await Promise.all([damaged, incomplete, sound].map(counters))).toEqual(before);
    // And so is everything else that is derived.
    expect(await rebuild('--check')).toMatchObject({ code: 0 });
  });

  it('refuses what it does not know', async () => {
    const { code, stderr } = await rebuild('demand');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/nothing derived called demand; there is .*counters/)]);
  });
});
