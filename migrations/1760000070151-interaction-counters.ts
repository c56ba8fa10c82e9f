import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How much retailers reported of a customer, by month: counted from the events, and never more than they say. */
export class InteractionCounters1760000070151 implements MigrationInterface {
  name = 'InteractionCounters1760000070151';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table interaction_counters (
        bucket       int not null,
        customer_id  uuid not null,
        month        date not null,
        retailer_id  uuid not null,
        type         text not null,
        touchpoint   text not null,
        reported     int not null,
        standing     int not null,
        disputed     int not null,
        constraint interaction_counters_pk
          primary key (bucket, customer_id, month, retailer_id, type, touchpoint),
        constraint interaction_counters_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id),
        constraint interaction_counters_add_up
          check (reported > 0 and standing >= 0 and disputed >= 0 and standing + disputed <= reported)
      )`);
    await db.query('grant select, insert, update, delete on interaction_counters to ccx_app');
    await db.query('grant select, delete on interaction_counters to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table interaction_counters');
  }
}
