import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The roles that the service acts as: `ccx_app` for its work, `ccx_erase` for erasing a customer. Roles belong to the
 * whole server, so that another database on it may have made them already.
 */
export class Roles1760000000000 implements MigrationInterface {
  name = 'Roles1760000000000';

  async up(db: QueryRunner): Promise<void> {
    for (const role of ['ccx_app', 'ccx_erase']) {
      await db.query(`
        do $$ begin
          create role ${role} nologin;
        exception when duplicate_object or unique_violation then null;
        end $$`);
      await db.query(`
        do $$ begin
          grant ${role} to current_user;
        exception when unique_violation then null;
        end $$`);
      await db.query(`grant usage on schema public to ${role}`);
    }
  }

  // Other databases of the server may need the roles, so that they stay.
  async down(db: QueryRunner): Promise<void> {
    await db.query('revoke usage on schema public from ccx_app, ccx_erase');
  }
}
