import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far each anchor has got: the last published checkpoint that it was given. */
export class LogAnchors1760000080110 implements MigrationInterface {
  name = 'LogAnchors1760000080110';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table audit_anchors (
        target     text not null,
        size       bigint not null,
        signed_at  timestamptz not null,
        constraint audit_anchors_pk primary key (target)
      )`);
    await db.query('grant select, insert, update on audit_anchors to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table audit_anchors');
  }
}
