import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sources from which a client reports, by their beginnings: none for any, as it was before. */
export class ClientSources1760000070110 implements MigrationInterface {
  name = 'ClientSources1760000070110';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table clients add column source_prefixes text[] not null default '{}'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table clients drop column source_prefixes');
  }
}
