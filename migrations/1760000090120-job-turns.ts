import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a job's next turn is, so that a death or a restart puts off nothing that is done once an hour. */
export class JobTurns1760000090120 implements MigrationInterface {
  name = 'JobTurns1760000090120';

  async up(db: QueryRunner): Promise<void> {
    // With a default, for processes of the version before, which may still be running.
    await db.query('alter table job_leases add column due_at timestamptz not null default now()');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table job_leases drop column due_at');
  }
}
