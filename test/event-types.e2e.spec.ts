import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { eventTypes as consentable } from '../src/consents/event-types.js';
import { cloudEventType, eventTypes, keptTypeNames } from '../src/interactions/event-types.js';
import { exampleOf } from '../src/interactions/interactions.examples.js';
import type { JsonObject } from '../src/platform/json.js';
import { touchpoints } from '../src/vocabulary/code-lists.js';
import { anOperator } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { reporting } from './support/consents.js';
import { aReporter, report } from './support/events.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

/** Every object within a JSON value, itself among them. */
function partsOf(value: unknown): JsonObject[] {
  if (typeof value !== 'object' || value === null) return [];
  const parts = Object.values(value).flatMap(partsOf);
  return Array.isArray(value) ? parts : [value as JsonObject, ...parts];
}

const schemaOf = async (name: string) => (await app.http.get(`/v1/event-types/${name}`).expect(200)).text;
const names = eventTypes.map(({ name }) => name);

describe('the kinds of event', () => {
  it('are public, each with an example and the address of its schema', async () => {
    const { body, headers } = await app.http.get('/v1/event-types').expect(200);
    expect(headers['cache-control']).toBe('public, max-age=3600');
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(body.items[0]).toEqual({
      name: 'transaction.completed',
      type: 'org.ccx.interaction.transaction.completed.v1',
      version: 'v1',
      description: 'The customer bought something.',
      stage: 'shopping',
      schema: `${app.url}/v1/event-types/transaction.completed`,
      example: exampleOf(eventTypes[0]!),
    });
    await app.http.get('/v1/event-types').set('if-none-match', String(headers['etag'])).expect(304);
  });

  it('are what a consent can name, but for what takes an event back or its place', () => {
    expect(keptTypeNames.filter((name) => name !== 'event.voided')).toEqual([...consentable]);
    expect(names).toEqual([...consentable, 'event.voided', 'event.corrected']);
  });

  it.each(names)('have a schema of their own, by which their examples are valid: %s', async (name) => {
    const { headers, text } = await app.http.get(`/v1/event-types/${name}`).expect(200);
    expect(headers['content-type']).toContain('application/schema+json');
    await app.http.get(`/v1/event-types/${name}`).set('if-none-match', String(headers['etag'])).expect(304);

    const schema = JSON.parse(text) as JsonObject & { examples: JsonObject[] };
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `${app.url}/v1/event-types/${name}`,
      title: name,
      properties: { type: { const: cloudEventType(name) } },
    });
    const ajv = new Ajv2020({ strict: true, strictRequired: false });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    const isValid = ajv.compile(schema);
    const [example] = schema.examples as [JsonObject];
    expect(isValid(example)).toBe(true);
    expect(isValid({ ...example, data: { ...(example['data'] as JsonObject), cashier: 'Ann' } })).toBe(false);
    expect(isValid({ ...example, type: cloudEventType('web.hacked') })).toBe(false);
  });

  it('have schemas with no room for a text of whoever reports', async () => {
    for (const name of names) {
      const schema = JSON.parse(await schemaOf(name)) as { properties: { data: JsonObject } };
      const texts = partsOf(schema.properties.data).filter(
        (part) =>
          part['type'] === 'string' && ['enum', 'const', 'pattern', 'format'].every((keyword) => !(keyword in part)),
      );
      // Names of events, as in the envelope.
      expect(texts.filter(({ description }) => !/`(id|source)`/.test(JSON.stringify(description)))).toEqual([]);
    }
  });

  it('are no others', async () => {
    const { body } = await app.http.get('/v1/event-types/web.hacked').expect(404);
    expect(body.type).toBe(`${app.url}/problems/event-type-not-found`);
  });

  it('are components of the API description, each by itself', async () => {
    const { body } = await app.http.get('/openapi.json').expect(200);
    expect(body.components.schemas.InteractionEvent.oneOf).toHaveLength(names.length);
    expect(body.components.schemas.DressingRoomTriedEvent.properties).toMatchObject({
      type: { const: cloudEventType('dressing_room.tried') },
      data: { $ref: '#/components/schemas/DressingRoomTriedData' },
    });
  });
});

describe('reporting each kind', () => {
  it('keeps what its example says', async () => {
    const reporter = await aReporter(app, {
      retailer: await aRetailer(app, { touchpoints }),
      details: [{ ...reporting, event_types: [...consentable], touchpoints }],
    });
    const events = eventTypes.map((type, index) => {
      const { time: _, ...event } = exampleOf(type);
      return reporter.sale({ ...event, subject: reporter.subject, id: `event-${index}` });
    });
    const { body } = await report(reporter.tills, events);
    expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(names.map(() => 'stored'));
    const { body: seen } = await reporter.customer.api.get('/v1/me/interactions?limit=50').expect(200);
    const kept = seen.items.map(({ type }: { type: string }) => type);
    expect([...new Set(kept)].toSorted()).toEqual([...keptTypeNames].toSorted());
  });
});

describe('a client that is bound to sources', () => {
  it('reports from these alone', async () => {
    const reporter = await aReporter(app);
    const operator = await anOperator(app);
    const path = `/v1/admin/retailers/${reporter.retailer.id}/clients/${reporter.retailer.client.id}`;
    const bind = async (source_prefixes: string[]) => {
      const { headers } = await operator.api.get(path).expect(200);
      const changed = operator.api.patch(path).set('if-match', String(headers['etag']));
      expect((await changed.send({ source_prefixes }).expect(200)).body.source_prefixes).toEqual(source_prefixes);
    };
    await bind(['/tills/1', '/kiosks']);
    // Clients are kept for a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const from = (source: string) => reporter.sale({ source });
    const { body } = await report(reporter.tills, [from('/tills/1'), from('/tills/17'), from('/kiosks/3')]);
    expect(body.results.map(({ code, outcome }: Record<string, string>) => code ?? outcome)).toEqual([
      'stored',
      'source-not-allowed',
      'stored',
    ]);
    const refused = await report(reporter.tills, from('/tills/17'));
    expect({ status: refused.status, type: refused.body.type }).toEqual({
      status: 403,
      type: `${app.url}/problems/source-not-allowed`,
    });
  });

  it('has no more than twenty prefixes, none of them empty', async () => {
    const reporter = await aReporter(app);
    const operator = await anOperator(app);
    const path = `/v1/admin/retailers/${reporter.retailer.id}/clients`;
    for (const source_prefixes of [
      [''],
      Array.from({ length: 21 }, (_, index) => `/${index}`),
      ['/a', '/a'],
      'tills',
    ]) {
      const client = { client_name: 'Tills', scopes: ['interactions.write'], source_prefixes };
      const { body } = await operator.api.post(path).send(client).expect(400);
      expect(JSON.stringify(body.errors)).toContain('/source_prefixes');
    }
  });
});
