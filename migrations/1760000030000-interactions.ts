import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What retailers report. `interaction_keys` says which events are known, for ever and over all months;
 * `interactions` has their content, by month; `interaction_voids` says which of them did not happen, and may know that
 * before the event itself arrives.
 */
export class Interactions1760000030000 implements MigrationInterface {
  name = 'Interactions1760000030000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table interaction_keys (
        bucket        int not null,
        customer_id   uuid not null,
        key_hash      bytea not null,
        occurred_at   timestamptz not null,
        content_hash  bytea not null,
        constraint interaction_keys_pk primary key (bucket, customer_id, key_hash),
        constraint interaction_keys_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id)
      )`);
    await db.query(`
      create table interactions (
        bucket           int not null,
        customer_id      uuid not null,
        occurred_at      timestamptz not null,
        id               uuid not null,
        key_hash         bytea not null,
        retailer_id      uuid not null,
        client_id        text not null,
        consent_id       uuid not null,
        consent_version  int not null,
        type             text not null,
        touchpoint       text not null,
        stage            text not null,
        source           text not null,
        event_id         text not null,
        correlation      text,
        data             jsonb not null,
        received_at      timestamptz not null,
        constraint interactions_pk primary key (bucket, customer_id, occurred_at, id)
      ) partition by range (occurred_at)`);
    await db.query(`create table interactions_default partition of interactions default`);
    await db.query('create index interactions_by_time on interactions using brin (occurred_at)');
    await db.query(`
      create table interaction_voids (
        bucket       int not null,
        customer_id  uuid not null,
        key_hash     bytea not null,
        voided_by    bytea not null,
        at           timestamptz not null,
        constraint interaction_voids_pk primary key (bucket, customer_id, key_hash),
        constraint interaction_voids_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id)
      )`);

    await db.query(`insert into ccx_partitioned_tables (name) values ('interactions')`);
    // Events may be reported for 400 days after they happened, so that past months are needed from the first day on.
    await db.query(`
      select ccx_add_month_partition('interactions', month::date)
        from generate_series(now() - interval '14 months', now() + interval '3 months', interval '1 month') as month`);

    await db.query('grant select, insert on interaction_keys, interactions, interaction_voids to ccx_app');
    await db.query('grant select, delete on interaction_keys, interactions, interaction_voids to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`delete from ccx_partitioned_tables where name = 'interactions'`);
    await db.query('drop table interaction_voids');
    await db.query('drop table interactions');
    await db.query('drop table interaction_keys');
  }
}
