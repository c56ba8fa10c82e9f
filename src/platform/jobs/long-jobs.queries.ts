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

/** Takes the job whose turn it is for `holder`, until then; null when there is none. */
export async function claimNext(
  reader: Reader,
  kinds: readonly string[],
  holder: string,
  now: Date,
  until: Date,
): Promise<Pick<LongJob, 'id' | 'attempts'> | null> {
  // One that is being worked at is locked by its step, however late that is, and passed over.
  const [rows] = await reader.query<[Pick<LongJob, 'id' | 'attempts'>[], number]>(
    `update long_jobs
        set holder = $2, due_at = $4, attempts = attempts + 1, status = 'running', started_at = coalesce(started_at, $3)
      where id = (select id from long_jobs
                   where finished_at is null and due_at <= $3 and kind = any($1)
                   order by due_at limit 1 for update skip locked)
      returning id, attempts`,
    [kinds, holder, now, until],
  );
  return rows[0] ?? null;
}

/** Locks the job until commit; null when it is no longer this holder's. */
export function lockHeld(tx: Tx, id: string, holder: string): Promise<LongJob | null> {
  return jobWith(tx, { id, holder }).setLock('pessimistic_write').getOne();
}

export async function deleteFinished(reader: Reader, before: Date): Promise<void> {
  await reader.query('delete from long_jobs where finished_at < $1', [before]);
}
