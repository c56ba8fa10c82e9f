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
        since timestamptz := first::timestamp at time zone 'UTC';
        until timestamptz := (first + interval '1 month') at time zone 'UTC';
        key text;
      begin
        if not exists (select from ccx_partitioned_tables where name = parent) then
          raise exception 'Table % is not partitioned by month.', parent;
        end if;
        if to_regclass(partition) is not null then
          return false;
        end if;
        select a.attname into key
          from pg_partitioned_table p join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
         where p.partrelid = parent::regclass;
        -- Made beside the table and attached to it, which keeps nobody from reading and writing the other months.
        execute format('create table %I (like %I including all)', partition, parent);
        -- What came while the month was missing went to the default partition, and moves over.
        execute format('lock table %I in access exclusive mode', parent || '_default');
        execute format(
          'with moved as (delete from %1$I where %2$I >= %3$L and %2$I < %4$L returning *) insert into %5$I select * from moved',
          parent || '_default', key, since, until, partition);
        execute format('alter table %I attach partition %I for values from (%L) to (%L)',
          parent, partition, since, until);
        return true;
      exception
        when duplicate_table or unique_violation then return false; -- another process was quicker
      end $$`);
    await db.query('revoke execute on function ccx_add_month_partition(text, date) from public');
    await db.query('grant execute on function ccx_add_month_partition(text, date) to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function ccx_add_month_partition(text, date)');
    await db.query('drop table ccx_partitioned_tables');
  }
}
