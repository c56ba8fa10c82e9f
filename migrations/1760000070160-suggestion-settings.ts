import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who wants suggestions, about what never, and when to look at their events again. Whoever holds a customer's row is
 * the only one at their suggestions.
 */
export class SuggestionSettings1760000070160 implements MigrationInterface {
  name = 'SuggestionSettings1760000070160';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table suggestion_settings (
        bucket              int not null,
        customer_id         uuid not null,
        enabled_at          timestamptz,
        never               text[] not null,
        time_zone           text,
        vocabulary_version  text,
        opened_on           date,
        due_at              timestamptz,
        constraint suggestion_settings_pk primary key (bucket, customer_id),
        constraint suggestion_settings_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id),
        constraint suggestion_settings_due check (due_at is null or enabled_at is not null)
      )`);
    await db.query(`create index suggestion_settings_due_at on suggestion_settings (due_at) where due_at is not null`);
    await db.query('grant select, insert, update on suggestion_settings to ccx_app');
    await db.query('grant select, delete on suggestion_settings to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table suggestion_settings');
  }
}
