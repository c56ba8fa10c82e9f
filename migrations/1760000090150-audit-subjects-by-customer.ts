import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose a pseudonym is lies with the customer, like all that is theirs; only auditors ask by the pseudonym. */
export class AuditSubjectsByCustomer1760000090150 implements MigrationInterface {
  name = 'AuditSubjectsByCustomer1760000090150';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table audit_subjects drop constraint audit_subjects_pk');
    await db.query('alter table audit_subjects add constraint audit_subjects_pk primary key (bucket, customer_id)');
    await db.query('drop index audit_subjects_by_customer');
    await db.query('create index audit_subjects_by_pseudonym on audit_subjects (pseudonym)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index audit_subjects_by_pseudonym');
    await db.query('create index audit_subjects_by_customer on audit_subjects (bucket, customer_id)');
    await db.query('alter table audit_subjects drop constraint audit_subjects_pk');
    await db.query('alter table audit_subjects add constraint audit_subjects_pk primary key (pseudonym)');
  }
}
