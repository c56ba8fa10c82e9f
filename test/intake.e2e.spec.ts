import fc from 'fast-check';
import type { QueryRunner } from 'typeorm';

import { readEvent } from '../src/interactions/cloud-event.js';
import { IntakeService } from '../src/interactions/intake.service.js';
import { encodeSubject } from '../src/platform/crypto/pairwise.js';
import { Database } from '../src/platform/database/database.js';
import type { JsonObject } from '../src/platform/json.js';
import { RetailersService } from '../src/retailers/retailers.service.js';
import { startApp, type TestApp } from './support/app.js';
import { reporting, withdraw } from './support/consents.js';
import { likeThem } from './support/crowds.js';
import { aReporter, aSale, aVoid, report, type Reporter } from './support/events.js';
import { type RetailerAccess, retailerToken } from './support/oauth.js';
import { race, statusesOf, untilWaiting, whileWaiting } from './support/race.js';
import { announced, audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

const HOUR = 3_600_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const ago = (hours: number) => new Date(app.clock.now().getTime() - hours * HOUR).toISOString();
const linesOf = (events: readonly unknown[]) =>
  events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event))).join('\n');
const reportLines = (tills: RetailerAccess, text: string) =>
  report(tills, text, { 'content-type': 'application/x-ndjson' });
const validate = (tills: RetailerAccess, body: unknown, headers?: Record<string, string>) =>
  tills.fetch('POST', '/v1/interactions/validate', body, headers);
const outcomesOf = ({ body }: { body: { results: { outcome: string; code?: string }[] } }) =>
  body.results.map(({ outcome, code }) => code ?? outcome);

/** How many of these events are kept, each of which has an id of its own. */
async function storedOf(events: readonly JsonObject[]): Promise<string[]> {
  const { rows } = await app.db.query<{ event_id: string }>(
    'select event_id from interactions where event_id = any($1)',
    [events.map(({ id }) => id)],
  );
  return rows.map(({ event_id }) => event_id);
}

interface Crowd extends Reporter {
  /** The subjects of many customers, the reporter's own first. */
  readonly subjects: readonly string[];
}

async function aCrowd(size: number): Promise<Crowd> {
  const reporter = await aReporter(app);
  const others = await likeThem(app, reporter.consentId, size - 1);
  const key = await app.get(RetailersService).pairwiseKeyOf(reporter.retailer.id);
  return {
    ...reporter,
    subjects: [reporter.subject, ...others.map(({ customerId }) => encodeSubject(customerId, key))],
  };
}

const salesOf = ({ subjects }: Crowd) => subjects.map((subject) => aSale(app, { subject }));

/** As `pg` takes it: by itself, or with a name. */
type Statement = string | { readonly text: string };

/** The statements by which a report is taken, but for what is looked up of its client once a second. */
async function statementsOf({ retailer }: Reporter, events: readonly JsonObject[]): Promise<string[]> {
  return app.get(Database).transaction(async (tx) => {
    const connection = (await (tx.queryRunner as QueryRunner).connect()) as {
      query: (statement: Statement) => unknown;
    };
    const sent = jest.spyOn(connection, 'query');
    const reporter = { retailerId: retailer.id, clientId: retailer.client.id };
    const fates = await app.get(IntakeService).take(tx, reporter, events.map(readEvent), app.clock.now());
    expect(fates.map(({ became }) => became)).toEqual(events.map(() => 'stored'));
    const texts = sent.mock.calls.map(([statement]) => (typeof statement === 'string' ? statement : statement.text));
    sent.mockRestore(); // the connection will be used again
    return texts.filter((text) => !/"?\b(clients|retailers)\b"?/.test(text));
  });
}

