import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was suggested to customers, as long as it is open or what they decided about it matters. */
export class Suggestions1760000070162 implements MigrationInterface {
  name = 'Suggestions1760000070162';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table suggestions (
        bucket         int not null,
        customer_id    uuid not null,
        id             uuid not null,
        attribute      text not null,
        status         text not null,
        holds          boolean not null,
        sealed         bytea not null,
        opened_at      timestamptz not null,
        decided_at     timestamptz,
        preference_id  uuid,
        constraint suggestions_pk primary key (bucket, customer_id, id),
        constraint suggestions_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id),
        constraint suggestions_status check (status in ('open', 'accepted', 'refused')),
        constraint suggestions_decided check ((decided_at is null) = (status = 'open')),
        constraint suggestions_accepted check ((preference_id is not null) = (status = 'accepted'))
      )`);
    await db.query('grant select, insert, update, delete on suggestions to ccx_app');
    await db.query('grant select, delete on suggestions to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table suggestions');
  }
}
