import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events written with the change they tell of, and one delivery for each handler that wants them. */
export class Outbox1760000000030 implements MigrationInterface {
  name = 'Outbox1760000000030';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table outbox_events (
        bucket       int not null,
        id           uuid not null,
        type         text not null,
        at           timestamptz not null,
        customer_id  uuid,
        retailer_id  uuid,
        subject      text not null,
        data         jsonb not null,
        constraint outbox_events_pk primary key (bucket, id)
      )`);
    await db.query('create index outbox_events_by_time on outbox_events (at)');
    await db.query('create index outbox_events_by_customer on outbox_events (bucket, customer_id)');
    await db.query(`
      create table outbox_deliveries (
        bucket    int not null,
        event_id  uuid not null,
        handler   text not null,
        due_at    timestamptz not null,
        attempts  int not null,
        constraint outbox_deliveries_pk primary key (bucket, event_id, handler),
        constraint outbox_deliveries_of_event foreign key (bucket, event_id)
          references outbox_events (bucket, id) on delete cascade
      )`);
    await db.query('create index outbox_deliveries_due on outbox_deliveries (handler, due_at)');
    await db.query('grant select, insert, update, delete on outbox_events, outbox_deliveries to ccx_app');
    await db.query('grant select, delete on outbox_events, outbox_deliveries to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table outbox_deliveries');
    await db.query('drop table outbox_events');
  }
}
