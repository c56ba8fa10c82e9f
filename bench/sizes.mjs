// What a row takes, by table: for docs/operator/sizing.md. `node bench/sizes.mjs`
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { Bench } from './compare.mjs';
import { folderToServe, serve, withService } from './service.mjs';

const PEOPLE = 1_000;
/** Long enough for pages of indexes to fill as they do in the long run. */
const SECONDS = 4;

// Partitions count for their table.
const SIZES = `
  select t.relname as table,
         (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', t.relname), false, true, '')))[1]::text::int as rows,
         sum(pg_table_size(coalesce(p.relid, t.oid))) as heap, sum(pg_indexes_size(coalesce(p.relid, t.oid))) as indexes
    from pg_class t left join lateral pg_partition_tree(t.oid) p on p.isleaf
   where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
   group by t.oid, t.relname`;

const folder = folderToServe();
if (folder) {
  await serve(folder, 3996, () => ({}), { REQUEST_WAIT_SECONDS: '30' });
} else await withService(fileURLToPath(import.meta.url), {}, measure);

async function measure(ask, service) {
  const bench = await Bench.begin(ask, service);
  const client = new pg.Client({ connectionString: bench.databaseUrl });
  await client.connect();
  try {
    await bench.populate({ people: PEOPLE, readers: 1_000, customers: 500 });
    const written = [];
    for (const [module, name] of [
      ['cases/reads.mjs', 'read'],
      ['cases/writes.mjs', 'intake'],
      ['cases/writes.mjs', 'record'],
      ['cases/writes.mjs', 'consents'],
    ]) {
      const order = { module, name, sides: ['service'], connections: 16, slices: 1, seconds: SECONDS };
      await bench.compare(order); // and what follows behind it
      const before = await position(client);
      const { service: slices } = await bench.compare(order);
      const { rows } = await client.query('select pg_current_wal_lsn() - $1::pg_lsn as bytes', [before]);
      // The one slice that is told of came after one that is not.
      written.push({ case: name, 'WAL, bytes a request': Math.round(rows[0].bytes / 2 / slices[0].requests) });
    }
    console.table(written);
    const { rows } = await client.query(SIZES);
    const table = rows
      .filter((row) => row.rows >= 500)
      .map((row) => ({
        table: row.table,
        rows: row.rows,
        'heap, bytes a row': Math.round(row.heap / row.rows),
        'indexes, bytes a row': Math.round(row.indexes / row.rows),
      }));
    console.table(table.sort((a, b) => (a.table < b.table ? -1 : 1)));
  } finally {
    await client.end();
    await bench.end();
  }
}

async function position(client) {
  const { rows } = await client.query('select pg_current_wal_lsn() as lsn');
  return rows[0].lsn;
}
