import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each customer's own keys, wrapped by the KEK. Erasing a customer begins with deleting this row. */
export class SubjectKeys1760000000010 implements MigrationInterface {
  name = 'SubjectKeys1760000000010';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table subject_keys (
        bucket       int not null,
        customer_id  uuid not null,
        profile_key  bytea not null,
        audit_key    bytea not null,
        created_at   timestamptz not null,
        constraint subject_keys_pk primary key (bucket, customer_id),
        constraint subject_keys_bucket_is_16_bits check (bucket between 0 and 65535)
      )`);
    await db.query(`
      create table audit_subjects (
        pseudonym    bytea not null,
        bucket       int not null,
        customer_id  uuid not null,
        constraint audit_subjects_pk primary key (pseudonym),
        constraint audit_subjects_pseudonym_is_128_bits check (length(pseudonym) = 16)
      )`);
    await db.query('create index audit_subjects_by_customer on audit_subjects (bucket, customer_id)');
    await db.query('grant select, insert, update, delete on subject_keys, audit_subjects to ccx_app');
    await db.query('grant select, delete on subject_keys, audit_subjects to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table audit_subjects');
    await db.query('drop table subject_keys');
  }
}
