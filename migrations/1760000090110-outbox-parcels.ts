import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What one transaction hands to one handler is one delivery, however many events it is: a report about a hundred
 * customers wrote two hundred of them.
 */
export class OutboxParcels1760000090110 implements MigrationInterface {
  name = 'OutboxParcels1760000090110';

  async up(db: QueryRunner): Promise<void> {
    // A delivery may name events of several buckets, and events that have been erased since: then there is less to do.
    await db.query('alter table outbox_deliveries drop constraint outbox_deliveries_of_event');
    await db.query('alter table outbox_deliveries rename column event_id to id');
    await db.query('alter table outbox_deliveries add column event_buckets int[]');
    await db.query('alter table outbox_deliveries add column event_ids uuid[]');
    await db.query('update outbox_deliveries set event_buckets = array[bucket], event_ids = array[id]');
    await db.query('alter table outbox_deliveries alter column event_buckets set not null');
    await db.query('alter table outbox_deliveries alter column event_ids set not null');
    await db.query(`
      alter table outbox_deliveries add constraint outbox_deliveries_of_events
        check (cardinality(event_ids) > 0 and cardinality(event_ids) = cardinality(event_buckets))`);
    // Asked for once an hour, by time alone: a block range says enough, and costs an insert next to nothing.
    await db.query('drop index outbox_events_by_time');
    await db.query('create index outbox_events_by_time on outbox_events using brin (at)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index outbox_events_by_time');
    await db.query('create index outbox_events_by_time on outbox_events (at)');
    await db.query(`
      insert into outbox_deliveries (bucket, id, handler, due_at, attempts, event_buckets, event_ids)
      select e.bucket, e.id, d.handler, d.due_at, d.attempts, array[e.bucket], array[e.id]
        from outbox_deliveries d, unnest(d.event_buckets, d.event_ids) as named (bucket, id)
        join outbox_events e using (bucket, id)
      on conflict do nothing`);
    await db.query(`
      delete from outbox_deliveries d
       where id <> all (event_ids)
          or not exists (select from outbox_events e where e.bucket = d.bucket and e.id = d.id)`);
    await db.query('alter table outbox_deliveries drop constraint outbox_deliveries_of_events');
    await db.query('alter table outbox_deliveries drop column event_ids');
    await db.query('alter table outbox_deliveries drop column event_buckets');
    await db.query('alter table outbox_deliveries rename column id to event_id');
    await db.query(`
      alter table outbox_deliveries add constraint outbox_deliveries_of_event
        foreign key (bucket, event_id) references outbox_events (bucket, id) on delete cascade`);
  }
}
