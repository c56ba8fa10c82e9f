import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens that a customer made for programs of their own: less than a session may do, and for a stated time. */
export class PersonalTokens1760000010010 implements MigrationInterface {
  name = 'PersonalTokens1760000010010';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table personal_tokens (
        bucket        int not null,
        customer_id   uuid not null,
        id            uuid not null,
        token_hash    bytea not null,
        name_sealed   bytea not null,
        scopes        text[] not null,
        created_at    timestamptz not null,
        last_used_at  timestamptz,
        expires_at    timestamptz not null,
        constraint personal_tokens_pk primary key (bucket, customer_id, id),
        constraint personal_tokens_token_hash_is_sha256 check (length(token_hash) = 32),
        constraint personal_tokens_have_scopes check (cardinality(scopes) > 0),
        constraint personal_tokens_never_rule_the_account check (not ('account' = any (scopes)))
      )`);
    await db.query('create unique index personal_tokens_by_token on personal_tokens (bucket, customer_id, token_hash)');
    await db.query('grant select, insert, update, delete on personal_tokens to ccx_app');
    await db.query('grant select, delete on personal_tokens to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table personal_tokens');
  }
}
