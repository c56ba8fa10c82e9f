import { randomBytes } from 'node:crypto';

import { loadModule, parseSync } from 'libpg-query';
import type { Client } from 'pg';

import { distribute, planFor } from '../src/platform/database/distribute.js';
import { placedTables, type Placement, placementOf } from '../src/platform/database/distributed-tables.js';
import { planDistribution } from '../src/platform/database/distribution-plan.js';
import { migrate } from '../src/platform/database/migrate.js';
import { standInForCitus } from './support/citus-stand-in.js';
import { aFolder, ccx } from './support/cli.js';
import { createDatabase, dropDatabase, onServer, runSetting } from './support/database-server.js';

type Placed = [table: string, placement: Placement];

const server = runSetting('serverUrl');
const made: string[] = [];
let url: string;

beforeAll(async () => {
  await loadModule();
  url = await aDatabase(runSetting('template'));
});
afterAll(() => Promise.all(made.map((name) => dropDatabase(server, name))));

async function aDatabase(template?: string): Promise<string> {
  const name = `ccx_test_distribution_${randomBytes(6).toString('hex')}`;
  made.push(name);
  return createDatabase(server, name, template);
}

async function aCluster(): Promise<string> {
  const cluster = await aDatabase(runSetting('template'));
  await onServer(cluster, (client) => standInForCitus(client, made.at(-1) as string));
  return cluster;
}

const rowsOf = <T extends object>(sql: string, at = url): Promise<T[]> =>
  onServer(at, async (client: Client) => (await client.query<T>(sql)).rows);

const foreignKeys = (at: string) =>
  rowsOf(
    `select conrelid::regclass::text as of, conname, pg_get_constraintdef(oid) as is from pg_constraint
           where contype = 'f' order by 1, 2`,
    at,
  );

describe('each table', () => {
  it('is said to lie in one way', async () => {
    const tables = await rowsOf<{ name: string }>(
      `select relname as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
    );
    expect(placedTables.toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
  });

  it('and its partitions lie alike', async () => {
    const partitions = await rowsOf<{ name: string; parent: string }>(
      `select inhrelid::regclass::text as name, inhparent::regclass::text as parent from pg_inherits
         join pg_class on oid = inhrelid where relkind = 'r'`,
    );
    expect(partitions.length).toBeGreaterThan(20);
    for (const { name, parent } of partitions) expect([name, placementOf(name)]).toEqual([name, placementOf(parent)]);
  });

  it('that is distributed has the column of its shards in each key, and keeps it', async () => {
    const keys = await rowsOf<{ table: string; key: string; columns: string[] }>(
      `select t.relname as table, i.indexrelid::regclass::text as key,
              array(select a.attname::text from pg_attribute a where a.attrelid = t.oid and a.attnum = any(i.indkey)) as columns
         from pg_index i join pg_class t on t.oid = i.indrelid
        where i.indisunique and t.relnamespace = 'public'::regnamespace and not t.relispartition`,
    );
    const without = keys.filter(({ table, columns }) => {
      const placement = placementOf(table);
      return placement?.kind === 'distributed' && !columns.includes(placement.by);
    });
    expect(without).toEqual([]);
  });

  it('that is distributed makes no values of its own: no triggers, no sequences', async () => {
    const found = await rowsOf<{ table: string }>(
      `select tgrelid::regclass::text as table from pg_trigger where not tgisinternal
       union all
       select attrelid::regclass::text from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'public'::regnamespace and attidentity <> ''
       union all
       select d.refobjid::regclass::text from pg_depend d join pg_class s on s.oid = d.objid
        where s.relkind = 'S' and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')`,
    );
    expect(found.filter(({ table }) => placementOf(table)?.kind !== 'local')).toEqual([]);
  });

  it('refers to nothing that may lie elsewhere', async () => {
    const references = await rowsOf<{ name: string; table: string; to: string; columns: string[] }>(
      `select conname as name, conrelid::regclass::text as table, confrelid::regclass::text as to,
              array(select attname::text from unnest(conkey) k join pg_attribute on attrelid = conrelid and attnum = k) as columns
         from pg_constraint where contype = 'f'`,
    );
    const astray = references.filter(({ table, to, columns }) => {
      const [from, other] = [placementOf(table), placementOf(to)];
      if (other?.kind === 'reference') return false;
      if (from?.kind !== 'distributed' || other?.kind !== 'distributed') return from?.kind !== other?.kind;
      return (from.beside ?? table) !== (other.beside ?? to) || !columns.includes(from.by);
    });
    expect(astray).toEqual([]);
  });
});

