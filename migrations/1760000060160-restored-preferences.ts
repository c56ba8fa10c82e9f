import type { MigrationInterface, QueryRunner } from 'typeorm';

const changes = `'recorded', 'revised', 'removed', 'confirmed'`;

/** A preference can be put back into an earlier state. */
export class RestoredPreferences1760000060160 implements MigrationInterface {
  name = 'RestoredPreferences1760000060160';

  async up(db: QueryRunner): Promise<void> {
    await allow(db, `${changes}, 'restored'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`update preference_versions set change = 'revised' where change = 'restored'`);
    await allow(db, changes);
  }
}

async function allow(db: QueryRunner, list: string): Promise<void> {
  await db.query('alter table preference_versions drop constraint preference_versions_change');
  await db.query(`
    alter table preference_versions add constraint preference_versions_change check (change in (${list}))`);
}
