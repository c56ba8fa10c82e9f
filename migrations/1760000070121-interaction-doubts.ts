import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an event corrects, how far its time can be relied on, and whether something of it was not kept. */
export class InteractionDoubts1760000070121 implements MigrationInterface {
  name = 'InteractionDoubts1760000070121';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table interactions add column corrects bytea');
    await db.query('alter table interactions add column clock text');
    await db.query('alter table interactions add column withheld boolean not null default false');
    await db.query(`
      alter table interactions add constraint interactions_clock check (clock in ('corrected', 'suspect'))`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table interactions drop constraint interactions_clock');
    await db.query('alter table interactions drop column withheld');
    await db.query('alter table interactions drop column clock');
    await db.query('alter table interactions drop column corrects');
  }
}
