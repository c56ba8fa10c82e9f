import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What tills without a connection hold for a day. Each customer's entry is a row of its own, sealed with their key, so
 * that it goes with them; parts are put together and signed when they are fetched.
 */
export class Snapshots1760000060202 implements MigrationInterface {
  name = 'Snapshots1760000060202';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table snapshots (
        id           uuid not null,
        retailer_id  uuid not null,
        client_id    text not null,
        touchpoint   text not null,
        purpose      text not null,
        stage        text,
        place        jsonb,
        list_size    int,
        parts        int not null,
        created_at   timestamptz not null,
        expires_at   timestamptz not null,
        constraint snapshots_pk primary key (id)
      )`);
    await db.query('create index snapshots_by_retailer on snapshots (retailer_id, id)');
    await db.query('create index snapshots_expiry on snapshots (expires_at)');
    await db.query(`
      create table snapshot_entries (
        bucket           int not null,
        customer_id      uuid not null,
        snapshot_id      uuid not null,
        part             int not null,
        idx              int not null,
        consent_id       uuid not null,
        consent_version  int not null,
        sealed           bytea not null,
        constraint snapshot_entries_pk primary key (bucket, customer_id, snapshot_id)
      )`);
    // A page that was read just before a customer was erased is kept after that: their entry goes with them even so.
    await db.query(`
      alter table snapshot_entries add constraint snapshot_entries_of_customer
        foreign key (bucket, customer_id) references customers (bucket, customer_id) on delete cascade`);
    await db.query('create index snapshot_entries_by_part on snapshot_entries (snapshot_id, part)');
    // A snapshot goes through the customers of one retailer, page by page.
    await db.query(`
      create index consents_of_retailer on consents (retailer_id, bucket, customer_id)
        where use = 'standing' and status = 'active'`);
    await db.query('grant select, insert, update, delete on snapshots to ccx_app');
    await db.query('grant select, insert, delete on snapshot_entries to ccx_app');
    await db.query('grant select, delete on snapshot_entries to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index consents_of_retailer');
    await db.query('drop table snapshot_entries');
    await db.query('drop table snapshots');
  }
}