describe('a report', () => {
  it('takes as many statements for a hundred customers as for one, and one of them keeps the events', async () => {
    const crowd = await aCrowd(100);
    const eventsOf = (subjects: readonly string[]) =>
      subjects.flatMap((subject) => {
        const sale = aSale(app, { subject });
        return [sale, aVoid(sale), aSale(app, { subject, ccxcorrects: sale.id as string })];
      });
    expect(await storedOf(salesOf(crowd))).toEqual([]);
    await report(crowd.tills, salesOf(crowd)); // the customers' keys are cached from now on
    const ofOne = await statementsOf(crowd, eventsOf(crowd.subjects.slice(0, 1)));
    const ofAll = await statementsOf(crowd, eventsOf(crowd.subjects));
    expect(ofAll).toEqual(ofOne);
    expect(ofAll.filter((text) => /insert into interactions\b/.test(text))).toHaveLength(1);
    expect(ofAll.length).toBeLessThanOrEqual(10);
  });

  it('about many customers has an entry in the log and an event in the outbox for each of them', async () => {
    const crowd = await aCrowd(2);
    const [ours, theirs] = crowd.subjects as [string, string];
    const events = [ours, theirs, ours].map((subject) => aSale(app, { subject }));
    expect((await report(crowd.tills, events)).body.stored).toBe(3);
    const entries = (await audited(app, crowd.customer.key)).filter(({ type }) => type === 'interactions.reported');
    expect(entries).toEqual([expect.objectContaining({ data: { count: 2, root: expect.any(String) } })]);
    const { rows } = await app.db.query(
      `select data->'days' as days from outbox_events where type = 'interactions.reported' and retailer_id = $1`,
      [crowd.retailer.id],
    );
    expect(rows).toEqual([{ days: [ago(0).slice(0, 10)] }, { days: [ago(0).slice(0, 10)] }]);
  });

  it('is kept once, however often it is sent, in whatever parts and at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 12 }), fc.boolean()), { minLength: 2, maxLength: 4 }),
        async (parts) => {
          const crowd = await aCrowd(3);
          const events = Array.from({ length: 12 }, (_, place) => aSale(app, { subject: crowd.subjects[place % 3]! }));
          const batches = parts.map(([from, count, isReversed]) => {
            const part = [...events, ...events].slice(from, from + count);
            return isReversed ? part.toReversed() : part;
          });
          const answers = await Promise.all(batches.map((batch) => report(crowd.tills, batch)));
          const sent = new Map<string, string[]>();
          for (const [place, batch] of batches.entries()) {
            for (const [index, outcome] of outcomesOf(answers[place]!).entries()) {
              const id = batch[index]!.id as string;
              sent.set(id, [...(sent.get(id) ?? []), outcome]);
            }
          }
          for (const outcomes of sent.values()) {
            expect(outcomes.toSorted()).toEqual([...outcomes.slice(1).map(() => 'duplicate'), 'stored']);
          }
          expect((await storedOf(events)).toSorted()).toEqual([...sent.keys()].toSorted());
          const { rows } = await app.db.query<{ count: number }>(
            `select sum((data->>'count')::int)::int as count from outbox_events
              where type = 'interactions.reported' and retailer_id = $1`,
            [crowd.retailer.id],
          );
          expect(rows).toEqual([{ count: sent.size }]);
        },
      ),
      { numRuns: 6 },
    );
  });

  it('answers for each event once, also for one that it repeats', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale();
    const answer = await report(reporter.tills, [sale, sale, { ...sale, ccxtouchpoint: 'web' }, 'nothing', sale]);
    expect(outcomesOf(answer)).toEqual(['stored', 'duplicate', 'event-conflict', 'invalid-event', 'duplicate']);
  });

  it('knows an event again that has become too old meanwhile', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale();
    await report(reporter.tills, sale);
    app.clock.advance({ days: 401 });
    const tills = await retailerToken(app, reporter.retailer, { scope: 'interactions.write' });
    const answers = await report(tills, [sale, reporter.sale({ time: sale.time as string })]);
    app.clock.advance({ days: -401 });
    expect(outcomesOf(answers)).toEqual(['duplicate', 'event-too-old']);
  });
});

