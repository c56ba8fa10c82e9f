import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By whom a member of staff was let in: a re-identification takes two who were not let in by one another. */
export class StaffLetIn1760000080150 implements MigrationInterface {
  name = 'StaffLetIn1760000080150';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table staff_members add column let_in_by uuid');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table staff_members drop column let_in_by');
  }
}
