import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a device last asked whether its customer has decided, so that one which asks too often can be slowed down. */
export class DevicePolls1760000050030 implements MigrationInterface {
  name = 'DevicePolls1760000050030';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table oauth_artifacts add column polled_at timestamptz');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table oauth_artifacts drop column polled_at');
  }
}
