import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a customer states: one sealed document per category as it holds now, and every change as a row of its own. */
export class Preferences1760000000080 implements MigrationInterface {
  name = 'Preferences1760000000080';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table preference_documents (
        bucket              int not null,
        customer_id         uuid not null,
        category            text not null,
        version             int not null,
        vocabulary_version  text not null,
        sealed              bytea not null,
        updated_at          timestamptz not null,
        constraint preference_documents_pk primary key (bucket, customer_id, category),
        constraint preference_documents_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id),
        constraint preference_documents_size check (length(sealed) <= 262144)
      ) with (fillfactor = 90)`);
    await db.query(`
      create table preference_versions (
        bucket              int not null,
        customer_id         uuid not null,
        preference_id       uuid not null,
        version             int not null,
        change              text not null,
        category            text not null,
        vocabulary_version  text not null,
        sealed              bytea not null,
        at                  timestamptz not null,
        constraint preference_versions_pk primary key (bucket, customer_id, preference_id, version),
        constraint preference_versions_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id),
        constraint preference_versions_change check (change in ('recorded', 'revised', 'removed', 'confirmed'))
      )`);
    await db.query('grant select, insert, update, delete on preference_documents to ccx_app');
    await db.query('grant select, insert on preference_versions to ccx_app');
    await db.query('grant select, delete on preference_documents, preference_versions to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table preference_versions');
    await db.query('drop table preference_documents');
  }
}
