import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What may be used only once: assertions and proofs at the OAuth endpoints, and DPoP proofs at the API. */
export class OAuthReplays1760000050010 implements MigrationInterface {
  name = 'OAuthReplays1760000050010';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table oauth_replays (
        id_hash     bytea not null,
        expires_at  timestamptz not null,
        constraint oauth_replays_pk primary key (id_hash)
      )`);
    await db.query('create index oauth_replays_expiry on oauth_replays (expires_at)');
    await db.query(`
      create table dpop_proofs (
        jti_hash    bytea not null,
        expires_at  timestamptz not null,
        constraint dpop_proofs_pk primary key (jti_hash)
      )`);
    await db.query('create index dpop_proofs_expiry on dpop_proofs (expires_at)');
    await db.query('grant select, insert, delete on oauth_replays, dpop_proofs to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table dpop_proofs');
    await db.query('drop table oauth_replays');
  }
}
