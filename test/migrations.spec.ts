import { randomBytes } from 'node:crypto';

import { DataSource } from 'typeorm';

import { migrations } from '../migrations/index.js';
import { entities } from '../src/entities.js';
import { migrate, pendingMigrations, revertLast } from '../src/platform/database/migrate.js';
import { createDatabase, dropDatabase, onServer, runSetting } from './support/database-server.js';

const server = runSetting('serverUrl');
const name = `ccx_test_migrations_${randomBytes(6).toString('hex')}`;
let url: string;

beforeAll(async () => {
  url = await createDatabase(server, name);
  await migrate(url);
});
afterAll(() => dropDatabase(server, name));

describe('the migrations', () => {
  it('stand in the order in which they run', () => {
    const times = migrations.map(({ name: migration }) => Number(migration.slice(-13)));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('leave nothing that the entities would change', async () => {
    const source = new DataSource({ type: 'postgres', url, entities });
    await source.initialize();
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    await source.destroy();
    // TypeORM cannot declare what makes these tables special: they are partitioned.
    const queries = upQueries
      .map(({ query }) => query)
      .filter((query) => !/"(interactions|disclosures|audit_log)"/.test(query));
    expect(queries).toEqual([]);
  });

  it('name each constraint and index for the rule that it keeps', async () => {
    const generated = await onServer(url, (client) =>
      client.query<{ conname: string }>(
        `select conname from pg_constraint c join pg_class t on t.oid = c.conrelid
          where t.relnamespace = 'public'::regnamespace and not t.relispartition and t.relname <> 'migrations'
            and c.contype in ('p', 'u', 'f', 'c') and conname ~ '(_pkey|_key|_fkey|_check)[0-9]*$'`,
      ),
    );
    expect(generated.rows).toEqual([]);
  });

  it("begin every key of a customer's data with the bucket and the customer", async () => {
    // What is looked up by another key has a table keyed by it; events may have no customer.
    const keyedOtherwise = [
      'audit_subjects',
      'login_identities',
      'consent_refs',
      'dispute_refs',
      'oauth_artifacts',
      'outbox_events',
      'till_codes',
    ];
    const { rows } = await onServer(url, (client) =>
      client.query<{ name: string; columns: string[] }>(
        `select t.relname as name, array_agg(a.attname::text order by k.place) as columns
           from pg_index i
           join pg_class t on t.oid = i.indrelid
           join unnest(i.indkey) with ordinality k (attnum, place) on true
           join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum
          where i.indisprimary and not t.relispartition and t.relnamespace = 'public'::regnamespace
            and exists (select from pg_attribute c where c.attrelid = t.oid and c.attname = 'customer_id')
          group by t.relname`,
      ),
    );
    const wrong = rows.filter(
      ({ name: table, columns }) =>
        !keyedOtherwise.includes(table) && (columns[0] !== 'bucket' || columns[1] !== 'customer_id'),
    );
    expect(wrong).toEqual([]);
  });

  it('let the service neither change nor delete what is append-only', async () => {
    const { rows } = await onServer(url, (client) =>
      client.query<{ table_name: string; privilege_type: string }>(
        `select table_name, privilege_type from information_schema.role_table_grants
          where grantee = 'ccx_app' and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')
            and table_name in ('audit_log', 'audit_checkpoints', 'audit_log_keys', 'preference_versions', 'consent_versions', 'disclosures', 'notices',
                               'consent_receipts', 'demand_releases')`,
      ),
    );
    expect(rows).toEqual([]);
  });

  it('leave it to erasing to delete what customers let others do', async () => {
    const { rows } = await onServer(url, (client) =>
      client.query(
        `select table_name, grantee from information_schema.role_table_grants
          where privilege_type = 'DELETE' and grantee like 'ccx!_%' escape '!'
            and table_name in ('delegations', 'held_delegations')
          order by table_name`,
      ),
    );
    expect(rows).toEqual([
      { table_name: 'delegations', grantee: 'ccx_erase' },
      { table_name: 'held_delegations', grantee: 'ccx_erase' },
    ]);
  });

  it('can be undone one by one and done again', async () => {
    const all = migrations.map(({ name: migration }) => migration);
    for (const _ of all) await revertLast(url);
    expect(await pendingMigrations(url)).toEqual(all);
    const { rows } = await onServer(url, (client) =>
      client.query(`select tablename from pg_tables where schemaname = 'public' and tablename <> 'migrations'`),
    );
    expect(rows).toEqual([]);
    expect(await migrate(url)).toEqual(all);
  });

  it('run once when two processes start at the same time', async () => {
    const other = `${name}_2`;
    const otherUrl = await createDatabase(server, other);
    const [first, second] = await Promise.all([migrate(otherUrl), migrate(otherUrl)]);
    expect([...first, ...second]).toHaveLength(migrations.length);
    await dropDatabase(server, other);
  });
});
