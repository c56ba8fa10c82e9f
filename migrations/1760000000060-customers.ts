import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The people, and the hash of the address by which they are found when they sign in. */
export class Customers1760000000060 implements MigrationInterface {
  name = 'Customers1760000000060';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table customers (
        bucket               int not null,
        customer_id          uuid not null,
        status               text not null,
        language             text not null,
        email_sealed         bytea not null,
        display_name_sealed  bytea,
        created_at           timestamptz not null,
        updated_at           timestamptz not null,
        constraint customers_pk primary key (bucket, customer_id),
        constraint customers_bucket_is_16_bits check (bucket between 0 and 65535),
        constraint customers_status check (status in ('active', 'erased'))
      )`);
    await db.query(`
      create table login_identities (
        identity_hash  bytea not null,
        bucket         int not null,
        customer_id    uuid not null,
        constraint login_identities_pk primary key (identity_hash)
      )`);
    await db.query('create index login_identities_by_customer on login_identities (bucket, customer_id)');
    await db.query('grant select, insert, update, delete on customers, login_identities to ccx_app');
    await db.query('grant select, delete on customers, login_identities to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table login_identities');
    await db.query('drop table customers');
  }
}
