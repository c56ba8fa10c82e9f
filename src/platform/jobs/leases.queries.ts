import type { Reader } from '../database/database.js';

/** A job that this process holds. */
export interface Lease {
  readonly name: string;
  /** How long it is until its turn; less than nothing when it is overdue. */
  readonly dueInMs: number;
}

export interface Wanted {
  readonly name: string;
  readonly intervalMs: number;
}

/**
 * Takes the jobs that nobody holds, and keeps those that `holder` has, for so long. Answers all that it has then. Only
 * the database's clock decides, so that hosts need not agree on the time.
 */
export async function holdLeases(
  reader: Reader,
  holder: string,
  wanted: readonly Wanted[],
  forMs: number,
): Promise<Lease[]> {
  const rows = await reader.query<{ name: string; due_in_ms: number }[]>(
    `insert into job_leases as held (name, holder, expires_at, due_at)
     select name, $1, clock_timestamp() + $2 * interval '1 ms', clock_timestamp() + interval_ms * interval '1 ms'
       from unnest($3::text[], $4::int[]) as wanted (name, interval_ms)
      order by name
     on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
       where held.holder = excluded.holder or held.expires_at <= clock_timestamp()
     returning name, (extract(epoch from held.due_at - clock_timestamp()) * 1000)::float8 as due_in_ms`,
    [holder, forMs, wanted.map(({ name }) => name), wanted.map(({ intervalMs }) => intervalMs)],
  );
  return rows.map(({ name, due_in_ms: dueInMs }) => ({ name, dueInMs }));
}

/** Puts off the next turn of a job, for whoever holds it then. */
export async function putOff(reader: Reader, holder: string, { name, intervalMs }: Wanted): Promise<void> {
  await reader.query(
    `update job_leases set due_at = clock_timestamp() + $3 * interval '1 ms' where name = $1 and holder = $2`,
    [name, holder, intervalMs],
  );
}

/** Lets go of everything, so that nobody has to wait. */
export async function giveBack(reader: Reader, holder: string): Promise<void> {
  await reader.query('update job_leases set expires_at = clock_timestamp() where holder = $1', [holder]);
}
