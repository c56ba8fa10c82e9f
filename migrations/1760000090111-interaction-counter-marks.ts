import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which months are to be counted anew: noted for every report, counted once for all that came meanwhile. */
export class InteractionCounterMarks1760000090111 implements MigrationInterface {
  name = 'InteractionCounterMarks1760000090111';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table interaction_counter_marks (
        bucket       int not null,
        customer_id  uuid not null,
        month        date not null,
        retailer_id  uuid not null,
        constraint interaction_counter_marks_pk primary key (bucket, customer_id, month, retailer_id),
        constraint interaction_counter_marks_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id)
      )`);
    await db.query('grant select, insert, delete on interaction_counter_marks to ccx_app');
    await db.query('grant select, delete on interaction_counter_marks to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    // What is marked would never be counted otherwise.
    await db.query(`
      insert into outbox_deliveries (bucket, id, handler, due_at, attempts, event_buckets, event_ids)
      select distinct on (e.bucket, e.id) e.bucket, e.id, 'interactions.counters', now(), 0, array[e.bucket], array[e.id]
        from interaction_counter_marks m
        join outbox_events e
          on e.bucket = m.bucket and e.customer_id = m.customer_id and e.retailer_id = m.retailer_id
         and e.data ? 'days'
      on conflict do nothing`);
    await db.query('drop table interaction_counter_marks');
  }
}
