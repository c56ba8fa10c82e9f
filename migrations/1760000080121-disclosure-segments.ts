import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The signed exports of the days whose disclosures have gone. The service may drop a day only through the function
 * here, which does it for a day that has its segment, and never for one that holds more than its segment says.
 */
export class DisclosureSegments1760000080121 implements MigrationInterface {
  name = 'DisclosureSegments1760000080121';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table disclosure_segments (
        day          date not null,
        id           uuid not null,
        sha256       bytea not null,
        bytes        bigint not null,
        disclosures  bigint not null,
        signature    text not null,
        made_at      timestamptz not null,
        dropped_at   timestamptz,
        constraint disclosure_segments_pk primary key (day, id),
        constraint disclosure_segments_sha256 check (length(sha256) = 32),
        constraint disclosure_segments_counts check (bytes > 0 and disclosures >= 0)
      )`);
    await db.query('grant select, insert on disclosure_segments to ccx_app');
    // Which days there are partitions of, the oldest first.
    await db.query(`
      create function ccx_disclosure_days(before date) returns setof date
      language sql stable security definer set search_path = public, pg_temp as $$
        select held from (
          select to_date(right(inhrelid::regclass::text, 10), 'YYYY_MM_DD') as held from pg_inherits
           where inhparent = 'disclosures'::regclass and inhrelid <> 'disclosures_default'::regclass) days
         where held < before order by held
      $$`);
    // Whoever waits for the table's lock keeps all reads waiting behind it: not for long, and then in an hour again.
    await db.query(`
      create function ccx_drop_disclosures(gone date, segment uuid, moment timestamptz) returns boolean
      language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '500ms' as $$
      declare
        partition text := format('disclosures_%s', to_char(gone, 'YYYY_MM_DD'));
        told bigint := (select disclosures from disclosure_segments where day = gone and id = segment);
        held bigint;
      begin
        if told is null then
          raise exception 'There is no such segment of %.', gone;
        end if;
        if to_regclass(partition) is null then
          return false;
        end if;
        execute format('lock table %I in share mode', partition);
        execute format('select count(*) from %I', partition) into held;
        if held > told then
          raise exception 'Of % there are % disclosures, and its segment has %.', gone, held, told;
        end if;
        execute format('drop table %I', partition);
        update disclosure_segments set dropped_at = moment where day = gone and id = segment;
        return true;
      end $$`);
    for (const made of ['ccx_disclosure_days(date)', 'ccx_drop_disclosures(date, uuid, timestamptz)']) {
      await db.query(`revoke execute on function ${made} from public`);
      await db.query(`grant execute on function ${made} to ccx_app`);
    }
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function ccx_drop_disclosures(date, uuid, timestamptz)');
    await db.query('drop function ccx_disclosure_days(date)');
    await db.query('drop table disclosure_segments');
  }
}
