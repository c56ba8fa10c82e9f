import type { Pool } from 'pg';

/** Every table, or with a column every table that has it, without the partitions of others. */
export async function tablesOf(db: Pool, column?: string): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select t.relname as name from pg_class t
      where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
        and ($1::text is null or exists (
          select from pg_attribute a where a.attrelid = t.oid and a.attname = $1 and not a.attisdropped))
      order by name`,
    [column],
  );
  return rows.map(({ name }) => name);
}

/** What changes with every call, or by itself, and says nothing of what was asked. */
const passing = [
  'job_leases',
  'rate_limits',
  'dpop_proofs',
  'oauth_replays',
  'audit_state',
  'outbox_deliveries',
  'interaction_counter_marks',
];

/** The rows of each table; those of the log together, wherever they have got to. */
export async function contentsOf(db: Pool): Promise<Record<string, string[]>> {
  const contents: Record<string, string[]> = {};
  for (const table of (await tablesOf(db)).filter((name) => !passing.includes(name) && !name.startsWith('audit_'))) {
    contents[table] = await rowsOf(db, `select (to_jsonb(t) - 'last_used_at')::text as row from ${table} t`);
  }
  return { ...contents, log: await leavesOf(db) };
}

/** What the log commits to, numbered or not, in one statement: entries move from the one table to the other. */
export async function leavesOf(db: Pool): Promise<string[]> {
  return rowsOf(
    db,
    `select type || ' ' || encode(leaf_hash, 'hex') as row from audit_pending
     union all select type || ' ' || encode(leaf_hash, 'hex') from audit_log`,
  );
}

async function rowsOf(db: Pool, query: string): Promise<string[]> {
  const { rows } = await db.query<{ row: string }>(query);
  return rows.map(({ row }) => row).toSorted();
}
