import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log: entries wait in `audit_pending`, written with the change they tell of, and get their index in `audit_log`. */
export class AuditLog1760000000020 implements MigrationInterface {
  name = 'AuditLog1760000000020';

  async up(db: QueryRunner): Promise<void> {
    const entry = `
        type             text not null,
        at               timestamptz not null,
        leaf_hash        bytea not null,
        sealed           bytea not null,
        pseudonym        bytea,
        retailer_id      uuid,
        purposes         text[] not null,
        attributes       text[] not null,
        consent_version  int`;
    await db.query(`
      create table audit_pending (
        bucket           int not null,
        id               uuid not null, ${entry},
        constraint audit_pending_pk primary key (bucket, id),
        constraint audit_pending_leaf_hash_is_sha256 check (length(leaf_hash) = 32)
      )`);
    await db.query(`
      create table audit_log (
        idx              bigint not null,
        id               uuid not null, ${entry},
        constraint audit_log_pk primary key (idx),
        constraint audit_log_leaf_hash_is_sha256 check (length(leaf_hash) = 32)
      ) partition by range (idx)`);
    // The first partition takes a hundred million entries; the default one sees to it that none is ever refused.
    await db.query(`create table audit_log_0 partition of audit_log for values from (0) to (100000000)`);
    await db.query(`create table audit_log_default partition of audit_log default`);
    await db.query('create index audit_log_by_leaf_hash on audit_log (leaf_hash)');
    // Searches go by time, within an engagement's period, and must not read all that came later.
    await db.query('create index audit_log_by_time on audit_log (at, idx)');
    await db.query('create index audit_log_by_type on audit_log (type, at, idx)');
    await db.query('create index audit_log_by_retailer on audit_log (retailer_id, at, idx)');
    await db.query('create index audit_log_by_pseudonym on audit_log (pseudonym, at, idx)');
    await db.query('create index audit_log_by_purpose on audit_log using gin (purposes)');
    await db.query('create index audit_log_by_attribute on audit_log using gin (attributes)');
    await db.query(`
      create table audit_state (
        id    int not null,
        size  bigint not null,
        constraint audit_state_pk primary key (id),
        constraint audit_state_is_one_row check (id = 1)
      )`);
    await db.query('insert into audit_state (id, size) values (1, 0)');

    await db.query('grant select, insert, delete on audit_pending to ccx_app');
    await db.query('grant select, insert on audit_log to ccx_app');
    await db.query('grant select, update on audit_state to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table audit_state');
    await db.query('drop table audit_log');
    await db.query('drop table audit_pending');
  }
}
