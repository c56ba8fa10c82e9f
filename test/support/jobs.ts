import { Jobs } from '../../src/platform/jobs/jobs.js';
import type { TestApp } from './app.js';

/** Keeps every process from doing these jobs by itself, which would get in between; returns once the app does none. */
export async function holdJobs(app: TestApp, ...names: string[]): Promise<void> {
  await app.db.query(
    `insert into job_leases (name, holder, expires_at)
     select name, gen_random_uuid(), 'infinity' from unnest($1::text[]) as name
     on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at`,
    [names],
  );
  await app.get(Jobs).look();
}

/** As if the time had passed after which another process takes them over, or tries again what has failed. */
export async function longJobsAreDue(app: TestApp): Promise<void> {
  await app.db.query('update long_jobs set due_at = now() where finished_at is null');
}
