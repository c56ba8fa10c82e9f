import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Disclosures are kept a day at a time instead of a month, so that they can go a day at a time. What is there is moved
 * into its days. One function makes the partitions of all tables, each by the period that its row names.
 */
export class DisclosureDays1760000080120 implements MigrationInterface {
  name = 'DisclosureDays1760000080120';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table ccx_partitioned_tables add column every text not null default 'month'`);
    await db.query(
      `alter table ccx_partitioned_tables add constraint ccx_partitioned_tables_every check (every in ('day', 'month'))`,
    );
    await db.query(`update ccx_partitioned_tables set every = 'day' where name = 'disclosures'`);
    await db.query(`
      create function ccx_add_partition(parent text, moment date) returns boolean
      language plpgsql security definer set search_path = public, pg_temp as $$
      declare
        period text := (select every from ccx_partitioned_tables where name = parent);
        first date := date_trunc(period, moment::timestamp);
        partition text := format('%s_%s', parent, to_char(first, case period when 'day' then 'YYYY_MM_DD' else 'YYYY_MM' end));
        since timestamptz := first::timestamp at time zone 'UTC';
        until timestamptz := (first + ('1 ' || period)::interval) at time zone 'UTC';
        key text := ccx_partition_key(parent);
      begin
        if period is null then
          raise exception 'Table % is not partitioned by time.', parent;
        end if;
        if to_regclass(partition) is not null then
          return false;
        end if;
        -- Made beside the table and attached to it, which keeps nobody from reading and writing the other partitions.
        execute format('create table %I (like %I including all)', partition, parent);
        -- What came while the partition was missing went to the default one, and moves over.
        execute format('lock table %I in access exclusive mode', parent || '_default');
        execute format(
          'with moved as (delete from %1$I where %2$I >= %3$L and %2$I < %4$L returning *) insert into %5$I select * from moved',
          parent || '_default', key, since, until, partition);
        execute format('alter table %I attach partition %I for values from (%L) to (%L)',
          parent, partition, since, until);
        return true;
      exception
        when duplicate_table or duplicate_object or unique_violation then return false; -- another process was quicker
      end $$`);
    await db.query(`
      create function ccx_partition_key(parent text) returns text
      language sql stable set search_path = public, pg_temp as $$
        select a.attname::text
          from pg_partitioned_table p join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
         where p.partrelid = parent::regclass
      $$`);
    // The days of which a table's default partition holds something, up to a moment: they wait for partitions of theirs.
    await db.query(`
      create function ccx_stray_days(parent text, before timestamptz) returns setof date
      language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        if not exists (select from ccx_partitioned_tables where name = parent) then
          raise exception 'Table % is not partitioned by time.', parent;
        end if;
        return query execute format(
          $q$select distinct (%1$I at time zone 'UTC')::date from %2$I where %1$I < $1$q$,
          ccx_partition_key(parent), parent || '_default') using before;
      end $$`);
    for (const made of ['ccx_add_partition(text, date)', 'ccx_stray_days(text, timestamptz)']) {
      await db.query(`revoke execute on function ${made} from public`);
      await db.query(`grant execute on function ${made} to ccx_app`);
    }
    await db.query('drop function ccx_add_month_partition(text, date)');
    await regroup(db);
    await db.query(`
      select ccx_add_partition('disclosures', (now() at time zone 'UTC')::date + ahead)
        from generate_series(0, 14) ahead`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`update ccx_partitioned_tables set every = 'month' where name = 'disclosures'`);
    await regroup(db);
    await db.query(`
      select ccx_add_partition('disclosures', (now() at time zone 'UTC' + ahead * interval '1 month')::date)
        from generate_series(0, 3) ahead`);
    await db.query('drop function ccx_stray_days(text, timestamptz)');
    await db.query('drop function ccx_add_partition(text, date)');
    await db.query('drop function ccx_partition_key(text)');
    await db.query('alter table ccx_partitioned_tables drop column every');
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
        execute format('create table %I (like %I including all)', partition, parent);
        execute format('lock table %I in access exclusive mode', parent || '_default');
        execute format(
          'with moved as (delete from %1$I where %2$I >= %3$L and %2$I < %4$L returning *) insert into %5$I select * from moved',
          parent || '_default', key, since, until, partition);
        execute format('alter table %I attach partition %I for values from (%L) to (%L)',
          parent, partition, since, until);
        return true;
      exception
        when duplicate_table or unique_violation then return false;
      end $$`);
    await db.query('revoke execute on function ccx_add_month_partition(text, date) from public');
    await db.query('grant execute on function ccx_add_month_partition(text, date) to ccx_app');
  }
}

/** Moves what the partitions hold into partitions of the period that the table has now. */
async function regroup(db: QueryRunner): Promise<void> {
  const held = (await db.query(`
    select inhrelid::regclass::text as name from pg_inherits
     where inhparent = 'disclosures'::regclass and inhrelid <> 'disclosures_default'::regclass
     order by 1`)) as { name: string }[];
  for (const { name } of held) await db.query(`alter table disclosures detach partition ${name}`);
  for (const { name } of held) {
    await db.query(`
      select ccx_add_partition('disclosures', day)
        from (select distinct (checked_at at time zone 'UTC')::date as day from ${name}) days`);
    await db.query(`insert into disclosures select * from ${name}`);
    await db.query(`drop table ${name}`);
  }
}
