import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who a pseudonym is, asked by an auditor and answered by an operator: two persons, a reason, and an end. */
export class Reidentifications1760000080131 implements MigrationInterface {
  name = 'Reidentifications1760000080131';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table reidentifications (
        bucket       int not null,
        customer_id  uuid not null,
        id           uuid not null,
        auditor_id   uuid not null,
        reason       text not null,
        status       text not null,
        asked_at     timestamptz not null,
        decided_by   uuid,
        decided_at   timestamptz,
        expires_at   timestamptz not null,
        constraint reidentifications_pk primary key (bucket, customer_id, id),
        constraint reidentifications_status check (status in ('open', 'approved', 'refused')),
        constraint reidentifications_decided check ((status = 'open') = (decided_by is null and decided_at is null)),
        constraint reidentifications_by_two_persons check (decided_by <> auditor_id)
      )`);
    // Staff name one without knowing whose it is.
    await db.query('create index reidentifications_by_id on reidentifications (id)');
    await db.query('create index reidentifications_by_auditor on reidentifications (auditor_id, id)');
    await db.query('grant select, insert on reidentifications to ccx_app');
    await db.query('grant update (status, decided_by, decided_at, expires_at) on reidentifications to ccx_app');
    await db.query('grant select, delete on reidentifications to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table reidentifications');
  }
}
