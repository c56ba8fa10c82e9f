import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Erasures: how far each has come, without whose it is; whose it is, for as long as it takes; and what retailers are told
 * of it. The rows of the log that an erased customer leaves behind lose what is sealed in them and the pseudonym.
 */
export class Erasures1760000080140 implements MigrationInterface {
  name = 'Erasures1760000080140';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table erasures (
        id            uuid not null,
        token_hash    bytea,
        cause         text not null,
        status        text not null,
        requested_at  timestamptz not null,
        execute_at    timestamptz not null,
        began_at      timestamptz,
        finished_at   timestamptz,
        due_at        timestamptz,
        attempts      int not null default 0,
        modules       text[] not null default '{}',
        total         int not null default 0,
        counts        jsonb not null default '{}',
        receipt       text,
        constraint erasures_pk primary key (id),
        constraint erasures_cause check (cause in ('asked', 'restored')),
        constraint erasures_status check (status in ('waiting', 'erasing', 'settling', 'finished', 'cancelled'))
      )`);
    await db.query('create unique index erasures_by_token on erasures (token_hash)');
    await db.query('create index erasures_due on erasures (due_at) where due_at is not null');
    await db.query(`
      create table erasing_customers (
        bucket       int not null,
        customer_id  uuid not null,
        erasure_id   uuid not null,
        pseudonym    bytea,
        constraint erasing_customers_pk primary key (bucket, customer_id)
      )`);
    await db.query('create unique index erasing_customers_by_erasure on erasing_customers (erasure_id)');
    await db.query(`
      create table erasure_notices (
        id            uuid not null,
        erasure_id    uuid not null,
        retailer_id   uuid not null,
        subject       text,
        consents      uuid[] not null default '{}',
        created_at    timestamptz not null,
        due_at        timestamptz not null,
        confirmed_at  timestamptz,
        attested_at   timestamptz,
        outcome       text,
        legal_ground  text,
        reminded_at   timestamptz,
        constraint erasure_notices_pk primary key (id),
        constraint erasure_notices_outcome check (outcome in ('deleted', 'retained')),
        constraint erasure_notices_ground check ((legal_ground is not null) = (outcome is not distinct from 'retained')),
        constraint erasure_notices_attested check ((attested_at is null) = (outcome is null))
      )`);
    await db.query('create index erasure_notices_by_retailer on erasure_notices (retailer_id, id)');
    await db.query('create index erasure_notices_by_erasure on erasure_notices (erasure_id)');
    await db.query(`create index erasure_notices_named on erasure_notices (created_at) where subject is not null`);
    await db.query(`create index erasure_notices_open on erasure_notices (due_at) where attested_at is null`);

    await db.query(
      'alter table erasing_customers add constraint erasing_customers_of_erasure foreign key (erasure_id) references erasures (id) deferrable initially deferred',
    );
    await db.query(
      'alter table erasure_notices add constraint erasure_notices_of_erasure foreign key (erasure_id) references erasures (id)',
    );
    await db.query(
      'alter table erasure_notices add constraint erasure_notices_to_retailer foreign key (retailer_id) references retailers (id)',
    );

    await db.query('grant select, insert, update on erasures, erasure_notices to ccx_app');
    await db.query('grant select, insert, update, delete on erasing_customers to ccx_app');
    await db.query('grant select, delete on erasing_customers to ccx_erase');
    await db.query('grant select, update (sealed, pseudonym) on audit_pending, audit_log to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('revoke select, update (sealed, pseudonym) on audit_pending, audit_log from ccx_erase');
    await db.query('drop table erasure_notices');
    await db.query('drop table erasing_customers');
    await db.query('drop table erasures');
  }
}
