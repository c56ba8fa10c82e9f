import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every read of preferences that was answered, or refused to somebody who held a consent. Each row carries what proves
 * it within the audit entry of its batch, so that a proof needs no other customer's row and outlives their erasure.
 */
export class Disclosures1760000040000 implements MigrationInterface {
  name = 'Disclosures1760000040000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table disclosures (
        bucket           int not null,
        customer_id      uuid not null,
        checked_at       timestamptz not null,
        id               uuid not null,
        consent_id       uuid not null,
        consent_version  int not null,
        retailer_id      uuid not null,
        client_id        text not null,
        attributes       text[] not null,
        purpose          text,
        touchpoint       text,
        stage            text,
        unchanged        boolean not null,
        refused          text,
        audit_id         uuid not null,
        leaf_index       int not null,
        leaf_count       int not null,
        nonce            bytea not null,
        path             bytea not null,
        constraint disclosures_pk primary key (bucket, customer_id, checked_at, id),
        constraint disclosures_say_what_for check (refused is not null or (purpose is not null and touchpoint is not null)),
        constraint disclosures_leaf_is_in_its_batch check (leaf_index between 0 and leaf_count - 1)
      ) partition by range (checked_at)`);
    await db.query('create table disclosures_default partition of disclosures default');
    await db.query('create index disclosures_by_time on disclosures using brin (checked_at)');
    await db.query(`insert into ccx_partitioned_tables (name) values ('disclosures')`);
    await db.query(`
      select ccx_add_month_partition('disclosures', (now() at time zone 'UTC' + ahead * interval '1 month')::date)
        from generate_series(0, 3) ahead`);
    await db.query('grant select, insert on disclosures to ccx_app');
    await db.query('grant select, delete on disclosures to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`delete from ccx_partitioned_tables where name = 'disclosures'`);
    await db.query('drop table disclosures');
  }
}
