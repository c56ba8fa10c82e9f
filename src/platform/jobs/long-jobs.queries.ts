import type { SelectQueryBuilder } from 'typeorm';

import type { Reader, Tx } from '../database/database.js';
import { LongJob } from './long-job.entity.js';

/** For the one job with all of these. */
export function jobWith(
  reader: Reader,
  where: Partial<Pick<LongJob, 'id' | 'kind' | 'owner' | 'holder'>>,
): SelectQueryBuilder<LongJob> {
  return reader.createQueryBuilder(LongJob, 'job').where(where);
}

/**
 * Takes the job whose turn it is, for so long; null when there is none. Nobody waits for a step that has not failed, and
 * the database's clock says when the others are due, so that hosts need not agree on the time.
 */
export async function claimNext(
  reader: Reader,
  kinds: readonly string[],
  { holder, now, forMs }: { readonly holder: string; readonly now: Date; readonly forMs: number },
): Promise<Pick<LongJob, 'id' | 'attempts'> | null> {
  // One that is being worked at is locked by its step, however late that is, and passed over.
  const [rows] = await reader.query<[Pick<LongJob, 'id' | 'attempts'>[], number]>(
    `update long_jobs
        set holder = $2, due_at = clock_timestamp() + $4 * interval '1 ms', attempts = attempts + 1, status = 'running',
            started_at = coalesce(started_at, $3)
      where id = (select id from long_jobs
                   where finished_at is null and kind = any($1) and (attempts = 0 or due_at <= clock_timestamp())
                   order by due_at limit 1 for update skip locked)
      returning id, attempts`,
    [kinds, holder, now, forMs],
  );
  return rows[0] ?? null;
}

/** Has nobody begin the next step of a job for so long; where a holder is given, only if it is still theirs. */
export async function putOffJob(reader: Reader, id: string, holder: string | null, forMs: number): Promise<void> {
  await reader.query(
    `update long_jobs set due_at = clock_timestamp() + $3 * interval '1 ms'
      where id = $1 and holder is not distinct from $2`,
    [id, holder, forMs],
  );
}

/** Locks the job until commit; null when it is no longer this holder's. */
export function lockHeld(tx: Tx, id: string, holder: string): Promise<LongJob | null> {
  return jobWith(tx, { id, holder }).setLock('pessimistic_write').getOne();
}

export async function deleteFinished(reader: Reader, before: Date): Promise<void> {
  await reader.query('delete from long_jobs where finished_at < $1', [before]);
}

/** The jobs whose turn has come and which nobody has begun, and for how long the oldest of them has waited. */
export async function dueLongJobs(reader: Reader): Promise<{ readonly count: number; readonly seconds: number }> {
  const [row] = await reader.query<[{ count: number; seconds: number }]>(
    `select count(*)::int as count,
            coalesce(extract(epoch from clock_timestamp() - min(due_at)), 0)::float8 as seconds
       from long_jobs where finished_at is null and due_at <= clock_timestamp()`,
  );
  return row;
}
