import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which register of erasures, a file outside the database, belongs to this one. Written at the first start. */
export class ErasureRegister1760000080160 implements MigrationInterface {
  name = 'ErasureRegister1760000080160';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table erasure_register (
        single  boolean not null default true,
        id      text not null,
        constraint erasure_register_pk primary key (single),
        constraint erasure_register_single check (single)
      )`);
    await db.query('grant select, insert on erasure_register to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table erasure_register');
  }
}
