import { RateLimitedError } from '../src/platform/errors.js';
import { countedLimits, RateLimits } from '../src/platform/http/rate-limits.js';
import { startApp, type TestApp } from './support/app.js';
import { ProbeModule } from './support/probe.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ modules: [ProbeModule], config: { RATE_LIMITS: 'on', REQUESTS_PER_MINUTE: '3' } });
});
afterAll(() => app.stop());

describe('a caller', () => {
  it('may call so often, and is told what is left', async () => {
    await app.http
      .get('/probe/slow/0')
      .expect(200)
      .expect('ratelimit-policy', '"default";q=3;w=60')
      .expect('ratelimit', /^"default";r=2;t=\d+$/);
    await app.http.get('/probe/list').expect(200);
    await app.http.get('/probe/slow/0').expect(200);
    const { body, headers } = await app.http.get('/probe/slow/0').expect(429);
    expect(body).toMatchObject({ type: `${app.url}/problems/rate-limited`, retryable: true });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(headers['ratelimit']).toMatch(/^"default";r=0/);
  });

  it('is not limited where monitors ask', async () => {
    for (let i = 0; i < 5; i++) await app.http.get('/health/live').expect(200);
  });

  it('has a count of its own where a route has a limit of its own', async () => {
    await app.http.get('/probe/limited').expect(200);
    await app.http.get('/probe/limited').expect(200);
    await app.http.get('/probe/limited').expect(429).expect('ratelimit-policy', '"probe";q=2;w=60');
  });
});

describe('an address', () => {
  it.each(['par', 'token', 'revoke', 'introspect', 'device_authorization'])(
    'may ask /oauth/%s so often, whoever it says it is',
    async (name) => {
      const ask = () => app.http.post(`/oauth/${name}`).type('form').send({ client_id: 'nobody' });
      let answer = await ask();
      for (let i = 0; i < 3 && answer.status !== 429; i++) answer = await ask();
      expect({ status: answer.status, error: answer.body.error }).toEqual({
        status: 429,
        error: 'temporarily_unavailable',
      });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    },
  );

  it('may open the engine’s pages so often, and read what it publishes as often as it likes', async () => {
    for (const page of ['authorize', 'device']) await app.http.get(`/oauth/${page}`).expect(429);
    await app.http.get('/oauth/jwks').expect(200);
  });
});

describe('what is counted in the database', () => {
  it('is counted per name and key, over all processes, until its window ends', async () => {
    const limits = app.get(RateLimits);
    const { points, seconds } = countedLimits.recovery;
    const tries = await Promise.allSettled(
      Array.from({ length: points + 3 }, () => limits.consume('recovery', 'someone@example.org')),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(points);
    await expect(limits.consume('recovery', 'someone@example.org')).rejects.toThrow(RateLimitedError);
    await expect(limits.consume('recovery', 'another@example.org')).resolves.toBeDefined();
    await expect(limits.consume('code', 'someone@example.org')).resolves.toBeDefined();
    app.clock.advance({ seconds });
    await expect(limits.consume('recovery', 'someone@example.org')).resolves.toBeDefined();
  });

  it('is given back to its own window, and to no other', async () => {
    const limits = app.get(RateLimits);
    const { points, seconds } = countedLimits.recovery;
    const spend = () => limits.consume('recovery', 'forgetful@example.org');
    const uses = await Promise.all(Array.from({ length: points }, spend));
    await limits.giveBack(uses.slice(0, 2));
    await spend();
    await spend();
    await expect(spend()).rejects.toThrow(RateLimitedError);
    app.clock.advance({ seconds });
    await limits.giveBack(uses);
    for (let count = 0; count < points; count++) await spend();
    await expect(spend()).rejects.toThrow(RateLimitedError);
  });

  it('is forgotten once no window can need it', async () => {
    await app.get(RateLimits).consume('code', 'short-lived');
    app.clock.advance({ days: 1 });
    await app.runJob('rate-limits');
    const { rows } = await app.db.query('select 1 from rate_limits');
    expect(rows).toEqual([]);
  });
});
