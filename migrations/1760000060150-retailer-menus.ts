import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a retailer can honour at each touchpoint. Reads join the attributes alone; the words stand beside them. */
export class RetailerMenus1760000060150 implements MigrationInterface {
  name = 'RetailerMenus1760000060150';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table retailers add column menu jsonb not null default '{}'`);
    await db.query(`alter table retailers add column menu_attributes jsonb not null default '{}'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table retailers drop column menu_attributes');
    await db.query('alter table retailers drop column menu');
  }
}
