import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What customers show at tills, for a minute. Tills look a code up without knowing whose it is, so that the table is
 * keyed by it.
 */
export class TillCodes1760000060201 implements MigrationInterface {
  name = 'TillCodes1760000060201';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table till_codes (
        code_hash    bytea not null,
        bucket       int not null,
        customer_id  uuid not null,
        expires_at   timestamptz not null,
        constraint till_codes_pk primary key (code_hash),
        constraint till_codes_code_hash_is_sha256 check (length(code_hash) = 32)
      )`);
    await db.query('create index till_codes_by_customer on till_codes (bucket, customer_id)');
    await db.query('create index till_codes_expiry on till_codes (expires_at)');
    await db.query('grant select, insert, delete on till_codes to ccx_app');
    await db.query('grant select, delete on till_codes to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table till_codes');
  }
}
