import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One receipt for each version of a consent, and one for each decision of a request: the unique indexes keep that. */
export class ConsentReceipts1760000000110 implements MigrationInterface {
  name = 'ConsentReceipts1760000000110';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table consent_receipts (
        bucket        int not null,
        customer_id   uuid not null,
        id            uuid not null,
        retailer_id   uuid not null,
        consent_id    uuid,
        version       int,
        request_id    uuid,
        event         text not null,
        at            timestamptz not null,
        customer_jws  bytea not null,
        retailer_jws  bytea,
        constraint consent_receipts_pk primary key (bucket, customer_id, id),
        constraint consent_receipts_of_consent foreign key (bucket, customer_id, consent_id)
          references consents (bucket, customer_id, id),
        constraint consent_receipts_event check (event in (
          'given', 'refused', 'amended', 'paused', 'resumed', 'renewed', 'withdrawn', 'expired')),
        constraint consent_receipts_about check (
          (consent_id is null) = (version is null) and (consent_id is not null or request_id is not null))
      )`);
    await db.query(`
      create unique index consent_receipts_one_per_version
        on consent_receipts (bucket, customer_id, consent_id, version) where consent_id is not null`);
    await db.query(`
      create unique index consent_receipts_one_per_decision
        on consent_receipts (bucket, customer_id, request_id) where request_id is not null`);

    await db.query('grant select, insert on consent_receipts to ccx_app');
    await db.query('grant select, delete on consent_receipts to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table consent_receipts');
  }
}
