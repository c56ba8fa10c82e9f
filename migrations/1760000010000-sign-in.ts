import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a customer signs in: a password, the sessions that are open, and one-time codes for when it is forgotten. */
export class SignIn1760000010000 implements MigrationInterface {
  name = 'SignIn1760000010000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table customer_passwords (
        bucket         int not null,
        customer_id    uuid not null,
        password_hash  text not null,
        changed_at     timestamptz not null,
        constraint customer_passwords_pk primary key (bucket, customer_id),
        constraint customer_passwords_are_argon2id check (password_hash like '$argon2id$%')
      )`);
    await db.query(`
      create table sessions (
        bucket         int not null,
        customer_id    uuid not null,
        id             uuid not null,
        token_hash     bytea not null,
        device_sealed  bytea,
        signed_in_at   timestamptz not null,
        last_used_at   timestamptz not null,
        expires_at     timestamptz not null,
        constraint sessions_pk primary key (bucket, customer_id, id),
        constraint sessions_token_hash_is_sha256 check (length(token_hash) = 32)
      )`);
    await db.query('create unique index sessions_by_token on sessions (bucket, customer_id, token_hash)');
    await db.query(`
      create table recovery_codes (
        bucket       int not null,
        customer_id  uuid not null,
        code_hash    bytea not null,
        created_at   timestamptz not null,
        constraint recovery_codes_pk primary key (bucket, customer_id, code_hash),
        constraint recovery_codes_hash_is_sha256 check (length(code_hash) = 32)
      )`);
    await db.query('grant select, insert, update, delete on customer_passwords, sessions, recovery_codes to ccx_app');
    await db.query('grant select, delete on customer_passwords, sessions, recovery_codes to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table recovery_codes');
    await db.query('drop table sessions');
    await db.query('drop table customer_passwords');
  }
}