describe('a report in lines', () => {
  it('is answered line by line, whatever is wrong with some of them', async () => {
    const reporter = await aReporter(app);
    const [first, second] = [reporter.sale(), reporter.sale()];
    const text = linesOf([first, '', '{"specversion": "1.0"', '[1]', '{"id":"a","id":"b"}', second, '  ']);
    const { status, body } = await reportLines(reporter.tills, `${text}\r\n`);
    expect({ status, stored: body.stored, rejected: body.rejected }).toEqual({ status: 200, stored: 2, rejected: 3 });
    expect(body.results).toMatchObject([
      { index: 0, line: 1, id: first.id, outcome: 'stored' },
      { index: 1, line: 3, id: null, code: 'invalid-event', errors: [{ pointer: '' }] },
      { index: 2, line: 4, id: null, code: 'invalid-event' },
      { index: 3, line: 5, id: null, code: 'invalid-event' },
      { index: 4, line: 6, id: second.id, outcome: 'stored' },
    ]);
  });

  it('is answered with 200 also where its only line is refused', async () => {
    const { tills } = await aReporter(app);
    expect(await reportLines(tills, '{}')).toMatchObject({ status: 200, body: { rejected: 1 } });
  });

  it('has 1 to 500 of them, in UTF-8', async () => {
    const { tills } = await aReporter(app);
    for (const text of ['\n \n', linesOf(Array.from({ length: 501 }, () => '{}'))]) {
      expect(await reportLines(tills, text)).toMatchObject({
        status: 400,
        body: { type: expect.stringMatching(/invalid-batch$/) },
      });
    }
  });
});

describe('a report of an old till', () => {
  const header =
    'retail_store_id,workstation_id,business_day_date,sequence_number,end_date_time,subject,item_id,quantity';
  const reportTable = (tills: RetailerAccess, rows: string[], query = '') =>
    tills.fetch('POST', `/v1/interactions${query}`, [header, ...rows].join('\n'), { 'content-type': 'text/csv' });
  const row = (sequence: string, subject: string) =>
    ['17', '3', ago(0).slice(0, 10), sequence, ago(0).slice(0, 19), subject, '85123A', '1'].join(',');

  it('is a table, with what it does not say in the query', async () => {
    const { tills, subject } = await aReporter(app, { details: [{ ...reporting, since: 'P30D' }] });
    const rows = [row('4711', subject), row('4711', subject), row('none', subject)];
    const { status, body } = await reportTable(tills, rows, '?time_zone=Etc/UTC&currency=EUR&source=/pos/night');
    expect({ status, results: body.results }).toMatchObject({
      status: 200,
      results: [
        { index: 0, line: 2, source: '/pos/night', outcome: 'stored' },
        { index: 1, line: 4, outcome: 'rejected', code: 'invalid-event' },
      ],
    });
    const again = await reportTable(tills, rows.slice(0, 2), '?time_zone=Etc/UTC&currency=EUR&source=/pos/night');
    expect(outcomesOf(again)).toEqual(['duplicate']);
  });

  it('needs a header that can be used', async () => {
    const { tills } = await aReporter(app);
    for (const path of ['/v1/interactions', '/v1/interactions/validate']) {
      const answer = await tills.fetch('POST', path, 'a,b\n1,2\n', { 'content-type': 'text/csv' });
      expect(answer).toMatchObject({ status: 422, body: { type: expect.stringMatching(/content-unreadable$/) } });
    }
  });

  it.each([
    ['?time_zone=Nowhere/Land', 'text/csv'],
    ['?currency=EUR', 'application/json'],
    ['?colour=green', 'text/csv'],
  ])('takes no options that mean nothing: %s', async (query, type) => {
    const { tills } = await aReporter(app);
    const answer = await tills.fetch('POST', `/v1/interactions${query}`, '[]', { 'content-type': type });
    expect(answer).toMatchObject({ status: 400, body: { type: expect.stringMatching(/invalid-request$/) } });
  });
});

