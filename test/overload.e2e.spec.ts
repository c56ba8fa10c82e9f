import { Controller, Get, Module, Param, Post, StreamableFile } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';

import { AccessGuard } from '../src/authorization/access.guard.js';
import { ReadingController } from '../src/disclosures/reading.controller.js';
import { IntakeController } from '../src/interactions/intake.controller.js';
import { Database } from '../src/platform/database/database.js';
import { Access } from '../src/platform/http/access.js';
import { traitsOf } from '../src/platform/http/route.js';
import { textStream } from '../src/platform/http/text-stream.js';
import { Metrics } from '../src/platform/metrics/metrics.js';
import { Overload } from '../src/platform/overload/overload.js';
import { Weighs, WeighsEach } from '../src/platform/overload/weight.js';
import { startApp, type TestApp } from './support/app.js';
import { aCaller, nobody, type TestCaller, withToken } from './support/callers.js';
import { eventually } from './support/eventually.js';
import { documentedOperations, emptyBody, someAddress } from './support/operations.js';
import { rawConnection } from './support/raw.js';

const REQUESTS_PER_MINUTE = 300;

/** Requests that are held until a test lets them go on, in the order in which they got there. */
const held = new Map<string, () => void>();
const begun: string[] = [];

function hold(name: string): Promise<object> {
  begun.push(name);
  return new Promise((resolve) => held.set(name, () => resolve({ name })));
}

async function letGo(name: string): Promise<void> {
  const go = await eventually(() => held.get(name) ?? Promise.reject(new Error(`${name} has not begun`)));
  held.delete(name);
  go();
}

/** Lets as many go on as there are, each when it has its turn. */
async function letAllGo(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await eventually(() => expect(begun.length).toBeGreaterThan(n));
    await letGo(begun[n]!);
  }
}

let endOfStream: () => void;
const streamEnded = new Promise<void>((resolve) => {
  endOfStream = resolve;
});

async function* endless(): AsyncGenerator<string> {
  try {
    for (;;) yield 'x'.repeat(65_536);
  } finally {
    endOfStream();
  }
}

@Controller('held')
class HeldController {
  @Get('for/anybody/:name')
  @ApiExcludeEndpoint()
  @Access('public')
  anybody(@Param('name') name: string): Promise<object> {
    return hold(name);
  }

  @Get('for/retailers/:name')
  @ApiExcludeEndpoint()
  @Access('retailer')
  retailers(@Param('name') name: string): Promise<object> {
    return hold(name);
  }

  @Get('heavy/:name')
  @ApiExcludeEndpoint()
  @Access('public')
  @Weighs(2)
  heavy(@Param('name') name: string): Promise<object> {
    return hold(name);
  }

  @Post('each')
  @ApiExcludeEndpoint()
  @Access('public')
  @WeighsEach((body) => (body as { names?: unknown }).names)
  each(): Promise<object> {
    return hold('each');
  }

  @Get('endless')
  @ApiExcludeEndpoint()
  @Access('public')
  endless(): StreamableFile {
    return new StreamableFile(textStream(endless()));
  }
}

@Module({ controllers: [HeldController] })
class HeldModule {}

let app: TestApp;
let overload: Overload;
beforeAll(async () => {
  app = await startApp({
    modules: [HeldModule],
    config: {
      REQUESTS_AT_ONCE: '1',
      REQUESTS_IN_LINE: '60',
      REQUEST_WAIT_SECONDS: '30',
      RATE_LIMITS: 'on',
      REQUESTS_PER_MINUTE: String(REQUESTS_PER_MINUTE),
    },
  });
  overload = app.get(Overload);
});
afterEach(() => {
  jest.restoreAllMocks();
  begun.length = 0;
});
afterAll(() => app.stop());

const waiting = (count: number) => eventually(() => expect(overload.admission.waiting).toBe(count));
const begins = (name: string) => eventually(() => expect(begun).toContain(name));

/** Asks for these one after the other, each once the one before it is here. */
async function line(caller: TestCaller, path: string, names: readonly string[]) {
  const answers = [];
  for (const name of names) {
    const before = overload.admission.waiting;
    answers.push(caller.call('get', `/held/${path}/${name}`));
    if (begun.length === 0) await begins(name);
    else await waiting(before + 1);
  }
  return answers;
}

