import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What customers note beside events that retailers reported, in words of their own. No retailer ever sees it. */
export class InteractionNotes1760000070140 implements MigrationInterface {
  name = 'InteractionNotes1760000070140';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table interaction_notes (
        bucket          int not null,
        customer_id     uuid not null,
        interaction_id  uuid not null,
        text_sealed     bytea not null,
        version         int not null,
        updated_at      timestamptz not null,
        constraint interaction_notes_pk primary key (bucket, customer_id, interaction_id),
        constraint interaction_notes_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id),
        constraint interaction_notes_version check (version >= 1)
      )`);
    await db.query('grant select, insert, update, delete on interaction_notes to ccx_app');
    await db.query('grant select, delete on interaction_notes to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table interaction_notes');
  }
}
