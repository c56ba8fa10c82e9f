import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What processes share about requests: answers to be repeated, counts to be kept, and who holds which job. */
export class Requests1760000000040 implements MigrationInterface {
  name = 'Requests1760000000040';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table idempotency_keys (
        caller_hash    bytea not null,
        key_hash       bytea not null,
        request_hash   bytea not null,
        status         text not null,
        answer_sealed  bytea,
        created_at     timestamptz not null,
        expires_at     timestamptz not null,
        constraint idempotency_keys_pk primary key (caller_hash, key_hash),
        constraint idempotency_keys_status check (status in ('running', 'done'))
      )`);
    await db.query('create index idempotency_keys_expiry on idempotency_keys (expires_at)');
    await db.query(`
      create table rate_limits (
        key_hash      bytea not null,
        window_start  timestamptz not null,
        count         int not null,
        constraint rate_limits_pk primary key (key_hash, window_start)
      )`);
    await db.query('create index rate_limits_by_window on rate_limits (window_start)');
    await db.query(`
      create table job_leases (
        name        text not null,
        holder      uuid not null,
        expires_at  timestamptz not null,
        constraint job_leases_pk primary key (name)
      )`);
    await db.query('grant select, insert, update, delete on idempotency_keys, rate_limits, job_leases to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table job_leases');
    await db.query('drop table rate_limits');
    await db.query('drop table idempotency_keys');
  }
}
