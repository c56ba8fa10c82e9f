import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Partitions are made ahead of need while the service runs as `ccx_app`, which may not create tables. This function
 * runs as the owner and makes nothing but a month of a table that a migration has listed.
 */
export class Partitions1760000000005 implements MigrationInterface {
  name = 'Partitions1760000000005';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table ccx_partitioned_tables (
        name text not null,
        constraint ccx_partitioned_tables_pk primary key (name)
      )`);
    await db.query(`
      create function ccx_add_month_partition(parent text, month date) returns boolean
      language plpgsql security definer set search_path = public, pg_temp as $$
      declare
        first date := date_trunc('month', month);
        partition text := format('%s_%s', parent, to_char(first, 'YYYY_MM'));
      begin
        if not exists (select from ccx_partitioned_tables where name = parent) then
          raise exception 'Table % is not partitioned by month.', parent;
        end if;
        if to_regclass(partition) is not null then
          return false;
        end if;
        execute format('create table %I partition of %I for values from (%L) to (%L)',
          partition, parent, first::timestamp at time zone 'UTC', (first + interval '1 month') at time zone 'UTC');
        return true;
      exception
        when duplicate_table then return false; -- another process was quicker
        when check_violation then return false; -- the default partition has rows of this month already, and keeps it
      end $$`);
    await db.query('revoke execute on function ccx_add_month_partition(text, date) from public');
    await db.query('grant execute on function ccx_add_month_partition(text, date) to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function ccx_add_month_partition(text, date)');
    await db.query('drop table ccx_partitioned_tables');
  }
}
