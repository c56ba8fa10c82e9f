import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Files of events, taken in by a job. What was uploaded lies there in blocks, compressed, until the job is over; what
 * became of each line is kept in parts, compressed, for as long as the job itself. Neither has a column for a customer:
 * a file names them by pairwise subjects, and the results not at all.
 */
export class InteractionJobs1760000070130 implements MigrationInterface {
  name = 'InteractionJobs1760000070130';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table interaction_jobs (
        id           uuid not null,
        retailer_id  uuid not null,
        client_id    text not null,
        format       text not null,
        options      jsonb not null,
        dry_run      boolean not null,
        size         bigint not null,
        checksum     bytea not null,
        received     bigint not null,
        status       text not null,
        error        jsonb,
        created_at   timestamptz not null,
        expires_at   timestamptz not null,
        constraint interaction_jobs_pk primary key (id),
        constraint interaction_jobs_format check (format in ('ndjson', 'csv', 'poslog')),
        constraint interaction_jobs_status
          check (status in ('uploading', 'uploaded', 'failed', 'cancelled', 'expired')),
        constraint interaction_jobs_received check (received between 0 and size)
      )`);
    await db.query('create index interaction_jobs_by_client on interaction_jobs (client_id, id)');
    await db.query('create index interaction_jobs_created_at on interaction_jobs (created_at)');
    await db.query(`
      create table interaction_job_blocks (
        job_id  uuid not null,
        start   bigint not null,
        data    bytea not null,
        constraint interaction_job_blocks_pk primary key (job_id, start)
      )`);
    await db.query(`
      create table interaction_job_results (
        job_id    uuid not null,
        start     bigint not null,
        outcomes  text[] not null,
        data      bytea not null,
        constraint interaction_job_results_pk primary key (job_id, start)
      )`);
    for (const table of ['interaction_job_blocks', 'interaction_job_results']) {
      await db.query(`
        alter table ${table} add constraint ${table}_of_job
          foreign key (job_id) references interaction_jobs (id) on delete cascade`);
      // It is compressed already.
      await db.query(`alter table ${table} alter column data set storage external`);
    }
    await db.query('grant select, insert, update, delete on interaction_jobs to ccx_app');
    await db.query('grant select, insert, delete on interaction_job_blocks, interaction_job_results to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table interaction_job_results');
    await db.query('drop table interaction_job_blocks');
    await db.query('drop table interaction_jobs');
  }
}
