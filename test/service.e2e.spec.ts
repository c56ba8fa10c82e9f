import { setTimeout as delay } from 'node:timers/promises';

import { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner.js';

import { stopApp } from '../src/app.js';
import { serviceDataSource } from '../src/platform/database/data-source.js';
import { Drain } from '../src/platform/http/drain.js';
import { startApp, type TestApp } from './support/app.js';
import { onServer, runSetting } from './support/database-server.js';
import { ProbeModule } from './support/probe.js';

let app: TestApp;
beforeEach(async () => {
  app = await startApp({ modules: [ProbeModule] });
});
afterEach(() => app.stop());

describe('the service', () => {
  it('says that it runs and that it takes requests', async () => {
    await app.http.get('/health/live').expect(200, { status: 'ok' });
    await app.http.get('/health/ready').expect(200, { status: 'ok' });
  });

  it('is not ready while its database does not answer', async () => {
    const name = new URL(app.databaseUrl).pathname.slice(1);
    const allowConnections = (allowed: boolean) =>
      onServer(runSetting('serverUrl'), (client) =>
        client.query(`alter database ${name} allow_connections ${allowed}`),
      );
    await allowConnections(false);
    await onServer(runSetting('serverUrl'), (client) =>
      client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]),
    );
    try {
      const { body } = await app.http.get('/health/ready').expect(503).expect('retry-after', '1');
      expect(body).toMatchObject({ type: `${app.url}/problems/unavailable`, retryable: true });
      await app.http.get('/health/live').expect(200);
    } finally {
      await allowConnections(true);
    }
    await app.http.get('/health/ready').expect(200);
  });

  it('does a thing once when the database does not say whether it was done', async () => {
    const commit = PostgresQueryRunner.prototype.commitTransaction;
    // Background jobs commit meanwhile, too.
    const registers = `select exists (select from customers where xmin = pg_current_xact_id()::xid) as here`;
    const lost = jest.spyOn(PostgresQueryRunner.prototype, 'commitTransaction').mockImplementation(async function (
      this: PostgresQueryRunner,
    ) {
      const [{ here }] = (await this.query(registers)) as [{ here: boolean }];
      await commit.call(this);
      if (here) throw new Error('Connection terminated unexpectedly');
    });
    await app.http
      .post('/v1/customers')
      .send({ email: 'mira@example.org', password: 'three geese over the canal' })
      .expect(503);
    lost.mockRestore();
    await app.http
      .post('/v1/sessions')
      .send({ email: 'mira@example.org', password: 'three geese over the canal' })
      .expect(201);
  });

  it('acts as a role that cannot change what is append-only, whatever its URL says', async () => {
    const source = serviceDataSource({
      url: `${app.databaseUrl}?options=-c%20work_mem%3D8MB`,
      pool: 1,
      applicationName: 'test',
    });
    await source.initialize();
    try {
      await expect(source.query('select current_user, current_setting($1)', ['work_mem'])).resolves.toEqual([
        { current_user: 'ccx_app', current_setting: '8MB' },
      ]);
    } finally {
      await source.destroy();
    }
  });

  it('answers what it does not have with a problem', async () => {
    const { body } = await app.http
      .get('/nowhere')
      .expect(404)
      .expect('content-type', /^application\/problem\+json/);
    expect(body).toEqual({
      type: `${app.url}/problems/not-found`,
      title: 'No such resource',
      status: 404,
      detail: 'There is nothing at this address.',
      instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
      retryable: false,
    });
    await app.http.delete('/health/live').expect(404);
  });

  it('keeps the text of its own faults to itself', async () => {
    const { body, text } = await app.http.get('/probe/broken').expect(500);
    expect(body).toMatchObject({ type: `${app.url}/problems/internal`, retryable: true });
    expect(text).not.toContain('hunter2');
  });

  it('refuses a route that does not say who may call it', async () => {
    await app.http.get('/probe/undeclared').expect(403);
  });

  it('lets no answer be stored, framed or sniffed unless a route says so', async () => {
    await app.http
      .get('/health/live')
      .expect('cache-control', 'no-store')
      .expect('x-content-type-options', 'nosniff')
      .expect('content-security-policy', /^default-src 'none'/)
      .expect('x-frame-options', 'DENY');
    await app.http.get('/problems').expect('cache-control', 'public, max-age=3600');
  });
});

describe('a request', () => {
  it('keeps the id that it comes with, when that is a UUID', async () => {
    const id = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
    await app.http.get('/health/live').set('x-request-id', id).expect('x-request-id', id);
    await app.http
      .get('/health/live')
      .set('x-request-id', id.replaceAll('-', '').toUpperCase())
      .expect('x-request-id', id);
    const { body, headers } = await app.http.get('/nowhere').set('x-request-id', '<script>');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(body.instance).toBe(`urn:uuid:${headers['x-request-id']}`);
  });
});

describe('a problem', () => {
  it('has a page at its type', async () => {
    const { body } = await app.http.get('/nowhere');
    const path = new URL(body.type).pathname;
    const json = await app.http.get(path).set('accept', 'application/json').expect(200);
    expect(json.body).toMatchObject({ type: body.type, code: 'not-found', status: 404, retryable: false });
    const page = await app.http.get(path).set('accept', 'text/html,*/*;q=0.8').expect(200);
    expect(page.text).toContain(`<p>${json.body.advice}</p>`);
  });

  it('is listed with all others', async () => {
    const { body } = await app.http.get('/problems').expect(200);
    const codes = body.items.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(expect.arrayContaining(['invalid-request', 'not-found', 'unavailable']));
    const page = await app.http.get('/problems').set('accept', 'text/html').expect(200);
    for (const code of codes) expect(page.text).toContain(`<a href="/problems/${code}">`);
  });

  it('is not found by another name', async () => {
    await app.http.get('/problems/none').expect(404);
    await app.http
      .get('/problems/%3Cscript%3E')
      .set('accept', 'text/html')
      .expect('content-type', /problem\+json/)
      .expect(404);
  });
});

describe('a service that is told to stop', () => {
  it('finishes what is under way, turns new requests away and says so to its balancer', async () => {
    const underWay = app.http.get('/probe/slow/400').then((response) => response.status);
    await delay(100);
    const stopped = app.get(Drain).begin(10);
    await app.http.get('/probe/slow/0').expect(503).expect('connection', 'close').expect('retry-after', '1');
    await app.http.get('/health/live').expect(200);
    await app.http.get('/health/ready').expect(503);
    await stopped;
    await expect(underWay).resolves.toBe(200);
  });

  it('does not wait for ever', async () => {
    const underWay = app.http.get('/probe/slow/60000').then(
      () => 'answered',
      () => 'cut off',
    );
    await delay(100);
    await app.get(Drain).begin(0.2);
    await expect(Promise.race([underWay, Promise.resolve('still under way')])).resolves.toBe('still under way');
    await stopApp(app.nest, app.config);
    await expect(underWay).resolves.toBe('cut off');
  });
});
