import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work that takes longer than a request, and how far it has come: any process goes on where another one stopped. */
export class LongJobs1760000060200 implements MigrationInterface {
  name = 'LongJobs1760000060200';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table long_jobs (
        id           uuid not null,
        kind         text not null,
        owner        text not null,
        status       text not null,
        params       jsonb not null,
        cursor       jsonb,
        done         bigint not null,
        total        bigint,
        result       jsonb,
        errors       jsonb not null,
        attempts     int not null,
        holder       uuid,
        due_at       timestamptz not null,
        created_at   timestamptz not null,
        started_at   timestamptz,
        finished_at  timestamptz,
        constraint long_jobs_pk primary key (id),
        constraint long_jobs_status check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
        constraint long_jobs_finished check ((finished_at is null) = (status in ('queued', 'running')))
      )`);
    await db.query('create index long_jobs_due on long_jobs (due_at) where finished_at is null');
    await db.query('create index long_jobs_finished_at on long_jobs (finished_at) where finished_at is not null');
    await db.query('grant select, insert, update, delete on long_jobs to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table long_jobs');
  }
}
