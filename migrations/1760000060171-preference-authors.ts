import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which states of preferences somebody else brought about for the customer, and by what right. */
export class PreferenceAuthors1760000060171 implements MigrationInterface {
  name = 'PreferenceAuthors1760000060171';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table preference_versions add column delegation_id uuid');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table preference_versions drop column delegation_id');
  }
}
