import type { Client } from 'pg';

/**
 * Stands in for Citus, which is in no registry of packages: functions of its names that remember what they were asked,
 * and refuse what Citus refuses. No row moves. What it shows is that a plan is complete and in order, not that it works.
 */
export async function standInForCitus(client: Client, database: string): Promise<void> {
  await client.query(`
    create schema stand_in;
    create table stand_in.pg_dist_node (groupid int);
    insert into stand_in.pg_dist_node values (0);
    create table stand_in.citus_tables (table_name regclass, citus_table_type text, distribution_column text);
    create table stand_in.out_of_order (name text);

    create function stand_in.refuse(asked regclass, by text) returns void language plpgsql as $$
    begin
      if exists (select from stand_in.out_of_order where name = asked::text) then
        raise exception 'A machine is out of order.';
      end if;
      if exists (select from pg_constraint where contype = 'f' and asked in (conrelid, confrelid)) then
        raise exception '% still has foreign keys', asked;
      end if;
      if exists (select from pg_trigger where tgrelid = asked and not tgisinternal) then
        raise exception '% has triggers', asked;
      end if;
      if by is not null and exists (
        select from pg_index i where i.indrelid = asked and (i.indisunique or i.indisexclusion)
           and not exists (select from pg_attribute a
                            where a.attrelid = asked and a.attname = by and a.attnum = any(i.indkey))) then
        raise exception 'a key of % does not have %', asked, by;
      end if;
    end $$;

    create function stand_in.create_reference_table(asked regclass) returns void language sql as $$
      select stand_in.refuse(asked, null);
      insert into stand_in.citus_tables values (asked, 'reference', '<none>');
    $$;

    create function stand_in.create_distributed_table(
      table_name regclass, distribution_column text, colocate_with text default 'default'
    ) returns void language plpgsql as $$
    begin
      perform stand_in.refuse(table_name, distribution_column);
      if colocate_with <> 'none' and not exists (
        select from stand_in.citus_tables t
         where t.table_name = colocate_with::regclass and t.citus_table_type = 'distributed') then
        raise exception '% is not distributed', colocate_with;
      end if;
      insert into stand_in.citus_tables values (table_name, 'distributed', distribution_column);
    end $$;
    alter database ${database} set search_path = public, stand_in`);
}
