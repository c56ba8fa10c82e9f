import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { Database } from '../src/platform/database/database.js';
import { Tracing } from '../src/platform/tracing/tracing.js';
import { aCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { runSetting } from './support/database-server.js';
import { sourcesIn } from './support/imports.js';
import { append, holdLogJobs, publishLog } from './support/log.js';
import { consentToken } from './support/oauth.js';
import { aRetailer } from './support/retailers.js';

/** In everything that somebody sends or that is kept of them. */
const MARK = 'walrus';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code?: number };
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: Pick<Span, 'attributes'>;
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

/** Takes traces by OTLP over HTTP, and checkpoints as an anchor. */
class Receiver {
  readonly bodies: string[] = [];
  readonly anchored: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    void buffer(request).then((body) => {
      if (request.url === '/v1/traces') this.bodies.push(body.toString());
      else this.anchored.push(String(request.headers['traceparent']));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get exports(): Export[] {
    return this.bodies.map((body) => JSON.parse(body) as Export);
  }

  get spans(): Span[] {
    return this.exports.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    );
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const caller = { trace: randomBytes(16).toString('hex'), span: randomBytes(8).toString('hex') };
const receiver = new Receiver();
let app: TestApp;
let ids: string[];

beforeAll(async () => {
  const url = await receiver.listen();
  app = await startApp({ config: { OTEL_EXPORTER_OTLP_ENDPOINT: url, LOG_ANCHOR_URL: `${url}/anchor?key=${MARK}` } });
  await holdLogJobs(app);
  ids = await traffic();
  await app.get(Tracing).onApplicationShutdown();
});
afterAll(async () => {
  await app.stop();
  receiver.close();
});

async function traffic(): Promise<string[]> {
  const retailer = await aRetailer(app);
  const customer = await aCustomer(app);
  const allergy = { attribute: 'brand.affinity', value: { brand: MARK }, strength: 'avoid' };
  const { body } = await customer.api
    .post('/v1/me/preferences')
    .set('traceparent', `00-${caller.trace}-${caller.span}-01`)
    .set('tracestate', `vendor=${MARK}`)
    .set('baggage', `name=${MARK}`)
    .set('user-agent', MARK)
    .send(allergy)
    .expect(201);
  await customer.api.get(`/v1/me/preferences/${body.id}`).expect(200);
  await customer.api.get(`/v1/me/preferences?attribute=${MARK}`).expect(200);
  await app.http.get(`/${MARK}?${MARK}=${MARK}`).set('traceparent', `00-${MARK}-01`).expect(404);
  const details = [
    { type: 'ccx_preferences', purposes: ['dpv:ServicePersonalisation'], attributes: ['brand'], touchpoints: ['web'] },
  ];
  const till = await consentToken(app, retailer, customer, { details });
  expect((await till.fetch('GET', '/v1/preferences?touchpoint=web&stage=shopping')).status).toBe(200);
  await aFault();
  await append(app, 1);
  await publishLog(app);
  await app.runJob('log-anchors');
  return [body.id, customer.key.customerId, retailer.id, till.consentId];
}

/** A request that fails with an error in which the database quotes what it was given. */
async function aFault(): Promise<void> {
  const request = { method: 'GET', headers: {} } as IncomingMessage;
  const database = app.get(Database);
  let failing: Promise<unknown> | undefined;
  app.get(Tracing).serve(request, new EventEmitter() as ServerResponse, () => {
    failing = database.transaction((tx) => tx.query(`select '${MARK}'::int`));
  });
  await expect(failing).rejects.toThrow(MARK);
  app.get(Tracing).answered(request, '/faulty', 500);
}

const named = (name: string): Span[] => receiver.spans.filter((span) => span.name === name);
const attribute = (span: Span | undefined, key: string) => {
  const { stringValue, intValue } = span?.attributes.find((one) => one.key === key)?.value ?? {};
  return stringValue ?? intValue;
};

describe('a trace', () => {
  it('goes on with that of the caller', () => {
    const [span] = named('POST /v1/me/preferences');
    expect(span).toMatchObject({ traceId: caller.trace, parentSpanId: caller.span, kind: SERVER });
  });

  it('begins with the request where the caller names none', () => {
    const [span] = named('GET /v1/preferences');
    expect(span).toMatchObject({ kind: SERVER });
    expect(span?.parentSpanId ?? '').toBe('');
    expect(span?.traceId).not.toBe(caller.trace);
  });

  it('tells the route, the method and the status of each request, whoever answers it', () => {
    const [read] = named('GET /v1/me/preferences/:id');
    expect(read?.attributes.map(({ key }) => key).toSorted()).toEqual([
      'http.request.method',
      'http.response.status_code',
      'http.route',
    ]);
    expect(attribute(read, 'http.response.status_code')).toBe(200);
    expect(named('POST /oauth/token').map((span) => attribute(span, 'http.response.status_code'))).toContain(200);
    const [nowhere] = named('GET unknown');
    expect(nowhere?.parentSpanId ?? '').toBe('');
    expect(attribute(nowhere, 'http.response.status_code')).toBe(404);
  });

  it('holds what the database is asked for, by name, below the request that asks', () => {
    const [recording] = named('POST /v1/me/preferences');
    const transactions = named('transaction').filter(({ traceId }) => traceId === caller.trace);
    expect(transactions.length).toBeGreaterThan(0);
    expect(transactions[0]).toMatchObject({ parentSpanId: recording?.spanId, kind: CLIENT });
    expect(attribute(transactions[0], 'db.system.name')).toBe('postgresql');

    const [reading] = named('GET /v1/preferences');
    const asked = receiver.spans.filter(({ traceId, kind }) => traceId === reading?.traceId && kind === CLIENT);
    expect(asked.map(({ name }) => name)).toEqual(expect.arrayContaining([expect.stringMatching(/^disclosures\./)]));
    const below = new Set([reading?.spanId, ...asked.map(({ spanId }) => spanId)]);
    expect(asked.filter(({ parentSpanId }) => !below.has(parentSpanId))).toEqual([]);
  });

  it('reaches those who are called', () => {
    const calls = named('POST').filter((span) => span.kind === CLIENT);
    expect(receiver.anchored.length).toBeGreaterThan(0);
    expect(receiver.anchored).toEqual(calls.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
    expect(calls[0]?.attributes.map(({ key }) => key).toSorted()).toEqual([
      'http.request.method',
      'http.response.status_code',
      'server.address',
      'server.port',
    ]);
  });

  it('is not made of work that nobody asked for', () => {
    const roots = receiver.spans.filter(({ parentSpanId }) => !parentSpanId);
    expect(roots.filter(({ name }) => !/^(GET|POST|PUT|PATCH|DELETE)\b/.test(name))).toEqual([]);
  });

  it('tells a fault by its kind, and in no words', () => {
    const [request] = named('GET /faulty');
    const [transaction] = receiver.spans.filter(({ parentSpanId }) => parentSpanId === request?.spanId);
    expect([request?.status, attribute(request, 'error.type')]).toEqual([{ code: ERROR }, '500']);
    expect([transaction?.status, attribute(transaction, 'error.type')]).toEqual([{ code: ERROR }, '22P02']);
  });

  it('says who tells it', () => {
    const [first] = receiver.exports[0]!.resourceSpans;
    const { attributes } = first!.resource;
    expect(attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'ccx' } });
    expect(attributes.map(({ key }) => key)).toContain('service.instance.id');
  });

  it('holds nothing of what anybody sent or is kept of them', () => {
    const bytes = receiver.bodies.join('\n');
    expect(bytes.length).toBeGreaterThan(1_000);
    expect(bytes).not.toContain(MARK);
    for (const id of ids) expect(bytes).not.toContain(id);
    // Ids of services are all that looks like one.
    const instances = receiver.exports.flatMap(({ resourceSpans }) =>
      resourceSpans.map(({ resource }) => attribute(resource as Span, 'service.instance.id')),
    );
    const uuids = bytes.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? [];
    expect(uuids.filter((uuid) => !instances.includes(uuid))).toEqual([]);
  });
});

describe('where those who take traces are away', () => {
  it('requests are answered, and a stop is a stop', async () => {
    const tracing = await Tracing.of({ tracesTo: 'http://127.0.0.1:1/v1/traces' });
    const request = { method: 'GET', headers: {} } as IncomingMessage;
    const handle = jest.fn();
    tracing.serve(request, new EventEmitter() as ServerResponse, handle);
    tracing.answered(request, '/lost', 200);
    expect(handle).toHaveBeenCalledTimes(1);
    await expect(tracing.onApplicationShutdown()).resolves.toBeUndefined();
  });
});

describe('where nobody takes traces', () => {
  it('nothing of OpenTelemetry is loaded', async () => {
    const tracing = pathToFileURL(join(runSetting('compiled'), 'src/platform/tracing/tracing.js')).href;
    const program = `
      import Module from 'node:module';
      const { Tracing } = await import(${JSON.stringify(tracing)});
      const loaded = async (tracesTo) => {
        await Tracing.of({ tracesTo });
        return Object.keys(Module._cache).some((path) => path.includes('@opentelemetry'));
      };
      console.log(await loaded(undefined), await loaded('http://127.0.0.1:4318/v1/traces'));
      process.exit();`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    expect(stdout).toBe('false true\n');
  });

  it('nothing else loads it', () => {
    const naming = (...names: string[]) =>
      sourcesIn(join(__dirname, '../src'))
        .filter(({ text }) => names.some((name) => text.includes(name)))
        .map(({ path }) => path)
        .toSorted();
    const users = ['platform/tracing/open-telemetry.ts', 'platform/tracing/trace-parent.ts'];
    expect(naming('@opentelemetry/')).toEqual(users);
    expect(naming('/open-telemetry.js', '/trace-parent.js')).toEqual([users[0], 'platform/tracing/tracing.ts']);
  });
});
