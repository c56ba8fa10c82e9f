import type { Reader, Tx } from '../platform/database/database.js';
import { LongJob } from '../platform/jobs/long-job.entity.js';
import { jobWith } from '../platform/jobs/long-jobs.queries.js';
import { InteractionJob } from './job.entity.js';

/** A job, and how far the work has come once its file is here. */
export interface JobRecord {
  readonly upload: InteractionJob;
  readonly work: LongJob | null;
}

export async function findJob(reader: Reader, clientId: string, id: string): Promise<JobRecord | null> {
  const upload = await reader.findOneBy(InteractionJob, { clientId, id });
  return upload && { upload, work: await jobWith(reader, { id }).getOne() };
}

/**
 * Holds the job's row until commit. Its key is left alone, so that a stretch that is under way may refer to the row:
 * whoever cancels waits for that stretch, and it must not wait for them.
 */
export function lockJob(tx: Tx, clientId: string, id: string): Promise<InteractionJob | null> {
  return tx.findOne(InteractionJob, { where: { clientId, id }, lock: { mode: 'for_no_key_update' } });
}

/** A client's jobs, newest first. */
export async function listJobs(
  reader: Reader,
  { clientId, before, limit }: { clientId: string; before?: string; limit: number },
): Promise<JobRecord[]> {
  const query = reader
    .createQueryBuilder(InteractionJob, 'job')
    .where({ clientId })
    .orderBy('job.id', 'DESC')
    .take(limit);
  if (before !== undefined) query.andWhere('job.id < :before', { before });
  const uploads = await query.getMany();
  const work = await reader
    .createQueryBuilder(LongJob, 'work')
    .where('work.id = any(:ids)', { ids: uploads.map(({ id }) => id) })
    .getMany();
  return uploads.map((upload) => ({ upload, work: work.find(({ id }) => id === upload.id) ?? null }));
}

/** How many of a client's jobs wait for content or are at work. */
export async function countOpenJobs(reader: Reader, clientId: string, now: Date): Promise<number> {
  const [row] = await reader.query<{ count: number }[]>(
    `select count(*)::int as count
       from interaction_jobs j left join long_jobs l on l.id = j.id
      where j.client_id = $1
        and (j.status = 'uploading' and j.expires_at > $2 or j.status = 'uploaded' and l.finished_at is null)`,
    [clientId, now],
  );
  return row!.count;
}

/** Gives up uploads that took too long, and deletes the content of jobs that are over and jobs from before `before`. */
export async function sweepJobs(tx: Tx, now: Date, before: Date): Promise<void> {
  await tx.query(`update interaction_jobs set status = 'expired' where status = 'uploading' and expires_at <= $1`, [
    now,
  ]);
  await tx.query(
    `delete from interaction_job_blocks where job_id in (
       select j.id from interaction_jobs j left join long_jobs l on l.id = j.id
        where j.status <> 'uploading' and (j.status <> 'uploaded' or l.finished_at is not null)
          and exists (select from interaction_job_blocks b where b.job_id = j.id))`,
  );
  await tx.query('delete from interaction_jobs where created_at < $1', [before]);
}
