import { startApp, type TestApp } from './support/app.js';
import { ProbeModule } from './support/probe.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ modules: [ProbeModule] });
});
afterAll(() => app.stop());

const echo = (body: string | Buffer, contentType = 'application/json') =>
  app.http
    .post('/probe/echo')
    .set('content-type', contentType)
    .serialize(String)
    .send(body as string);

async function post(path: string, body: Buffer | string, headers: Record<string, string>) {
  const response = await fetch(app.url + path, { method: 'POST', body, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const json = { 'content-type': 'application/json' };
const problem = (code: string) => `${app.url}/problems/${code}`;

describe('a body', () => {
  it('is taken as declared', async () => {
    await echo('{"count":1,"lines":[{"name":"a"}]}').expect(200, { count: 1, lines: [{ name: 'a' }] });
    await echo('{"count":1}', 'application/json; charset=UTF-8').expect(200);
  });

  it('has all of its faults pointed at, also in lists', async () => {
    const { body } = await echo('{"count":"1","lines":[{"name":"a"},{"name":7,"size":1}],"colour":"red"}').expect(400);
    expect(body.type).toBe(problem('invalid-request'));
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { pointer: '/count', detail: 'must be an integer number' },
        { pointer: '/lines/1/size', detail: 'is not known here' },
        { pointer: '/lines/1/name', detail: 'must be a string' },
        { pointer: '/colour', detail: 'is not known here' },
      ]),
    );
  });

  it.each([
    ['a list', '[{"count":1}]', 'must be an object'],
    ['null', 'null', 'must be an object'],
    ['a number', '1', 'must be an object'],
  ])('is refused when it is %s', async (_, text, detail) => {
    const { status, body } = await post('/probe/echo', text, json);
    expect({ status, errors: body['errors'] }).toEqual({ status: 400, errors: [{ pointer: '', detail }] });
  });

  it('is refused when it is nothing, by what it lacks', async () => {
    const { body } = await post('/probe/echo', '', json);
    expect(body['errors']).toEqual([{ pointer: '/count', detail: 'must be an integer number' }]);
  });

  it.each([
    ['cut short', '{"count":', 'malformed-json'],
    ['not UTF-8', Buffer.from('7b22e28228223a317d', 'hex'), 'malformed-json'],
    ['200 deep', `${'['.repeat(200)}${']'.repeat(200)}`, 'malformed-json'],
    ['100 000 deep', '{"a":'.repeat(100_000), 'malformed-json'],
    ['holding a NUL', '{"count":"\\u0000"}', 'malformed-json'],
    ['reaching for a prototype', '{"__proto__":{"count":1}}', 'malformed-json'],
  ])('is refused when it is %s', async (_, text, code) => {
    const { status, body } = await post('/probe/echo', text, json);
    expect({ status, type: body['type'] }).toEqual({ status: 400, type: problem(code) });
  });

  it('is refused beyond its limit, declared or not', async () => {
    const ten = Buffer.alloc(10 * 1024 * 1024, ' ');
    await expect(post('/probe/echo', ten, json)).resolves.toMatchObject({
      status: 413,
      body: { type: problem('body-too-large'), limit_bytes: 1_048_576 },
    });
    const stream = new Blob([ten]).stream();
    const chunked = await fetch(`${app.url}/probe/echo`, {
      method: 'POST',
      body: stream,
      headers: json,
      duplex: 'half',
    });
    expect(chunked.status).toBe(413);
  });

  it('may have a smaller limit', async () => {
    expect((await post('/probe/small', '{"a":1}', json)).status).toBe(200);
    await expect(post('/probe/small', '{"a":123456789012}', json)).resolves.toMatchObject({
      status: 413,
      body: { limit_bytes: 16 },
    });
  });

  it.each([
    ['text', 'text/plain', undefined],
    ['nothing said', '', undefined],
    ['a form where JSON is taken', 'application/x-www-form-urlencoded', undefined],
    ['another JSON type', 'application/cloudevents+json', undefined],
    ['another charset', 'application/json; charset=utf-16', undefined],
    ['compressed', 'application/json', 'gzip'],
  ])('is refused as unsupported when it is %s', async (_, contentType, encoding) => {
    const headers = { 'content-type': contentType, ...(encoding ? { 'content-encoding': encoding } : {}) };
    await expect(post('/probe/echo', '{"count":1}', headers)).resolves.toMatchObject({
      status: 415,
      body: { type: problem('unsupported-media-type'), accepted: ['application/json'] },
    });
  });

  it('may be of another JSON type where the route says so', async () => {
    expect((await post('/probe/event', '{"id":"1"}', { 'content-type': 'application/cloudevents+json' })).status).toBe(
      200,
    );
    expect((await post('/probe/event', '{"id":"1"}', json)).status).toBe(415);
  });

  it('may be a form where the route says so', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await expect(post('/probe/form', 'a=1&b=x+%C3%A4&a=2&__proto__=3', form)).resolves.toEqual({
      status: 200,
      body: JSON.parse('{"a":["1","2"],"b":"x ä","__proto__":"3"}'),
    });
    await expect(post('/probe/form', 'a=%C3', form)).resolves.toMatchObject({
      body: { type: problem('malformed-form') },
    });
    await expect(post('/probe/form', 'a=%00', form)).resolves.toMatchObject({
      body: { type: problem('malformed-form') },
    });
  });

  // A list that is copied for every repetition would take an hour.
  it('takes a form that repeats one field half a million times', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const { body } = await post('/probe/form', 'a&'.repeat(500_000), form);
    expect(body.a).toHaveLength(500_000);
  });
});

describe('a query', () => {
  it('is read as declared, and a large limit is lowered', async () => {
    await app.http.get('/probe/list?limit=7&colour=red').expect(200, { size: 7, after: null });
    await app.http.get('/probe/list?limit=9999').expect(200, { size: 200, after: null });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=x', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['colour=blue', 'colour'],
    ['color=red', 'color'],
    ['__proto__=1', '__proto__'],
    ['cursor=%00', 'cursor'],
    ['cursor=nonsense', 'cursor'],
  ])('is refused with %s', async (query, name) => {
    const { body } = await app.http.get(`/probe/list?${query}`).expect(400);
    expect(body.errors[0].pointer).toBe(`query/${name}`);
  });

  it('is refused where a route has none', async () => {
    const { body } = await app.http.get('/probe/slow/0?fast=true').expect(400);
    expect(body.errors).toEqual([{ pointer: 'query/fast', detail: 'is not known here' }]);
  });
});

describe('a path', () => {
  it('names a UUID in any case', async () => {
    const id = '019A9F3E-7B1C-7D20-9F5E-1C2D3E4F5A6B';
    await app.http.get(`/probe/things/${id}`).expect(200, { id: id.toLowerCase() });
  });

  it.each(['1', '019a9f3e-7b1c-7d20-9f5e-1c2d3e4f5a6', 'x'.repeat(400), '%00'])('is refused with %s', async (id) => {
    const { body } = await app.http.get(`/probe/things/${id}`).expect(400);
    expect(body.errors).toEqual([{ pointer: 'path/id', detail: 'must be a UUID' }]);
  });

  it('is refused when it is no address', async () => {
    await app.http.get('/probe/things/%E0%A4%A').expect(400);
  });
});
