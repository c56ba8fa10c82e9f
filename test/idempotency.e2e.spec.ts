import {
  IdempotencyInProgressError,
  IdempotencyKeyReusedError,
  IdempotencyOutcomeUnknownError,
} from '../src/platform/http/idempotency.errors.js';
import { type Claim, Idempotency, type IdempotentRequest } from '../src/platform/http/idempotency.js';
import { anOperator } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';

let app: TestApp;
let idempotency: Idempotency;
beforeAll(async () => {
  app = await startApp();
  idempotency = app.get(Idempotency);
});
afterAll(() => app.stop());

let count = 0;
const aRequest = (): IdempotentRequest => ({
  caller: 'customer:1',
  key: `key-${count++}`,
  method: 'POST',
  url: '/v1/things',
  body: { name: 'a', size: 1 },
});
const answer = { status: 201, headers: { location: '/v1/things/1' }, body: { id: '1', note: 'only mine' } };

async function claimed(request: IdempotentRequest): Promise<Claim> {
  const begun = await idempotency.begin(request);
  if (!('claim' in begun)) throw new Error('The request has run already.');
  return begun.claim;
}

describe('a request with an idempotency key', () => {
  it('runs once and answers the same again, however its members are ordered', async () => {
    const request = aRequest();
    await idempotency.settle(await claimed(request), answer);
    await expect(idempotency.begin({ ...request, body: { size: 1, name: 'a' } })).resolves.toEqual({ answer });
  });

  it('is refused with the key of another request', async () => {
    const request = aRequest();
    await idempotency.settle(await claimed(request), answer);
    for (const other of [{ body: { name: 'b' } }, { url: '/v1/others' }, { method: 'PUT' }]) {
      await expect(idempotency.begin({ ...request, ...other })).rejects.toThrow(IdempotencyKeyReusedError);
    }
  });

  it('shares its key with nobody', async () => {
    const request = aRequest();
    await claimed(request);
    await expect(claimed({ ...request, caller: 'customer:2' })).resolves.toBeDefined();
  });

  it('runs in one of many that come at once; the others are told to wait', async () => {
    const request = aRequest();
    const begun = await Promise.allSettled(Array.from({ length: 20 }, () => idempotency.begin(request)));
    const refused = begun.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(19);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(IdempotencyInProgressError);
  });

  it('may be sent again after it was refused', async () => {
    const request = aRequest();
    await idempotency.release(await claimed(request));
    await expect(claimed({ ...request, body: { name: 'corrected' } })).resolves.toBeDefined();
  });

  it('never runs twice when nobody knows how it ended', async () => {
    const request = aRequest();
    await claimed(request);
    app.clock.advance({ minutes: 2 });
    await expect(idempotency.begin(request)).rejects.toThrow(IdempotencyOutcomeUnknownError);
  });

  it('is forgotten after a day', async () => {
    const request = aRequest();
    await idempotency.settle(await claimed(request), answer);
    app.clock.advance({ hours: 24 });
    await claimed(request);
    app.clock.advance({ hours: 24 });
    await app.runJob('idempotency-keys');
    const { rows } = await app.db.query('select 1 from idempotency_keys');
    expect(rows).toEqual([]);
  });

  it('leaves nothing readable in the database', async () => {
    const request = { ...aRequest(), key: 'guessable' };
    await idempotency.settle(await claimed(request), answer);
    const { rows } = await app.db.query<{ row: string }>(`select idempotency_keys::text as row from idempotency_keys`);
    const stored = rows
      .map(({ row }) => row + Buffer.from(row.replaceAll(/[^0-9a-f]/g, ''), 'hex').toString('latin1'))
      .join();
    for (const secret of ['only mine', '/v1/things', 'guessable', 'customer:1']) expect(stored).not.toContain(secret);
  });
});

describe('a creation through the API', () => {
  const retailer = {
    name: 'Albatross',
    legal_name: 'Albatross Ltd',
    country: 'GB',
    website: 'https://albatross.example',
    privacy_url: 'https://albatross.example/privacy',
    sectors: ['grocery'],
    touchpoints: ['till'],
  };
  const registered = async () => (await app.db.query('select 1 from retailers')).rowCount;

  it('is done once, however often it is sent with the same key', async () => {
    const { api } = await anOperator(app);
    const send = () => api.post('/v1/admin/retailers').set('idempotency-key', 'once').send(retailer);
    const first = await send().expect(201);
    const again = await send().expect(201).expect('idempotency-replayed', 'true');
    expect(again.body).toEqual(first.body);
    expect(again.headers['etag']).toBe(first.headers['etag']);
    expect(await registered()).toBe(1);
  });

  it('may be corrected under the same key after it was refused', async () => {
    const { api } = await anOperator(app);
    const send = (body: object) => api.post('/v1/admin/retailers').set('idempotency-key', 'corrected').send(body);
    await send({ ...retailer, country: 'nowhere' }).expect(400);
    await send(retailer).expect(201);
  });

  it('refuses a key that is no key', async () => {
    const { api } = await anOperator(app);
    for (const key of ['', 'with space', 'x'.repeat(256)]) {
      const { body } = await api.post('/v1/admin/retailers').set('idempotency-key', key).send(retailer).expect(400);
      expect(body.errors[0].pointer).toBe('header/Idempotency-Key');
    }
  });
});
