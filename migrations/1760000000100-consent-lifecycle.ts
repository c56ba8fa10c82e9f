import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A consent's present life, from which its reminders are reckoned, and how often a day it may be read. */
export class ConsentLifecycle1760000000100 implements MigrationInterface {
  name = 'ConsentLifecycle1760000000100';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table consents add column term_began_at timestamptz');
    await db.query('update consents set term_began_at = given_at');
    await db.query('alter table consents alter column term_began_at set not null');
    await db.query('alter table consents add column remind_at timestamptz');
    await db.query(`
      update consents set remind_at = given_at + (expires_at - given_at) / 2
       where use = 'standing' and status in ('active', 'paused')`);
    await db.query('create index consents_reminders on consents (remind_at) where remind_at is not null');
    await db.query(`
      alter table consents add constraint consents_max_reads_per_day check (max_reads_per_day > 0)`);
    await db.query('alter table consent_versions add column max_reads_per_day int');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table consent_versions drop column max_reads_per_day');
    await db.query('alter table consents drop constraint consents_max_reads_per_day');
    await db.query('drop index consents_reminders');
    await db.query('alter table consents drop column remind_at');
    await db.query('alter table consents drop column term_began_at');
  }
}
