import { Database } from '../src/platform/database/database.js';
import { IdempotencyKeyReusedError, IdempotencyOutcomeUnknownError } from '../src/platform/http/idempotency.errors.js';
import { type Answer, Idempotency, type IdempotentRequest } from '../src/platform/http/idempotency.js';
import { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner.js';
import { anOperator } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { untilWaiting } from './support/race.js';

let app: TestApp;
let idempotency: Idempotency;
beforeAll(async () => {
  app = await startApp();
  idempotency = app.get(Idempotency);
  await app.db.query('create table things (id serial primary key)');
  await app.db.query('grant all on things to ccx_app');
  await app.db.query('grant all on sequence things_id_seq to ccx_app');
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

/** Makes a thing, and answers which one. */
async function make(): Promise<Answer> {
  const id = await app.get(Database).transaction(async (tx) => {
    const [thing] = await tx.query<[{ id: number }]>('insert into things default values returning id');
    return String(thing.id);
  });
  return { status: 201, headers: { location: `/v1/things/${id}` }, body: { id, note: 'only mine' } };
}

async function made(): Promise<number> {
  const { rows } = await app.db.query<{ count: number }>('select count(*)::int as count from things');
  return rows[0]!.count;
}

describe('a request with an idempotency key', () => {
  it('is carried out once and answered the same again, however its members are ordered', async () => {
    const request = aRequest();
    const before = await made();
    const { answer } = await idempotency.run(request, make);
    const again = await idempotency.run({ ...request, body: { size: 1, name: 'a' } }, make);
    expect(again).toEqual({ answer, isRepeated: true });
    expect(await made()).toBe(before + 1);
  });

  it('is refused with the key of another request', async () => {
    const request = aRequest();
    await idempotency.run(request, make);
    for (const other of [{ body: { name: 'b' } }, { url: '/v1/others' }, { method: 'PUT' }]) {
      await expect(idempotency.run({ ...request, ...other }, make)).rejects.toThrow(IdempotencyKeyReusedError);
    }
  });

  it('shares its key with nobody', async () => {
    const request = aRequest();
    const mine = await idempotency.run(request, make);
    const theirs = await idempotency.run({ ...request, caller: 'customer:2' }, make);
    expect(theirs.answer.body).not.toEqual(mine.answer.body);
  });

  it('is carried out by one of many that come at once', async () => {
    const request = aRequest();
    const before = await made();
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => idempotency.run(request, make)));
    expect(await made()).toBe(before + 1);
    const bodies = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value.answer.body] : []));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  it('waits for one that is under way, and is carried out if that one comes to nothing', async () => {
    const request = aRequest();
    const holder = await app.db.connect();
    await holder.query('begin');
    await holder.query('lock table things in share mode');
    const first = idempotency.run(request, make).catch(({ message }: Error) => message);
    const pid = await untilOneWaits();
    const second = idempotency.run(request, make);
    await untilWaiting(app.db, 2);
    await app.db.query('select pg_cancel_backend($1)', [pid]);
    await expect(first).resolves.toMatch(/canceling statement/);
    await holder.query('rollback');
    holder.release();
    await expect(second).resolves.toMatchObject({ isRepeated: false });
  });

  it('may be sent again, and corrected, after it came to nothing', async () => {
    const request = aRequest();
    const refusal = new Error('refused');
    const refuse = () =>
      app.get(Database).transaction(async () => {
        throw refusal;
      });
    await expect(idempotency.run(request, refuse)).rejects.toBe(refusal);
    await expect(idempotency.run({ ...request, body: { name: 'corrected' } }, make)).resolves.toBeDefined();
  });

  it.each([
    ['reached', true],
    ['not reached', false],
  ])('is carried out once when its commit was %s and got no answer', async (_, reached) => {
    const request = aRequest();
    const before = await made();
    const lost = losesOneCommit(reached);
    const { answer } = await idempotency.run(request, make);
    expect(lost()).toBe(true);
    expect(await made()).toBe(before + 1);
    const { rows } = await app.db.query('select max(id)::text as id from things');
    expect(rows).toEqual([{ id: (answer.body as { id: string }).id }]);
  });

  it('is not carried out again when its answer is lost, and says so', async () => {
    const request = aRequest();
    await idempotency.run(request, make);
    await app.db.query('update idempotency_keys set answer_sealed = null');
    const before = await made();
    app.clock.advance({ minutes: 2 });
    await expect(idempotency.run(request, make)).rejects.toThrow(IdempotencyOutcomeUnknownError);
    expect(await made()).toBe(before);
  });

  it('is forgotten after a day', async () => {
    const request = aRequest();
    await idempotency.run(request, make);
    app.clock.advance({ hours: 24 });
    await expect(idempotency.run(request, make)).resolves.toMatchObject({ isRepeated: false });
    app.clock.advance({ hours: 24 });
    await app.runJob('idempotency-keys');
    const { rows } = await app.db.query('select 1 from idempotency_keys');
    expect(rows).toEqual([]);
  });

  it('leaves nothing readable in the database', async () => {
    const request = { ...aRequest(), key: 'guessable' };
    await idempotency.run(request, make);
    const { rows } = await app.db.query<{ row: string }>(`select idempotency_keys::text as row from idempotency_keys`);
    const stored = rows
      .map(({ row }) => row + Buffer.from(row.replaceAll(/[^0-9a-f]/g, ''), 'hex').toString('latin1'))
      .join();
    for (const secret of ['only mine', '/v1/things', 'guessable', 'customer:1']) expect(stored).not.toContain(secret);
  });
});

/** The server process of the one who waits. */
async function untilOneWaits(): Promise<number> {
  await untilWaiting(app.db, 1);
  const { rows } = await app.db.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0]!.pid;
}

/** Loses the answer to the commit that makes the next thing; tells whether it has. */
function losesOneCommit(reached: boolean): () => boolean {
  const commit = PostgresQueryRunner.prototype.commitTransaction;
  let isLost = false;
  const spy = jest.spyOn(PostgresQueryRunner.prototype, 'commitTransaction').mockImplementation(async function (
    this: PostgresQueryRunner,
  ) {
    // Background jobs commit meanwhile, too.
    const [{ here }] = (await this.query(
      'select exists (select from things where xmin = pg_current_xact_id()::xid) as here',
    )) as [{ here: boolean }];
    if (!here) return commit.call(this);
    spy.mockRestore();
    isLost = true;
    if (reached) await commit.call(this);
    throw new Error('Connection terminated unexpectedly');
  });
  return () => isLost;
}

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
