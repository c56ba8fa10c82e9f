import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A disclosure names the entry of its batch by its id: its proof needs the entry's place in the log. */
export class AuditEntryIds1760000080122 implements MigrationInterface {
  name = 'AuditEntryIds1760000080122';

  async up(db: QueryRunner): Promise<void> {
    await db.query('create index audit_log_by_id on audit_log (id)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index audit_log_by_id');
  }
}
