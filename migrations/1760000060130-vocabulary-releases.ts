import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Releases of ccx-core that operators make: drafts, and what has been published, which never changes again. */
export class VocabularyReleases1760000060130 implements MigrationInterface {
  name = 'VocabularyReleases1760000060130';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table vocabulary_releases (
        version       text not null,
        status        text not null,
        level         text not null,
        based_on      text not null,
        release       json not null,
        check_job     uuid,
        checked_from  timestamptz,
        created_at    timestamptz not null,
        published_at  timestamptz,
        in_force_at   timestamptz,
        constraint vocabulary_releases_pk primary key (version),
        constraint vocabulary_releases_status check (status in ('draft', 'published')),
        constraint vocabulary_releases_level check (level in ('patch', 'minor', 'major')),
        constraint vocabulary_releases_published check (
          (status = 'published') = (published_at is not null) and (status = 'published') = (in_force_at is not null))
      )`);
    await db.query('grant select, insert, update, delete on vocabulary_releases to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table vocabulary_releases');
  }
}
