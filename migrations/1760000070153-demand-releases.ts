import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What many customers have in common, by retailer and month. A release is made once and never changed or taken away,
 * not even by the service: of two answers about one month, neither can be one customer ahead of the other.
 */
export class DemandReleases1760000070153 implements MigrationInterface {
  name = 'DemandReleases1760000070153';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table demand_releases (
        retailer_id  uuid not null,
        month        date not null,
        cells        jsonb not null,
        released_at  timestamptz not null,
        constraint demand_releases_pk primary key (retailer_id, month)
      )`);
    await db.query('grant select, insert on demand_releases to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table demand_releases');
  }
}