describe('having events checked', () => {
  it('says what would be said, and keeps nothing', async () => {
    const reporter = await aReporter(app);
    const events = [reporter.sale(), reporter.sale({ data: {} }), reporter.sale({ time: ago(-2) })];
    for (const sent of [events, linesOf(events)]) {
      const type = typeof sent === 'string' ? 'application/x-ndjson' : 'application/json';
      const answer = await validate(reporter.tills, sent, { 'content-type': type });
      expect(answer).toMatchObject({ status: 200, body: { valid: 1, rejected: 2 } });
      expect(outcomesOf(answer)).toEqual(['valid', 'invalid-event', 'event-in-future']);
    }
    expect(await storedOf(events)).toEqual([]);
    expect(await announced(app, reporter.customer.key)).not.toContain('interactions.reported');
  });

  it('says what would be withheld, without saying what the customer consents to', async () => {
    const reporter = await aReporter(app);
    const product = { scheme: 'retailer', code: '4711', special: 'pharmacy' };
    const sale = reporter.sale({ data: { currency: 'GBP', lines: [{ product, quantity: '1' }] } });
    const warnings = [expect.stringMatching(/pharmacy are withheld unless/)];
    expect((await validate(reporter.tills, sale)).body.results).toMatchObject([{ outcome: 'valid', warnings }]);
    const { body } = await report(reporter.tills, sale);
    expect(body.results).toMatchObject([{ outcome: 'stored', warnings: [expect.stringMatching(/are withheld/)] }]);
    const { rows } = await app.db.query('select data, withheld from interactions where event_id = $1', [sale.id]);
    const kept = { currency: 'GBP', lines: [{ product: { category: 'withheld' }, quantity: '1' }] };
    expect(rows).toEqual([{ data: kept, withheld: true }]);
  });

  it('answers for a single event as for a batch', async () => {
    const { tills } = await aReporter(app);
    expect(await validate(tills, {})).toMatchObject({ status: 200, body: { rejected: 1, results: [{ index: 0 }] } });
    for (const nothing of [[], undefined]) expect(await validate(tills, nothing)).toMatchObject({ status: 400 });
  });

  it('looks at no customer: whether there is one, and whether they consent, shows nowhere', async () => {
    const reporter = await aReporter(app);
    const strangers = [reporter.sale({ subject: 'AAAAAAAAAAAAAAAAAAAAAAAA' }), reporter.sale({ time: ago(9_000) })];
    await withdraw(reporter).expect(200);
    expect((await validate(reporter.tills, [...strangers, reporter.sale()])).body).toMatchObject({ valid: 3 });
  });
});

describe('the source of an event', () => {
  it('is one of its client, where that has any of its own', async () => {
    const retailer = await aRetailer(app, { client: { sourcePrefixes: ['/tills/', 'https://shop.example/'] } });
    const reporter = await aReporter(app, { retailer });
    const sources = ['/tills/17', 'https://shop.example/web', '/kiosks/1', 'tills/17'];
    const events = sources.map((source) => reporter.sale({ source }));
    const outcomes = ['source-not-allowed', 'source-not-allowed'];
    expect(outcomesOf(await validate(reporter.tills, events))).toEqual(['valid', 'valid', ...outcomes]);
    expect(outcomesOf(await report(reporter.tills, events))).toEqual(['stored', 'stored', ...outcomes]);
    const alone = await report(reporter.tills, events[2]);
    expect(alone).toMatchObject({ status: 403, body: { type: expect.stringMatching(/source-not-allowed$/) } });
  });
});

describe('the clock of a sender', () => {
  it.each([
    ['is right', 0, 0, null],
    ['is an hour ahead', -1, -1, 'corrected'],
    ['began again in 1970', 500_000, 500_000, 'suspect'],
  ])('is noted with the event when it %s', async (_, time, sent, clock) => {
    const reporter = await aReporter(app);
    const sale = reporter.sale({ time: ago(time), ccxsenttime: ago(sent) });
    const { body } = await report(reporter.tills, sale);
    expect(body.results).toEqual([
      expect.objectContaining({ outcome: 'stored', ...(clock && { warnings: [expect.stringContaining('clock')] }) }),
    ]);
    const { rows } = await app.db.query('select clock, occurred_at from interactions where event_id = $1', [sale.id]);
    expect(rows).toEqual([{ clock, occurred_at: expect.any(Date) }]);
    expect(Math.abs((rows[0] as { occurred_at: Date }).occurred_at.getTime() - app.clock.now().getTime())).toBeLessThan(
      120_000,
    );
  });

  it('does not make another event of one that is sent again', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale({ ccxsenttime: ago(0) });
    await report(reporter.tills, sale);
    const again = { ...sale, ccxsenttime: ago(3) };
    expect((await report(reporter.tills, again)).body).toMatchObject({ duplicate: 1 });
    const { rows } = await app.db.query('select occurred_at from interactions where event_id = $1', [sale.id]);
    expect(rows).toEqual([{ occurred_at: new Date(sale.time as string) }]);
  });
});

