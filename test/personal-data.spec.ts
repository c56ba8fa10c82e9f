import { Database } from '../src/platform/database/database.js';
import type { JsonObject } from '../src/platform/json.js';
import { type ExportedRecord, PersonalData } from '../src/platform/personal-data.js';
import { startApp, type TestApp } from './support/app.js';
import { leavesOf, tablesOf } from './support/contents.js';
import { aLife, type Life, shops } from './support/lives.js';
import { audited } from './support/records.js';
import { lookedAt } from './support/suggestions.js';

let app: TestApp;
let mira: Life;
let otto: Life;
beforeAll(async () => {
  app = await startApp();
  const both = await shops(app);
  [mira, otto] = await Promise.all([aLife(app, both), aLife(app, both)]);
  await lookedAt(app);
});
afterAll(() => app.stop());

async function exported({ customer }: Life): Promise<ExportedRecord[]> {
  const records: ExportedRecord[] = [];
  for await (const record of app.get(PersonalData).export(app.get(Database).reader, customer.key)) records.push(record);
  return records;
}

const erase = ({ customer }: Life) =>
  app.get(Database).transaction((tx) => app.get(PersonalData).erase(tx, customer.key));

/** The ids of records, and what else names their customer. */
function namesIn(records: readonly ExportedRecord[], { customer, till, tailoring }: Life): string[] {
  const ids = records.map(({ record }) => idOf(record) ?? idOf(record['preference'] as JsonObject | undefined));
  const names = [customer.customerId, customer.email, till.subject, tailoring.subject];
  return [...new Set([...ids.filter((id) => id !== undefined), ...names])];
}

const idOf = (record: JsonObject | undefined) => record?.['id'] as string | undefined;

/** Each row that holds one of the words, as `table: row`. */
async function rowsWith(words: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const table of await tablesOf(app.db)) {
    const { rows } = await app.db.query<{ row: string }>(
      `select t::text as row from ${table} t where exists (select from unnest($1::text[]) w where strpos(t::text, w) > 0)`,
      [words],
    );
    found.push(...rows.map(({ row }) => `${table}: ${row}`));
  }
  return found;
}

describe('every table with a customer', () => {
  it('is claimed by one module', async () => {
    const claimed = app
      .get(PersonalData)
      .registered()
      .flatMap((module) => module.tables);
    expect(claimed.toSorted()).toEqual(await tablesOf(app.db, 'customer_id'));
  });

  it('holds something of the customers of these tests', async () => {
    const empty: string[] = [];
    for (const table of await tablesOf(app.db, 'customer_id')) {
      if (table === 'interaction_counter_marks') continue; // gone as soon as it is counted
      const { rowCount } = await app.db.query(`select from ${table} where customer_id = $1 limit 1`, [
        mira.customer.customerId,
      ]);
      if (rowCount === 0) empty.push(table);
    }
    expect(empty).toEqual([]);
  });
});

describe('exporting a customer', () => {
  it('hands over records of every kind, opened', async () => {
    const records = await exported(mira);
    expect([...new Set(records.map(({ kind }) => kind))].toSorted()).toEqual([
      'account',
      'acknowledgement',
      'consent_request',
      'consent_rule',
      'consent_version',
      'delegation',
      'disclosure',
      'dispute',
      'erasure',
      'import',
      'interaction',
      'interaction_count',
      'notice',
      'passkey',
      'personal_token',
      'preference',
      'preference_version',
      'receipt',
      'reidentification',
      'retention',
      'session',
      'suggestion',
      'suggestion_day',
      'suggestion_settings',
    ]);
    const text = JSON.stringify(records);
    for (const value of [mira.customer.email, 'Mira Feldmann', 'My calendar', '39', '38', '85123A']) {
      expect(text).toContain(value);
    }
  });

  it('hands over nothing of anybody else, and no secret', async () => {
    const [of, others] = [await exported(mira), await exported(otto)];
    const text = JSON.stringify(of);
    expect(namesIn(others, otto).filter((name) => text.includes(name))).toEqual([]);
    const { token, password, recoveryCodes } = mira.customer;
    expect(
      [token, password, ...recoveryCodes, mira.till.accessToken].filter((secret) => text.includes(secret)),
    ).toEqual([]);
  });
});

describe('erasing a customer', () => {
  it('leaves no row of theirs, all of the log and everything of everybody else', async () => {
    const [records, others, log] = [await exported(mira), await exported(otto), await leavesOf(app.db)];
    const traces = namesIn(records, mira);
    expect(traces.length).toBeGreaterThan(12);
    expect((await rowsWith(traces)).length).toBeGreaterThan(20);

    await erase(mira);

    await expect(rowsWith(traces)).resolves.toEqual([]);
    await expect(exported(mira)).rejects.toThrow('There are no keys of this customer.');
    await expect(exported(otto)).resolves.toEqual(others);
    await expect(leavesOf(app.db)).resolves.toEqual(log);
    await expect(audited(app, mira.customer.key)).rejects.toThrow('There are no keys of this customer.');
    expect((await audited(app, otto.customer.key)).length).toBeGreaterThan(5);
  });

  it('ends every token of theirs, and of retailers about them', async () => {
    await mira.customer.api.get('/v1/me').expect(401);
    expect((await mira.till.fetch('GET', '/v1/preferences?touchpoint=till')).status).toBe(401);
    expect((await otto.till.fetch('GET', '/v1/preferences?touchpoint=till')).status).toBe(200);
  });

  it('lets their address register again, as somebody else', async () => {
    const { email, password, customerId } = mira.customer;
    const { body } = await app.http.post('/v1/customers').send({ email, password }).expect(201);
    expect(body.customer_id).not.toBe(customerId);
  });

  it('is all or nothing', async () => {
    const before = await exported(otto);
    const interrupted = app.get(Database).transaction(async (tx) => {
      await app.get(PersonalData).erase(tx, otto.customer.key);
      throw new Error('the lights went out');
    });
    await expect(interrupted).rejects.toThrow('lights');
    await expect(exported(otto)).resolves.toEqual(before);
  });

  it('needs the role for it: what is append-only cannot be deleted by the service at its work', async () => {
    const { key } = otto.customer;
    const appendOnly = [
      'preference_versions',
      'consent_versions',
      'notices',
      'interactions',
      'disclosures',
      'audit_log',
    ];
    for (const table of appendOnly) {
      const deletion = app.db.query(`set local role ccx_app; delete from ${table}`);
      await expect(deletion).rejects.toThrow(`permission denied for table ${table}`);
    }
    await expect(
      app.get(Database).transaction(async (tx) => {
        await app.get(PersonalData).erase(tx, key);
        return tx.query('select current_user as role');
      }),
    ).resolves.toEqual([{ role: 'ccx_app' }]);
  });
});
