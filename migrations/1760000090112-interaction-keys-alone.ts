import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The key of an event needs no proof of its own that its customer is there: it is written in one transaction with an
 * entry of the log, which holds the customer's keys until commit, so that an erasure waits, or has been before and
 * nothing is written. Looking the customer up for every event was a third of what a key costs.
 */
export class InteractionKeysAlone1760000090112 implements MigrationInterface {
  name = 'InteractionKeysAlone1760000090112';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table interaction_keys drop constraint interaction_keys_of_customer');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table interaction_keys add constraint interaction_keys_of_customer
        foreign key (bucket, customer_id) references customers (bucket, customer_id)`);
  }
}
