import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each day of a customer says, sealed. A stale day has changed since, or was never looked at. */
export class SuggestionDays1760000070161 implements MigrationInterface {
  name = 'SuggestionDays1760000070161';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table suggestion_days (
        bucket       int not null,
        customer_id  uuid not null,
        day          date not null,
        stale        boolean not null,
        sealed       bytea,
        constraint suggestion_days_pk primary key (bucket, customer_id, day),
        constraint suggestion_days_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id),
        constraint suggestion_days_looked_at check (stale or sealed is not null)
      )`);
    await db.query('grant select, insert, update, delete on suggestion_days to ccx_app');
    await db.query('grant select, delete on suggestion_days to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table suggestion_days');
  }
}