describe('when there is more to do than the service can', () => {
  it('retailers take turns, however much one of them asks for', async () => {
    const [flood, polite] = [await aCaller(app, 'retailer'), await aCaller(app, 'retailer')];
    // From now on their tokens are known, and each has a line of its own.
    for (const caller of [flood, polite]) await caller.call('get', '/v1/retailer');
    const answers = [
      ...(await line(flood, 'for/retailers', ['f1', 'f2', 'f3', 'f4'])),
      ...(await line(polite, 'for/retailers', ['p1', 'p2'])),
    ];
    await letAllGo(6);
    expect(begun).toEqual(['f1', 'f2', 'p1', 'f3', 'p2', 'f4']);
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
  });

  it('kinds of callers take turns', async () => {
    const retailer = await aCaller(app, 'retailer');
    await retailer.call('get', '/v1/retailer');
    const answers = [
      ...(await line(nobody(app), 'for/anybody', ['a1', 'a2', 'a3'])),
      ...(await line(retailer, 'for/retailers', ['r1'])),
    ];
    await letAllGo(4);
    expect(begun.indexOf('r1')).toBeLessThan(begun.indexOf('a3'));
    await Promise.all(answers);
  });

  it('a request that has waited too long is told when to come again, before anything was done for it', async () => {
    const first = nobody(app).call('get', '/held/for/anybody/first');
    await begins('first');
    const guard = jest.spyOn(app.get(AccessGuard), 'canActivate');
    const second = nobody(app).call('get', '/held/for/anybody/second');
    await waiting(1);
    const [ticket] = overload.admission.tick(0);
    jest.spyOn(overload.admission, 'tick').mockReturnValueOnce([ticket!]);
    const { status, headers, body } = await second;
    expect({ status, wait: headers.get('retry-after') }).toEqual({ status: 503, wait: '30' });
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({ type: `${app.url}/problems/overloaded`, status: 503, retryable: true });
    expect(guard).not.toHaveBeenCalled();
    await letGo('first');
    expect((await first).status).toBe(200);
    expect(begun).toEqual(['first']);
  });

  it('what has no room is refused at once, and others are let in', async () => {
    const retailer = await aCaller(app, 'retailer');
    await retailer.call('get', '/v1/retailer');
    const names = Array.from({ length: 30 }, (_, n) => `n${n}`);
    const answers = await line(nobody(app), 'for/anybody', names);
    const { status, body } = await nobody(app).call('get', '/held/for/anybody/more');
    expect({ status, type: body.type }).toEqual({ status: 503, type: `${app.url}/problems/overloaded` });
    const letIn = retailer.call('get', '/held/for/retailers/r');
    await waiting(30);
    await app.http.get('/health/ready').expect(200);
    await letAllGo(31);
    expect(begun.indexOf('r')).toBeLessThan(3);
    expect((await letIn).status).toBe(200);
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200);
  });

  it('every operation says so in its own way', async () => {
    const operations = documentedOperations(app.document).filter(({ path }) => !path.startsWith('/health/'));
    jest.spyOn(overload.admission, 'enter').mockReturnValue(undefined);
    jest.spyOn(overload.resting, 'add').mockReturnValue();
    const told: Record<string, string> = {};
    for (const operation of operations) {
      const { method, id } = operation;
      const answer = await nobody(app).call(method, someAddress(operation), emptyBody(operation));
      const { type, error } = answer.body as { type?: string; error?: string };
      told[id] = `${answer.status} ${answer.headers.get('retry-after')} ${type ?? error ?? ''}`;
    }
    const said = (id: string, method: string) => {
      if (method === 'head') return '503 1 ';
      return id in oauth ? '503 1 temporarily_unavailable' : `503 1 ${app.url}/problems/overloaded`;
    };
    const oauth = Object.fromEntries(operations.filter(({ path }) => isOfEngine(path)).map(({ id }) => [id, true]));
    expect(Object.keys(oauth)).toHaveLength(11);
    expect(told).toEqual(Object.fromEntries(operations.map(({ id, method }) => [id, said(id, method)])));
  });

  it('people are told on a page', async () => {
    jest.spyOn(overload.admission, 'enter').mockReturnValue(undefined);
    const answer = await app.http.get('/oauth/authorize').set('accept', 'text/html,*/*;q=0.8').expect(503);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.text).toContain('Try again');
  });

  it('an operation that weighs more keeps others out for longer', async () => {
    const { admission } = overload;
    const heavy = nobody(app).call('get', '/held/heavy/h');
    await begins('h');
    expect(admission.placesTaken).toBe(2);
    await letGo('h');
    await heavy;
    await eventually(() => expect(admission.placesTaken).toBe(0));
  });

  it.each([
    [1, ['a']],
    [3, ['a', 'b', 'c']],
    [4, ['a', 'b', 'c', 'd', 'e']],
    [4, 'whatever'],
    [4, undefined],
  ])('an operation on many takes %i places for %j', async (places, names) => {
    const { admission } = overload;
    const body = { text: JSON.stringify({ names }), contentType: 'application/json' };
    const many = nobody(app).call('post', '/held/each', body);
    await begins('each');
    expect(admission.placesTaken).toBe(places);
    await letGo('each');
    await many;
    await eventually(() => expect(admission.placesTaken).toBe(0));
  });

  it.each([
    ['lookUpPreferences', { subjects: ['a'] }, 1],
    ['lookUpPreferences', { subjects: ['a', 'b', 'c', 'd', 'e'] }, 4],
    ['lookUpPreferences', null, 4],
    ['reportInteractions', { id: '1' }, 1],
    ['reportInteractions', [{ id: '1' }, { id: '2' }], 2],
    ['reportInteractions', '{"id":"1"}\n', 4],
    ['validateInteractions', [{ id: '1' }], 1],
  ])('%s weighs 4 until its body is read, and %j then makes it %i', (operation, body, weight) => {
    const { prototype } = operation === 'lookUpPreferences' ? ReadingController : IntakeController;
    const traits = traitsOf(Reflect.get(prototype, operation) as object);
    expect([traits.weight, traits.weightOf?.(body)]).toEqual([4, weight]);
  });

  it('numbers tell of it', async () => {
    const [answer, second] = await line(nobody(app), 'for/anybody', ['m1', 'm2']);
    const text = await app.get(Metrics).registry.metrics();
    expect(text).toContain('ccx_request_places_taken 1\n');
    expect(text).toContain('ccx_requests_in_line 1\n');
    expect(text).toContain('ccx_callers_in_line 1\n');
    expect(text).toMatch(/^ccx_requests_refused_total\{reason="no_room"\} [1-9]/m);
    expect(text).toMatch(/^ccx_connections [1-9]/m);
    expect(text).toMatch(/^ccx_event_loop_delay_seconds \d/m);
    await letAllGo(2);
    await Promise.all([answer, second]);
  });
});

