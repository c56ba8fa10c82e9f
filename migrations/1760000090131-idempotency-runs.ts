import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which run of a request has kept its key, together with the change: by it, whoever got no answer to the commit tells
 * whether it was reached. Keys of before have none.
 */
export class IdempotencyRuns1760000090131 implements MigrationInterface {
  name = 'IdempotencyRuns1760000090131';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table idempotency_keys add column run_id uuid');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table idempotency_keys drop column run_id');
  }
}
