import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the days of the log are closed, how far the monitor has looked, and what it has found. */
export class AuditMonitor1760000080132 implements MigrationInterface {
  name = 'AuditMonitor1760000080132';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table audit_days (
        day        date not null,
        from_size  bigint not null,
        to_size    bigint not null,
        closed_at  timestamptz not null,
        constraint audit_days_pk primary key (day),
        constraint audit_days_range check (from_size < to_size)
      )`);
    // No two closings begin at the same entry, so that the days cover the log without gap or overlap.
    await db.query('create unique index audit_days_follow_each_other on audit_days (from_size)');
    await db.query(`
      create table audit_monitor (
        id          int not null,
        size        bigint not null,
        bucket      int not null,
        checked_at  timestamptz,
        constraint audit_monitor_pk primary key (id),
        constraint audit_monitor_is_one_row check (id = 1)
      )`);
    await db.query('insert into audit_monitor (id, size, bucket) values (1, 0, 0)');
    await db.query(`
      create table audit_findings (
        rule         text not null,
        about        text not null,
        detail       text not null,
        retailer_id  uuid,
        found_at     timestamptz not null,
        constraint audit_findings_pk primary key (rule, about)
      )`);
    await db.query('grant select, insert on audit_days to ccx_app');
    await db.query('grant select, update on audit_monitor to ccx_app');
    await db.query('grant select, insert, delete on audit_findings to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table audit_findings');
    await db.query('drop table audit_monitor');
    await db.query('drop table audit_days');
  }
}
