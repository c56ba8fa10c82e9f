import { Writable } from 'node:stream';

import fc from 'fast-check';
import { pino } from 'pino';

import { eventTypes as reportable } from '../src/consents/event-types.js';
import { eventTypes } from '../src/interactions/event-types.js';
import { exampleOf } from '../src/interactions/interactions.examples.js';
import { describeError } from '../src/platform/http/logging.js';
import type { JsonObject, JsonValue } from '../src/platform/json.js';
import { touchpoints } from '../src/vocabulary/code-lists.js';
import { startApp, type TestApp } from './support/app.js';
import { reporting } from './support/consents.js';
import { damage } from './support/damage.js';
import { aReporter, type Reporter } from './support/events.js';
import { aRetailer } from './support/retailers.js';

const CASES = { events: 9_000, bodies: 1_000 };
const AT_ONCE = 30;
const SEED = 5;
/** Stands in every event, and in every body that is no event. */
const SECRET = 'zwetschgenknoedel';

const lines: string[] = [];
const sink = new Writable({ write: (line: Buffer, _, done) => done(void lines.push(String(line))) });
const logger = pino({ level: 'trace', base: null, serializers: { err: describeError } }, sink);

let app: TestApp;
let reporter: Reporter;
beforeAll(async () => {
  app = await startApp({ logger });
  const retailer = await aRetailer(app, { touchpoints });
  const details = [{ ...reporting, event_types: [...reportable], touchpoints: [...touchpoints], since: 'P30D' }];
  reporter = await aReporter(app, { retailer, details });
});
afterAll(() => app.stop());

interface Result {
  readonly id: string | null;
  readonly source: string | null;
  readonly outcome: string;
}

const stored = new Set<string>();
let answered = 0;

/** Sends a body to one of the routes, and remembers what is said to be stored of it. */
async function send(body: string | Buffer, contentType: string, path = '/v1/interactions'): Promise<Result[] | null> {
  const answer = await reporter.tills.fetch('POST', path, body, { 'content-type': contentType });
  answered++;
  if (answer.status >= 500) throw new Error(`${answer.status} for ${contentType} ${body.toString('base64')}`);
  if (answer.status !== 200) return null;
  const { results } = answer.body as { results: Result[] };
  for (const { outcome, source, id } of results) if (outcome === 'stored') stored.add(JSON.stringify([source, id]));
  return results;
}

const times = fc
  .constantFrom(0, 1, 60, 3_000_000, -60, 40_000_000)
  .map((minutes) => new Date(Date.now() - minutes * 60_000));

/** Sound events of each kind, of which something is changed more often than not. */
const events: fc.Arbitrary<JsonValue> = fc
  .record({
    type: fc.constantFrom(...eventTypes),
    id: fc.oneof(fc.uuid(), fc.nat(40).map(String), fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' })),
    source: fc.constantFrom('/tills/17', '/tills/18', 'https://shop.example/', `/${SECRET}`),
    time: times,
    sent: fc.option(times, { nil: undefined }),
    touchpoint: fc.option(fc.constantFrom(...touchpoints), { nil: undefined }),
    correlation: fc.option(fc.constant(SECRET), { nil: undefined }),
    harm: fc.option(damage, { nil: undefined, freq: 2 }),
  })
  .map(({ type, id, source, time, sent, touchpoint, correlation, harm }) => {
    const event: JsonObject = {
      ...exampleOf(type),
      id,
      source,
      subject: reporter.subject,
      time: time.toISOString(),
      ...(sent && { ccxsenttime: sent.toISOString() }),
      ...(touchpoint && { ccxtouchpoint: touchpoint }),
      ...(correlation && { ccxcorrelation: correlation }),
      [SECRET]: SECRET,
    };
    return harm ? harm(event) : event;
  });

const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number) => fc.sample(arbitrary, { numRuns: count, seed: SEED });
const isText = (event: JsonValue) => !/\\u0000|\\ud800/.test(JSON.stringify(event));

function partsOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}

/** Runs through the parts, a few at once. */
async function throughAll<T>(parts: readonly T[], work: (part: T, index: number) => Promise<void>): Promise<void> {
  const left = [...parts.entries()];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) await work(next[1], next[0]);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

describe(`the intake, with ${CASES.events + CASES.bodies} cases of what nobody should send`, () => {
  it('answers each event of a batch, whatever it is', async () => {
    await throughAll(partsOf(sample(events, CASES.events), AT_ONCE), async (part, index) => {
      const asLines = part.map((event) => JSON.stringify(event));
      const asBatch = part.filter(isText);
      if (index % 10 === 0) {
        const checked = await send(JSON.stringify(asBatch), 'application/json', '/v1/interactions/validate');
        expect(checked).toHaveLength(asBatch.length);
      }
      const results =
        index % 2 === 0
          ? await send(JSON.stringify(asBatch), 'application/cloudevents-batch+json')
          : await send(asLines.join('\n'), 'application/x-ndjson');
      expect(results).toHaveLength(index % 2 === 0 ? asBatch.length : asLines.length);
    });
  }, 180_000);

  it('answers any bytes', async () => {
    const sound = JSON.stringify(exampleOf(eventTypes[0] as never));
    const header =
      'retail_store_id,workstation_id,business_day_date,sequence_number,end_date_time,subject,item_id,quantity';
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    const secret = Buffer.from(SECRET);
    const bodies = fc.oneof(
      bytes.map((some) => Buffer.concat([some, secret])),
      fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(SECRET + text)),
      fc.tuple(fc.nat(sound.length), bytes).map(([at, some]) => Buffer.concat([Buffer.from(sound.slice(0, at)), some])),
      fc.json({ maxDepth: 6 }).map((text) => Buffer.from(`[${text},"${SECRET}"]`)),
      fc
        .array(fc.array(fc.oneof(fc.string(), fc.constantFrom('17', '2026-11-20', '1', '"', SECRET)), { maxLength: 9 }))
        .map((rows) => Buffer.from([header, ...rows.map((row) => row.join(','))].join('\n'))),
    );
    const contentTypes = ['application/json', 'application/cloudevents+json', 'application/x-ndjson', 'text/csv'];
    await throughAll(sample(bodies, CASES.bodies), async (body, index) => {
      const path = index % 5 === 0 ? '/v1/interactions/validate' : '/v1/interactions';
      await send(body, contentTypes[index % contentTypes.length] as string, path);
    });
    expect(answered).toBeGreaterThanOrEqual(CASES.bodies);
  }, 180_000);

  it('has stored exactly what it said', async () => {
    const { rows } = await app.db.query<{ source: string; event_id: string }>(
      'select source, event_id from interactions',
    );
    const kept = rows.map(({ source, event_id }) => JSON.stringify([source, event_id]));
    expect(kept.sort()).toEqual([...stored].sort());
    expect(kept.length).toBeGreaterThan(CASES.events / 20);
    const keys = await app.db.query('select from interaction_keys');
    expect(keys.rowCount).toBe(kept.length);
  });

  it('has written nothing of anybody to its log', () => {
    const { customer, subject } = reporter;
    expect(lines.length).toBeGreaterThanOrEqual(answered);
    const text = lines.join('');
    for (const secret of [SECRET, subject, customer.customerId, customer.email, '85123A', '/tills/1']) {
      expect(text).not.toContain(secret);
    }
    expect(lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
  });
});
