import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the log has signed and published, and with which keys. */
export class LogCheckpoints1760000080101 implements MigrationInterface {
  name = 'LogCheckpoints1760000080101';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table audit_checkpoints (
        size          bigint not null,
        signed_at     timestamptz not null,
        root          bytea not null,
        note          text not null,
        abandoned_at  timestamptz,
        constraint audit_checkpoints_pk primary key (size, signed_at),
        constraint audit_checkpoints_root_is_sha256 check (length(root) = 32)
      )`);
    await db.query(`
      create table audit_log_keys (
        key_id         text not null,
        vkey           text not null,
        from_size      bigint not null,
        to_size        bigint,
        introduced_at  timestamptz not null,
        retired_at     timestamptz,
        handover       text,
        constraint audit_log_keys_pk primary key (key_id),
        constraint audit_log_keys_range check (to_size >= from_size),
        constraint audit_log_keys_retired check ((to_size is null) = (retired_at is null))
      )`);
    // One key signs at a time.
    await db.query('create unique index audit_log_keys_one_active on audit_log_keys ((true)) where retired_at is null');
    await db.query('grant select, insert on audit_checkpoints to ccx_app');
    // After a real loss, which is declared and itself an entry (`ccx log recover`).
    await db.query('grant update (abandoned_at) on audit_checkpoints to ccx_app');
    await db.query('grant select, insert on audit_log_keys to ccx_app');
    await db.query('grant update (to_size, retired_at) on audit_log_keys to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table audit_log_keys');
    await db.query('drop table audit_checkpoints');
  }
}