describe('reports at the same time', () => {
  it('keep an event once that two senders send', async () => {
    const crowd = await aCrowd(20);
    const events = salesOf(crowd);
    const outcomes = await race(app.db, 'consents', { id: crowd.consentId }, [
      () => report(crowd.tills, events),
      () => report(crowd.tills, events.toReversed()),
      () => report(crowd.tills, events),
    ]);
    const answers = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.body : outcome.reason));
    expect(answers.map(({ stored }) => stored).sort()).toEqual([0, 0, 20]);
    expect(answers.map(({ duplicate }) => duplicate).sort()).toEqual([0, 20, 20]);
    expect((await storedOf(events)).sort()).toEqual(events.map(({ id }) => id).sort());
  });

  it('ask for customers in one order, and hold none while they wait for one before', async () => {
    const crowd = await aCrowd(2);
    const { rows } = await app.db.query<{ id: string; customer_id: string }>(
      'select id, customer_id from consents where retailer_id = $1 order by bucket, customer_id',
      [crowd.retailer.id],
    );
    const [first, second] = rows as [{ id: string; customer_id: string }, { id: string; customer_id: string }];
    // Neither the table nor the batch has them in that order.
    await app.db.query('update consents set updated_at = updated_at where id = $1', [first.id]);
    const isOwnFirst = first.customer_id === crowd.customer.customerId;
    const events = isOwnFirst ? salesOf(crowd).toReversed() : salesOf(crowd);
    const [{ body }, free] = await whileWaiting(
      app.db,
      'consents',
      { id: first.id },
      () => report(crowd.tills, events),
      () => app.db.query('select from consents where id = $1 for update nowait', [second.id]),
    );
    expect({ stored: body.stored, free: free.rowCount }).toEqual({ stored: 2, free: 1 });
  });

  it('do not wait for each other in a circle, in whatever order they name the same customers', async () => {
    const crowd = await aCrowd(40);
    const retried = jest.spyOn(app.get(Database) as unknown as { attempt: () => Promise<unknown> }, 'attempt');
    const batches = Array.from({ length: 6 }, (_, index) => {
      const events = salesOf(crowd);
      return index % 2 === 0 ? events : events.toReversed();
    });
    const answers = await Promise.all(batches.map((events) => report(crowd.tills, events)));
    expect(answers.map(({ body }) => body.stored)).toEqual(batches.map(() => 40));
    const failed = await Promise.allSettled(retried.mock.results.map(({ value }) => value));
    expect(failed.filter(({ status }) => status === 'rejected')).toEqual([]);
    retried.mockRestore();
  });

  it.each([
    ['before', ['consent-withdrawn'], 29],
    ['after', ['stored'], 30],
  ])('let a customer withdraw %s a batch of many customers, which is never half done', async (order, own, stored) => {
    const crowd = await aCrowd(30);
    const events = salesOf(crowd);
    const withdrawing = () =>
      withdraw(crowd, { reported_data: 'delete' }).then(({ status }) => ({ status, body: null }));
    const sending = () => report(crowd.tills, events);
    const [first, second] = order === 'before' ? [withdrawing, sending] : [sending, withdrawing];
    const outcomes = await race(app.db, 'consents', { id: crowd.consentId }, [
      first,
      async () => {
        await untilWaiting(app.db, 1);
        return second();
      },
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 200]);
    const [answer] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? (outcome.value.body ?? []) : []));
    expect(answer.stored).toBe(stored);
    expect(outcomesOf({ body: answer }).slice(0, 1)).toEqual(own);
    expect(await storedOf(events)).toHaveLength(stored);
  });
});
