import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * For how long what retailers report is kept: by the customer's choice, and never beyond the legal maximum, at which
 * whole months are dropped. The service may not drop tables: this function runs as the owner, and drops no month that
 * is younger than `kept_at_least` of a table that has it.
 */
export class InteractionRetention1760000070152 implements MigrationInterface {
  name = 'InteractionRetention1760000070152';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table interaction_retention (
        bucket       int not null,
        customer_id  uuid not null,
        months       int,
        version      int not null,
        updated_at   timestamptz not null,
        constraint interaction_retention_pk primary key (bucket, customer_id),
        constraint interaction_retention_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id),
        constraint interaction_retention_months check (months between 3 and 120)
      )`);
    await db.query('grant select, insert, update on interaction_retention to ccx_app');
    await db.query('grant select, delete on interaction_retention to ccx_erase');

    // Longer than an event may be reported after it happened, so that no month is dropped that is still being written.
    await db.query('alter table ccx_partitioned_tables add column kept_at_least interval');
    await db.query(`update ccx_partitioned_tables set kept_at_least = '14 months' where name = 'interactions'`);
    await db.query(`
      create function ccx_drop_month_partitions(parent text, before date) returns text[]
      language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '5s' as $$
      declare
        until timestamptz := date_trunc('month', before)::timestamp at time zone 'UTC';
        shortest interval;
        partition text;
        key text;
        left_over bigint;
        dropped text[] := '{}';
      begin
        select kept_at_least into shortest from ccx_partitioned_tables where name = parent;
        if shortest is null then
          raise exception 'Months of table % are never dropped.', parent;
        end if;
        if until > now() - shortest then
          raise exception 'Months of table % are kept for at least %.', parent, shortest;
        end if;
        for partition in
          select c.relname from pg_inherits h join pg_class c on c.oid = h.inhrelid
           where h.inhparent = parent::regclass and c.relname ~ '_[0-9]{4}_[0-9]{2}$'
             and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= until
           order by 1
        loop
          execute format('drop table %I', partition);
          dropped := dropped || partition;
        end loop;
        -- What never got a month of its own is as old.
        select a.attname into key
          from pg_partitioned_table p join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
         where p.partrelid = parent::regclass;
        execute format('delete from %I where %I < %L', parent || '_default', key, until);
        get diagnostics left_over = row_count;
        if left_over > 0 then
          dropped := dropped || (parent || '_default');
        end if;
        return dropped;
      end $$`);
    await db.query('revoke execute on function ccx_drop_month_partitions(text, date) from public');
    await db.query('grant execute on function ccx_drop_month_partitions(text, date) to ccx_app');

    // To find the old ones without reading them all: they arrive more or less in their order.
    await db.query('create index interaction_keys_by_time on interaction_keys using brin (occurred_at)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index interaction_keys_by_time');
    await db.query('drop function ccx_drop_month_partitions(text, date)');
    await db.query('alter table ccx_partitioned_tables drop column kept_at_least');
    await db.query('drop table interaction_retention');
  }
}
