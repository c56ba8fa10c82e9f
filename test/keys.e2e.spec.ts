import { randomBytes } from 'node:crypto';

import { Kek } from '../src/platform/crypto/kek.js';
import { seal } from '../src/platform/crypto/seal.js';
import { type KeysOfCustomer, SubjectKeys } from '../src/platform/crypto/subject-keys.js';
import { WrappedKeys } from '../src/platform/crypto/wrapped-keys.js';
import { Database } from '../src/platform/database/database.js';
import { Forgetting } from '../src/platform/forgetting.js';
import { LongJobs } from '../src/platform/jobs/long-jobs.js';
import { StaffService } from '../src/staff/staff.service.js';
import { accepted, aCustomer, anAuditor, anOperator, type TestCustomer, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { aRetailer } from './support/retailers.js';
import { startSecondProcess } from './support/second-process.js';

jest.setTimeout(120_000);

const [before, now] = [randomBytes(32), randomBytes(32)];

let app: TestApp;
let olga: TestStaff;
let customers: TestCustomer[];
beforeAll(async () => {
  app = await startApp({
    config: { CCX_KEK: now.toString('base64'), CCX_KEK_PREVIOUS: before.toString('base64') },
  });
  olga = await anOperator(app);
  await anAuditor(app);
  await aRetailer(app);
  const { token } = await app.get(StaffService).invite({ email: 'new@staff.example', role: 'operator', name: 'New' });
  await accepted(app, { token, password: 'every entry, twice over' });
  customers = await Promise.all(Array.from({ length: 20 }, () => aCustomer(app)));
});
afterAll(() => app.stop());

/** As if all that there is had been wrapped before the KEK was replaced. */
async function asBefore(): Promise<number> {
  const wrapped = new WrappedKeys(new Kek(before, now));
  wrapped.register(...app.get(WrappedKeys).registered());
  for (const column of wrapped.registered())
    await app.get(Database).transaction((tx) => wrapped.rewrap(tx, column, null, 1_000));
  return remaining();
}

async function remaining(): Promise<number> {
  const wrapped = app.get(WrappedKeys);
  const counts = wrapped.registered().map((column) => wrapped.countOld(app.get(Database).reader, column));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

async function finished(
  id: string,
): Promise<{ status: string; progress: { done: number }; result: object; errors: [] }> {
  return eventually(async () => {
    const { body } = await olga.api.get(`/v1/admin/keys/rewrap/${id}`).expect(200);
    expect(body.finished_at).not.toBeNull();
    return body;
  }, 30_000);
}

async function rewrap(): Promise<string> {
  const { body } = await olga.api.post('/v1/admin/keys/rewrap').expect(202);
  return body.id;
}

/** The customer's keys as whoever remembers nothing reads them. */
function keysOf({ key }: TestCustomer): Promise<KeysOfCustomer> {
  const keys = new SubjectKeys(
    app.get(Kek),
    {} as never,
    {} as never,
    new WrappedKeys(app.get(Kek)),
    app.get(Forgetting),
  );
  return keys.of(app.get(Database).reader, key);
}

describe('a KEK that was replaced', () => {
  it('opens what it wrapped for as long as the service has it, also from before keys had names', async () => {
    const keys = await Promise.all(customers.map(keysOf));
    await asBefore();
    expect(await Promise.all(customers.map(keysOf))).toEqual(keys);
    const [{ customerId, key }] = customers as [TestCustomer];
    const profileKey = randomBytes(32);
    const unnamed = seal(before, profileKey, `profile:${customerId}`);
    await app.db.query('update subject_keys set profile_key = $3 where bucket = $1 and customer_id = $2', [
      key.bucket,
      customerId,
      unnamed,
    ]);
    expect(await keysOf(customers[0] as TestCustomer)).toMatchObject({ profileKey });
  });

  it('is not needed any more once everything is rewrapped, by two processes, while others read', async () => {
    const count = await asBefore();
    expect(count).toBeGreaterThan(2 * customers.length);
    const second = await startSecondProcess(app);
    const reading = new AbortController();
    const readers = customers.slice(0, 4).map(async (customer) => {
      const keys = await keysOf(customer);
      while (!reading.signal.aborted) expect(await keysOf(customer)).toEqual(keys);
    });
    const job = await finished(await rewrap());
    reading.abort();
    await Promise.all(readers);
    await second.stop();
    expect(job).toMatchObject({ status: 'succeeded', progress: { done: count, total: count }, errors: [] });
    expect(job.result).toEqual({ kek: new Kek(now).id, rewrapped: count, remaining: 0 });
    const alone = new WrappedKeys(new Kek(now));
    alone.register(...app.get(WrappedKeys).registered());
    for (const column of alone.registered()) {
      const rows = await app.db.query(
        `select ${column.of}::text as of, ${column.column} as wrapped from ${column.table} where ${column.column} is not null`,
      );
      for (const { of, wrapped } of rows.rows) new Kek(now).unwrap(wrapped, column.aad(of));
    }
  });

  it('is passed over where it has wrapped nothing: a rewrapping that was interrupted goes on', async () => {
    await asBefore();
    const [column] = app.get(WrappedKeys).registered();
    await app.get(Database).transaction((tx) => app.get(WrappedKeys).rewrap(tx, column!, null, 7));
    const left = await remaining();
    const job = await finished(await rewrap());
    expect(job).toMatchObject({ status: 'succeeded', progress: { done: left }, result: { remaining: 0 } });
  });

  it('is asked for by its id where the service does not have it', async () => {
    const lost = new Kek(randomBytes(32));
    const [{ customerId, key }] = customers as [TestCustomer];
    const row = [key.bucket, customerId];
    const kept = await app.db.query('select profile_key from subject_keys where bucket = $1 and customer_id = $2', row);
    await app.db.query('update subject_keys set profile_key = $3 where bucket = $1 and customer_id = $2', [
      ...row,
      lost.wrap(randomBytes(32), `profile:${customerId}`),
    ]);
    const id = await rewrap();
    // It is tried several times, with pauses: those need not be waited for.
    const job = await eventually(async () => {
      await app.db.query('update long_jobs set due_at = now() where id = $1 and holder is null', [id]);
      await app.get(LongJobs).work();
      const { body } = await olga.api.get(`/v1/admin/keys/rewrap/${id}`).expect(200);
      expect(body.status).toBe('failed');
      return body;
    }, 30_000);
    expect(job.errors).toEqual([{ code: 'kek-missing', detail: expect.stringContaining(lost.id) }]);
    await app.db.query('update subject_keys set profile_key = $3 where bucket = $1 and customer_id = $2', [
      ...row,
      kept.rows[0].profile_key,
    ]);
  });
});

describe('rewrapping', () => {
  it('is one job for all who ask while it is under way, and written down with who asked', async () => {
    const holder = await app.db.connect();
    await holder.query('begin');
    await holder.query('lock table staff_enrolments'); // it gets no further than that
    const jobs = [await rewrap(), await rewrap()];
    await holder.query('commit');
    holder.release();
    expect(jobs[1]).toBe(jobs[0]);
    await finished(jobs[0] as string);
    const logged = await app.db.query(
      `select type from audit_pending where type like 'keys.rewrap%' union all select type from audit_log where type like 'keys.rewrap%'`,
    );
    expect(logged.rows.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['keys.rewrap-started', 'keys.rewrapped']),
    );
    const { body } = await olga.api.get('/v1/admin/keys/rewrap/0199e6a0-4d55-7b3a-9c21-5f0a7d3c1b42').expect(404);
    expect(body.type).toMatch(/job-not-found$/);
  });

  it('knows every column in which there is a wrapped key', async () => {
    const registered = app.get(WrappedKeys).registered();
    const { prefix } = app.get(Kek);
    const columns = await app.db.query<{ table: string; column: string }>(
      `select c.table_name as table, c.column_name as column
         from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
        where c.table_schema = 'public' and c.data_type = 'bytea' and t.table_type = 'BASE TABLE'`,
    );
    const found: string[] = [];
    for (const { table, column } of columns.rows) {
      const { rowCount } = await app.db.query(
        `select from ${table} where substring(${column} from 1 for ${prefix.length}) = $1 limit 1`,
        [prefix],
      );
      if (rowCount) found.push(`${table}.${column}`);
    }
    // All of them are in use here, so that none is missing on either side.
    expect(found.sort()).toEqual(registered.map(({ table, column }) => `${table}.${column}`).sort());
  });
});