function isOfEngine(path: string): boolean {
  return /^\/(oauth\/(?!grants)|\.well-known\/(openid|oauth-authorization))/.test(path);
}

describe('a slow caller', () => {
  it('takes no place while the body is on its way', async () => {
    const { send, received } = await rawConnection(app.config.PORT);
    const body = '{"email":"mira@example.org","password":"three geese over the canal"}';
    const headers = `host: ccx\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
    send(`POST /v1/sessions HTTP/1.1\r\n${headers}\r\n\r\n${body.slice(0, 10)}`);
    await eventually(() => expect(overload.connections.count).toBeGreaterThan(0));
    await app.http.get('/problems').expect(200);
    expect(overload.admission.placesTaken).toBe(0);
    send(body.slice(10));
    expect(await received('\r\n\r\n')).toMatch(/^HTTP\/1.1 401 /);
  });

  it('gives the place back while reading the answer', async () => {
    const { socket, send, received } = await rawConnection(app.config.PORT);
    send('GET /held/endless HTTP/1.1\r\nhost: ccx\r\n\r\n');
    await received('xxx');
    socket.pause();
    expect(overload.admission.placesTaken).toBe(1);
    overload.takeStock();
    overload.takeStock();
    expect(overload.admission.placesTaken).toBe(0);
    await app.http.get('/problems').expect(200);
    socket.destroy();
    await streamEnded;
  });

  it('leaves nothing behind of what it has asked for in advance and does not wait for', async () => {
    const { socket, send } = await rawConnection(app.config.PORT);
    const asks = ['p1', 'p2', 'p3', 'p4'].map((name) => `GET /held/for/anybody/${name} HTTP/1.1\r\nhost: ccx\r\n\r\n`);
    send(asks.join(''));
    await waiting(3);
    socket.destroy();
    await waiting(0);
    await letGo('p1');
    await eventually(() => expect(overload.admission.roomTaken).toBe(0));
  });

  it('goes by no door for those who ask how the service is, with what takes work', async () => {
    const name = 'behind';
    const answer = nobody(app).call('get', `/held/for/anybody/${name}`);
    await begins(name);
    await app.http.get('/health/ready').expect(200);
    const posted = nobody(app).call('post', '/health/ready');
    await waiting(1);
    await letGo(name);
    expect([(await answer).status, (await posted).status]).toEqual([200, 404]);
  });

  it('is told what was wrong with a request that never was one', async () => {
    const { send, closed } = await rawConnection(app.config.PORT);
    send('HELLO\r\n\r\n');
    const answer = await closed();
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({
      type: `${app.url}/problems/invalid-request`,
      status: 400,
    });
    const large = await rawConnection(app.config.PORT);
    large.send(`GET / HTTP/1.1\r\nhost: ccx\r\nx: ${'x'.repeat(33_000)}\r\n\r\n`);
    expect(await large.closed()).toContain(`${app.url}/problems/headers-too-large`);
  });

  it('is told nothing in the middle of another answer', async () => {
    const { send, received, closed } = await rawConnection(app.config.PORT);
    send('GET /held/endless HTTP/1.1\r\nhost: ccx\r\n\r\n');
    await received('xxx');
    send('HELLO\r\n\r\n');
    expect(await closed()).not.toContain('400 Bad Request');
  });
});

describe('a process that is late', () => {
  it('lets nobody in who has much here already', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `l${n}`);
    const answers = await line(nobody(app), 'for/anybody', names);
    jest.spyOn(overload.loop, 'delayMs', 'get').mockReturnValue(5_000);
    overload.takeStock();
    expect((await nobody(app).call('get', '/held/for/anybody/more')).status).toBe(503);
    jest.restoreAllMocks();
    overload.takeStock();
    await letAllGo(answers.length);
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
  });
});

describe('the database', () => {
  it('is waited for so long, when all connections are in use', async () => {
    const { pool } = app.get(Database);
    const clients = [];
    try {
      while (clients.length < pool.options.max) clients.push(await pool.connect());
      pool.options.connectionTimeoutMillis = 50;
      const { body, headers } = await app.http.get('/v1/retailers').expect(503);
      expect(body).toMatchObject({ type: `${app.url}/problems/unavailable`, retryable: true });
      expect(headers['retry-after']).toBe('1');
    } finally {
      for (const client of clients) client.release();
      pool.options.connectionTimeoutMillis = 5_000;
    }
    await app.http.get('/v1/retailers').expect(200);
  });
});

describe('tokens that are worth nothing', () => {
  it('are not looked at any more once too many came from an address, and known ones go on', async () => {
    const good = await aCaller(app, 'customer');
    expect((await good.call('get', '/v1/me')).status).toBe(200);
    const answers = new Map<number, number>();
    for (let n = 0; n <= REQUESTS_PER_MINUTE; n++) {
      const { status } = await withToken(app, `bad-${n}`.padEnd(43, 'x')).call('get', '/v1/me');
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
    expect(answers).toEqual(
      new Map([
        [401, REQUESTS_PER_MINUTE],
        [429, 1],
      ]),
    );
    const guard = jest.spyOn(app.get(AccessGuard), 'canActivate');
    const { status, headers, body } = await withToken(app, 'another').call('get', '/v1/me');
    expect({ status, type: body.type }).toEqual({ status: 429, type: `${app.url}/problems/rate-limited` });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(guard).not.toHaveBeenCalled();
    expect((await good.call('get', '/v1/me')).status).toBe(200);
    expect((await nobody(app).call('get', '/v1/retailers')).status).toBe(200);
  });
});
