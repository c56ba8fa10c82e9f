import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A service that logs in with the rights of `ccx_app` alone, as behind pgbouncer, still tells whether its schema is current. */
export class SchemaSeenByService1760000090130 implements MigrationInterface {
  name = 'SchemaSeenByService1760000090130';

  async up(db: QueryRunner): Promise<void> {
    await db.query('grant select on migrations to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('revoke select on migrations from ccx_app');
  }
}
