import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What customers brought in from elsewhere, and what of it they have confirmed. */
export class Imports1760000060180 implements MigrationInterface {
  name = 'Imports1760000060180';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table imports (
        bucket       int not null,
        customer_id  uuid not null,
        id           uuid not null,
        status       text not null,
        summary      bytea not null,
        items        bytea not null,
        created_at   timestamptz not null,
        settled_at   timestamptz,
        constraint imports_pk primary key (bucket, customer_id, id),
        constraint imports_of_customer foreign key (bucket, customer_id) references customers (bucket, customer_id),
        constraint imports_status check (status in ('pending', 'confirmed', 'discarded')),
        constraint imports_settled check ((settled_at is null) = (status = 'pending'))
      )`);
    await db.query('create index imports_settled_at on imports (settled_at) where settled_at is not null');
    await db.query('grant select, insert, update, delete on imports to ccx_app');
    await db.query('grant select, delete on imports to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table imports');
  }
}
