import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Offers are counted over the last days before each contact: without reading past all that was bought meanwhile. */
export class Contacts1760000060152 implements MigrationInterface {
  name = 'Contacts1760000060152';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create index interactions_offers
        on interactions (bucket, customer_id, occurred_at) where type = 'promotion.offered'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index interactions_offers');
  }
}
