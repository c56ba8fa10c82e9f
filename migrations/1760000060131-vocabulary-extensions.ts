import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What retailers add to the vocabulary for themselves, and under which prefix each of them does. A change is a new
 * version; none is ever taken out, nor is a prefix given away.
 */
export class VocabularyExtensions1760000060131 implements MigrationInterface {
  name = 'VocabularyExtensions1760000060131';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table vocabulary_extensions (
        path         text not null,
        version      int not null,
        retailer_id  uuid not null,
        attribute    json not null,
        created_at   timestamptz not null,
        in_force_at  timestamptz not null,
        constraint vocabulary_extensions_pk primary key (path, version)
      )`);
    await db.query(`
      alter table vocabulary_extensions
        add constraint vocabulary_extensions_of_retailer foreign key (retailer_id) references retailers (id)`);
    await db.query('create index vocabulary_extensions_by_retailer on vocabulary_extensions (retailer_id)');
    await db.query('grant select, insert on vocabulary_extensions to ccx_app');
    await db.query(`
      create table vocabulary_prefixes (
        prefix       text not null,
        retailer_id  uuid not null,
        claimed_at   timestamptz not null,
        constraint vocabulary_prefixes_pk primary key (prefix),
        constraint vocabulary_prefixes_one_each unique (retailer_id),
        constraint vocabulary_prefixes_of_retailer foreign key (retailer_id) references retailers (id)
      )`);
    await db.query('grant select, insert on vocabulary_prefixes to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table vocabulary_prefixes');
    await db.query('drop table vocabulary_extensions');
  }
}
