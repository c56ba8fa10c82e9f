import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';

import { IntakeService } from '../src/interactions/intake.service.js';
import { MappingOptionsDto } from '../src/interactions/mapping.dto.js';
import { NDJSON, sentAs } from '../src/interactions/report.js';
import { StandingInteractions } from '../src/interactions/standing.service.js';
import { STANDING } from '../src/interactions/standing.js';
import { Database } from '../src/platform/database/database.js';
import { standingsOf } from './naive/standing.js';
import { startApp, type TestApp } from './support/app.js';
import { reporting } from './support/consents.js';
import { type Delivery, deliveries, eventsOf, partsOf, type Streamed, streams } from './support/event-streams.js';
import { aReporter, report, type Reporter } from './support/events.js';

const DAY = 86_400_000;

let app: TestApp;
let shop: Reporter;
let reporters: readonly [Reporter, Reporter];
beforeAll(async () => {
  app = await startApp();
  const event_types = ['transaction.completed', 'return.completed', 'promotion.offered'];
  const details = [{ ...reporting, event_types, touchpoints: ['till', 'email'], since: 'P30D' }];
  shop = await aReporter(app, { details });
  reporters = [shop, await aReporter(app, { details, retailer: shop.retailer })];
});
afterAll(() => app.stop());

type Send = (contentType: string, body: unknown) => Promise<{ results: { outcome: string }[] }>;

const throughHttp: Send = async (contentType, body) =>
  (await report(shop.tills, body, { 'content-type': contentType })).body;

const throughService: Send = (contentType, body) =>
  app
    .get(IntakeService)
    .report(
      { retailerId: shop.retailer.id, clientId: shop.retailer.client.id },
      sentAs(contentType, body, new MappingOptionsDto()),
    );

/** What somebody knows who looks again at the days of which the outbox tells, and at no others. */
class Follower {
  private readonly days = reporters.map(() => new Map<string, readonly string[]>());
  private last = uuidv7();

  async catchUp(): Promise<void> {
    const { rows } = await app.db.query<{ id: string; customer_id: string; days: string[] }>(
      `select id, customer_id, data->'days' as days from outbox_events
        where id > $1 and type = 'interactions.reported' order by id`,
      [this.last],
    );
    for (const { id, customer_id, days } of rows) {
      this.last = id;
      const index = reporters.findIndex(({ customer }) => customer.key.customerId === customer_id);
      for (const day of days) this.days[index]?.set(day, await standingOn(index, [day]));
    }
  }

  standing(): string[] {
    return this.days.flatMap((days) => [...days.values()].flat()).sort();
  }
}

async function standingOn(index: number, days: readonly string[]): Promise<string[]> {
  const { key } = (reporters[index] as Reporter).customer;
  const events = await app.get(StandingInteractions).on(app.get(Database).reader, key, days);
  return events.map(({ id }) => id);
}

interface Kept {
  id: string;
  name: string;
  standing: string;
  data: unknown;
  at: Date;
  withheld: boolean;
}

const nameOf = (customerId: string, source: unknown, id: unknown) => JSON.stringify([customerId, source, id]);

async function keptOf(prefix: string): Promise<Kept[]> {
  const { rows } = await app.db.query(
    `select i.id, i.customer_id, i.source, i.event_id, i.data, i.occurred_at, i.withheld, ${STANDING} as standing
       from interactions i where starts_with(i.event_id, $1)`,
    [prefix],
  );
  return rows
    .map(({ id, customer_id, source, event_id, occurred_at, ...row }) => ({
      ...row,
      id,
      name: nameOf(customer_id, source, event_id),
      at: occurred_at,
    }))
    .sort(byName);
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

/** What is kept of a stream by definition, whatever its order. */
function predicted(events: readonly Streamed[]): Omit<Kept, 'id'>[] {
  return reporters
    .flatMap(({ customer }, index) => {
      const theirs = events.filter((event) => event.customer === index);
      const standings = standingsOf(theirs.map(({ naive }) => naive));
      return theirs.map(({ naive, data }) => ({
        name: nameOf(customer.key.customerId, naive.source, naive.id),
        standing: standings.get(JSON.stringify([naive.source, naive.id])) as string,
        data,
        at: naive.time,
        withheld: JSON.stringify(data).includes('withheld'),
      }));
    })
    .sort(byName);
}

let runs = 0;

/** Sends a stream, checks every answer, and then what is kept and what a follower of the outbox knows. */
async function check(stream: Parameters<typeof eventsOf>[0], delivery: Delivery, send: Send): Promise<void> {
  const prefix = `${++runs}-`;
  const subjects = reporters.map(({ subject }) => subject);
  const events = eventsOf(stream, subjects, prefix, app.clock.now());
  const follower = new Follower();
  const known = new Set<Streamed>();
  for (const { form, part } of partsOf(events, delivery)) {
    const sent = part.map(({ event }) => event);
    const { results } = await (form === 'lines'
      ? send(NDJSON, sent.map((event) => JSON.stringify(event)).join('\n'))
      : send('application/json', form === 'single' ? sent[0] : sent));
    const outcomes = part.map((event) => {
      const outcome = known.has(event) ? 'duplicate' : 'stored';
      known.add(event);
      return outcome;
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(outcomes);
    await follower.catchUp();
  }

  const kept = await keptOf(prefix);
  expect(kept).toEqual(predicted(events).map((one) => ({ ...one, id: expect.any(String) })));
  const voids = new Set(events.filter(({ isVoid }) => isVoid).map(({ naive }) => naive.id));
  const counting = kept.filter(({ standing, name }) => standing === 'standing' && !voids.has(JSON.parse(name)[2]));
  const mine = new Set(kept.map(({ id }) => id));
  expect(follower.standing().filter((id) => mine.has(id))).toEqual(counting.map(({ id }) => id).sort());
}

describe('a stream of events in any order, sent repeatedly and in any parts', () => {
  it('leads to the same through the service', async () => {
    await fc.assert(
      fc.asyncProperty(streams, deliveries, (stream, delivery) => check(stream, delivery, throughService)),
      { numRuns: 60, endOnFailure: true },
    );
  }, 180_000);

  it('leads to the same through HTTP', async () => {
    await fc.assert(
      fc.asyncProperty(streams, deliveries, (stream, delivery) => check(stream, delivery, throughHttp)),
      { numRuns: 20, endOnFailure: true },
    );
  }, 180_000);

  it('is read in pages and by days as the same, in an order that does not depend on its arrival', async () => {
    const service = app.get(StandingInteractions);
    const { key } = shop.customer;
    const now = app.clock.now().getTime();
    const paged: string[] = [];
    const times = { from: new Date(now - 30 * DAY), to: new Date(now + DAY) };
    for await (const page of service.between(app.get(Database).reader, key, times)) {
      paged.push(...page.map(({ id }) => id));
    }
    const days = Array.from({ length: 31 }, (_, index) => new Date(now - index * DAY).toISOString().slice(0, 10));
    expect(await standingOn(0, days)).toEqual(paged);
    const { rows } = await app.db.query<{ id: string }>(
      'select id from interactions where id = any($1) order by occurred_at, key_hash',
      [paged],
    );
    expect(rows.map(({ id }) => id)).toEqual(paged);
    expect(paged.length).toBeGreaterThan(50);
  });
});
