import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which event takes the place of which. As with voids, a correction may be known before what it corrects, and lasts
 * longer than both events: what has been corrected once never counts again. The last three columns decide between two
 * corrections of one event, whatever the order in which they came.
 */
export class InteractionCorrections1760000070120 implements MigrationInterface {
  name = 'InteractionCorrections1760000070120';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table interaction_corrections (
        bucket       int not null,
        customer_id  uuid not null,
        key_hash     bytea not null,
        target       bytea not null,
        time         timestamptz not null,
        event_id     text collate "C" not null,
        source       text collate "C" not null,
        constraint interaction_corrections_pk primary key (bucket, customer_id, key_hash),
        constraint interaction_corrections_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id)
      )`);
    await db.query(`
      create index interaction_corrections_of_target on interaction_corrections (bucket, customer_id, target)`);
    await db.query('grant select, insert on interaction_corrections to ccx_app');
    await db.query('grant select, delete on interaction_corrections to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table interaction_corrections');
  }
}
