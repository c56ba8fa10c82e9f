import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the OAuth engine keeps between two requests, found by the hash of the value that its holder shows. What it says
 * is sealed under a key outside the database; in clear are only whose it is and when it ends.
 */
export class OAuthArtifacts1760000050000 implements MigrationInterface {
  name = 'OAuthArtifacts1760000050000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table oauth_artifacts (
        id_hash      bytea not null,
        model        text not null,
        uid_hash     bytea,
        bucket       int,
        customer_id  uuid,
        consent_id   uuid,
        client_id    text,
        token_epoch  int,
        sealed       bytea not null,
        consumed_at  timestamptz,
        expires_at   timestamptz not null,
        constraint oauth_artifacts_pk primary key (id_hash),
        constraint oauth_artifacts_of_a_consent check (
          (consent_id is null) = (client_id is null)
          and (consent_id is null) = (token_epoch is null)
          and (consent_id is null or customer_id is not null))
      )`);
    await db.query('create index oauth_artifacts_by_uid on oauth_artifacts (uid_hash) where uid_hash is not null');
    await db.query(`
      create index oauth_artifacts_by_customer on oauth_artifacts (bucket, customer_id) where customer_id is not null`);
    await db.query('create index oauth_artifacts_expiry on oauth_artifacts (expires_at)');
    await db.query('grant select, insert, update, delete on oauth_artifacts to ccx_app');
    await db.query('grant select, delete on oauth_artifacts to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table oauth_artifacts');
  }
}