describe('the plan', () => {
  it('drops the foreign keys of a step, spreads its tables, and adds the keys as they were', async () => {
    for (const step of await planFor(url)) {
      const kinds = step.map((text) => Object.keys(parseSync(text).stmts?.[0]?.stmt ?? {})[0]);
      const keys = kinds.filter((kind) => kind === 'AlterTableStmt').length / 2;
      const alter = Array<string>(keys).fill('AlterTableStmt');
      const tables = Array<string>(step.length - 1 - 2 * keys).fill('SelectStmt');
      expect(kinds).toEqual(['VariableSetStmt', ...alter, ...tables, ...alter]);
      const names = (word: string) => step.flatMap((text) => text.split(`${word} constraint `)[1]?.split(' ')[0] ?? []);
      expect(names('add')).toEqual(names('drop'));
    }
  });

  it('spreads every table that does not stay on the coordinator, those of a customer beside the customers', async () => {
    const spread = (await planFor(url)).flat().flatMap((text) => /create_\w+_table\('(\w+)'/.exec(text)?.[1] ?? []);
    const wanted = placedTables.filter((table) => placementOf(table)?.kind !== 'local');
    expect(spread.toSorted()).toEqual(wanted.toSorted());
    expect(spread.indexOf('customers')).toBeLessThan(spread.indexOf('outbox_events'));
    expect((await planFor(url)).flat()).toContain(
      `select create_distributed_table('consents', 'bucket', colocate_with => 'customers')`,
    );
  });

  it('has nothing for what is done, and refuses what lies otherwise or was never placed', () => {
    const tables = ['customers', 'retailers'];
    const retailers: Placed = ['retailers', { kind: 'reference' }];
    const planOf = (placed: Placed[], more: string[] = []) =>
      planDistribution({ tables: [...tables, ...more], foreignKeys: [], placed: new Map(placed) });
    expect(planOf([['customers', { kind: 'distributed', by: 'bucket' }], retailers])).toEqual([]);
    expect(planOf([retailers])).toHaveLength(1);
    expect(() => planOf([['customers', { kind: 'reference' }]])).toThrow(/lie otherwise.*: customers/);
    expect(() => planOf([['customers', { kind: 'distributed', by: 'customer_id' }]])).toThrow(/lie otherwise/);
    expect(() => planOf([], ['novelties'])).toThrow('Nobody has said how these tables lie: novelties.');
  });
});

describe('on a cluster (stood in for)', () => {
  it('spreads the tables once, and the foreign keys are as before', async () => {
    const cluster = await aCluster();
    const before = await foreignKeys(cluster);
    const statements: string[] = [];
    expect(await distribute(cluster, (text) => statements.push(text))).toBeGreaterThan(10);
    expect(statements).toEqual((await planFor(url)).flat());
    expect(await foreignKeys(cluster)).toEqual(before);
    expect(await distribute(cluster, () => undefined)).toBe(0);
    expect(await planFor(cluster)).toEqual([]);
  });

  it('goes on after a step that failed, of which nothing is left', async () => {
    const cluster = await aCluster();
    const before = await foreignKeys(cluster);
    await rowsOf(`insert into stand_in.out_of_order values ('consents')`, cluster);
    await expect(distribute(cluster, () => undefined)).rejects.toThrow('A machine is out of order.');
    expect(await foreignKeys(cluster)).toEqual(before);
    const done = await rowsOf<{ name: string }>('select table_name::text as name from citus_tables', cluster);
    expect(done.map(({ name }) => name)).toContain('retailers');
    expect(done.map(({ name }) => name)).not.toContain('customers');
    await rowsOf('delete from stand_in.out_of_order', cluster);
    await distribute(cluster, () => undefined);
    expect(await planFor(cluster)).toEqual([]);
    expect(await foreignKeys(cluster)).toEqual(before);
  });
});

describe('ccx migrate --distributed', () => {
  const run = async (at: string, ...args: string[]) =>
    ccx(['migrate', ...args], { cwd: await aFolder(), env: { NODE_ENV: 'test', DATABASE_URL: at } });

  it('refuses a server without the extension, before it migrates', async () => {
    const empty = await aDatabase();
    const refused = await run(empty, '--distributed');
    expect(refused).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/does not have the extension `citus`/),
    });
    expect(await rowsOf(`select from pg_class where relnamespace = 'public'::regnamespace`, empty)).toEqual([]);
  });

  it('refuses a cluster that does not know its coordinator', async () => {
    const cluster = await aCluster();
    await rowsOf('delete from pg_dist_node', cluster);
    expect(await run(cluster, '--distributed')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/citus_set_coordinator_host/),
    });
  });

  it('tells what it would do, as statements that can be read and run', async () => {
    const { code, stdout } = await run(url, '--distributed', '--dry-run');
    expect(code).toBe(0);
    const steps = await planFor(url);
    expect(parseSync(stdout).stmts).toHaveLength(steps.flat().length + 2 * steps.length);
  });

  it('tells that migrations come first', async () => {
    const empty = await aDatabase();
    expect(await run(empty, '--distributed', '--dry-run')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^-- To migrate: Roles/),
    });
  });

  it('does it, and has nothing to do then', async () => {
    const cluster = await aDatabase();
    await onServer(cluster, (client) => standInForCitus(client, made.at(-1) as string));
    await migrate(cluster);
    expect(await run(cluster, '--distributed')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/create_reference_table\('retailers'\)/),
    });
    expect(await run(cluster, '--distributed')).toMatchObject({
      code: 0,
      stdout: 'The schema is up to date.\nThe schema is distributed.\n',
    });
  });
});
