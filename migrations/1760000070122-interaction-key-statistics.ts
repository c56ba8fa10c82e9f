import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = ['interaction_keys', 'interaction_voids', 'interaction_corrections'];

/**
 * The bucket follows from the customer. A planner that takes the two for independent expects next to nothing of any
 * customer, and compares each of their events with each of their voids instead of looking for the one key.
 */
export class InteractionKeyStatistics1760000070122 implements MigrationInterface {
  name = 'InteractionKeyStatistics1760000070122';

  async up(db: QueryRunner): Promise<void> {
    for (const table of tables) {
      await db.query(
        `create statistics ${table}_bucket_of_customer (dependencies) on bucket, customer_id from ${table}`,
      );
    }
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of tables) await db.query(`drop statistics ${table}_bucket_of_customer`);
  }
}
