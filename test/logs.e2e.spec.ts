import { Writable } from 'node:stream';

import { pino } from 'pino';

import { describeError } from '../src/platform/http/logging.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { ProbeModule } from './support/probe.js';

type Line = Record<string, unknown>;

const lines: Line[] = [];
const sink = new Writable({
  write: (line: Buffer, _, done) => done(void lines.push(JSON.parse(String(line)) as Line)),
});
const logger = pino({ level: 'trace', base: null, serializers: { err: describeError } }, sink);

let app: TestApp;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp({ logger, modules: [ProbeModule] });
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

/** The line of the request with this id, which is written once its answer is out. */
async function lineOf(id: string): Promise<Line> {
  for (let i = 0; i < 100; i++) {
    const line = lines.find(({ request_id, msg }) => request_id === id && msg === 'request');
    if (line) return line;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('The request was not logged.');
}

describe('the log', () => {
  it('has a line for each request: what was asked, in the words of the route, and how it ended', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { headers } = await app.http
      .get('/probe/things/019a9f3e-7b1c-7d20-9f5e-1c2d3e4f5a6b')
      .set('traceparent', `00-${trace}-00f067aa0ba902b7-01`)
      .expect(200);
    expect(await lineOf(headers['x-request-id'] as string)).toEqual({
      level: 30,
      time: expect.any(Number),
      request_id: headers['x-request-id'],
      trace_id: trace,
      method: 'GET',
      route: '/probe/things/:id',
      status: 200,
      ms: expect.any(Number),
      msg: 'request',
    });
  });

  it('has one for each request to the OAuth engine, too', async () => {
    const { headers } = await app.http.get('/oauth/jwks?secret=hunter2').expect(200);
    expect(await lineOf(headers['x-request-id'] as string)).toMatchObject({ route: '/oauth/jwks', status: 200 });
    const interaction = await app.http.get('/oauth/authorize/some-interaction-of-mira');
    expect(await lineOf(interaction.headers['x-request-id'] as string)).toMatchObject({
      route: '/oauth/authorize/:uid',
    });
  });

  it('says what failed under the id that the caller got', async () => {
    const { body, headers } = await app.http.get('/probe/broken').expect(500);
    expect(body.instance).toBe(`urn:uuid:${headers['x-request-id']}`);
    const failure = lines.find(({ request_id, level }) => request_id === headers['x-request-id'] && level === 50);
    expect(failure).toMatchObject({ err: { type: 'Error', message: 'the secret is hunter2' } });
  });

  it('never says who called, with what, or what about', async () => {
    const me = await mira.api.get('/v1/me').expect(200);
    await mira.api
      .patch('/v1/me')
      .set('if-match', me.headers['etag'] as string)
      .send({ display_name: 'Mira the Logged' })
      .expect(200);
    await app.http.post('/v1/sessions').send({ email: mira.email, password: 'wrong and long enough' }).expect(401);
    await app.http.get('/v1/retailers?cursor=unlogged').expect(400);
    const text = JSON.stringify(lines.filter(({ level, msg }) => msg === 'request' || level === 40));
    for (const secret of [
      mira.customerId,
      mira.email,
      mira.token,
      mira.password,
      'Mira the Logged',
      'unlogged',
      '127.0.0.1',
      'hunter2',
      'some-interaction',
    ]) {
      expect(text).not.toContain(secret);
    }
  });
});
