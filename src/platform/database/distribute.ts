import type { QueryRunner } from 'typeorm';

import { ownerDataSource } from './data-source.js';
import type { Placement } from './distributed-tables.js';
import {
  type Catalogue,
  DistributionError,
  type ForeignKey,
  planDistribution,
  type Step,
} from './distribution-plan.js';

/** What `distribute` would do. Without Citus, it is all that there is to do. */
export async function planFor(url: string): Promise<Step[]> {
  return withRunner(url, async (runner) => planDistribution(await catalogue(runner)));
}

/** @throws DistributionError where the database is not the coordinator of a Citus cluster */
export async function requireCitus(url: string): Promise<void> {
  await withRunner(url, demandCitus);
}

/**
 * Spreads the tables of the schema over the machines of a Citus cluster, a step at a time, and answers how many steps
 * there were. Safe to run again, also after it was interrupted.
 *
 * @throws DistributionError where a table lies otherwise, or nobody has said how it should
 */
export async function distribute(url: string, onStatement: (text: string) => void): Promise<number> {
  return withRunner(url, async (runner) => {
    // As for migrations: of two at once, the second one finds nothing left to do. The lock ends with this connection.
    await runner.query(`select pg_advisory_lock(hashtext('ccx migrations'))`);
    const steps = planDistribution(await catalogue(runner));
    for (const step of steps) {
      await runner.startTransaction();
      for (const statement of step) {
        onStatement(statement);
        await runner.query(statement);
      }
      await runner.commitTransaction();
    }
    return steps.length;
  });
}

async function hasCitus(runner: QueryRunner): Promise<boolean> {
  const [row] = (await runner.query(`select to_regclass('citus_tables') as found`)) as { found: string | null }[];
  return (row?.found ?? null) !== null;
}

async function demandCitus(runner: QueryRunner): Promise<void> {
  if (!(await hasCitus(runner))) {
    const offered = (await runner.query(`select from pg_available_extensions where name = 'citus'`)) as unknown[];
    throw new DistributionError(
      offered.length > 0
        ? 'The extension `citus` is not created in this database: `create extension citus`, on every machine.'
        : 'The server at DATABASE_URL does not have the extension `citus`, so that nothing can be distributed over it. ' +
            'Name the coordinator of a Citus cluster, or leave out --distributed: one PostgreSQL needs nothing of it.',
    );
  }
  const coordinator = (await runner.query('select from pg_dist_node where groupid = 0')) as unknown[];
  if (coordinator.length > 0) return;
  throw new DistributionError(
    "The cluster does not know its coordinator, whose own tables refer to others: `select citus_set_coordinator_host('…')`.",
  );
}

interface PlacedRow {
  readonly name: string;
  readonly kind: 'distributed' | 'reference';
  readonly by: string;
}

async function catalogue(runner: QueryRunner): Promise<Catalogue> {
  const tables = (await runner.query(
    `select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by relname`,
  )) as { name: string }[];
  const foreignKeys = (await runner.query(
    `select k.conname as name, t.relname as table, r.relname as references, pg_get_constraintdef(k.oid) as definition
       from pg_constraint k join pg_class t on t.oid = k.conrelid join pg_class r on r.oid = k.confrelid
      where k.contype = 'f' and k.connamespace = 'public'::regnamespace and k.conparentid = 0
      order by t.relname, k.conname`,
  )) as ForeignKey[];
  const placed = (await hasCitus(runner))
    ? ((await runner.query(
        `select c.relname as name, p.citus_table_type as kind, p.distribution_column as by
           from citus_tables p join pg_class c on c.oid = p.table_name
          where c.relnamespace = 'public'::regnamespace and not c.relispartition
            and p.citus_table_type in ('distributed', 'reference')`,
      )) as PlacedRow[])
    : [];
  return {
    tables: tables.map(({ name }) => name),
    foreignKeys,
    placed: new Map(placed.map(({ name, kind, by }): [string, Placement] => [name, { kind, by }])),
  };
}

async function withRunner<T>(url: string, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const source = ownerDataSource({ url });
  await source.initialize();
  try {
    return await work(source.createQueryRunner());
  } finally {
    await source.destroy();
  }
}
