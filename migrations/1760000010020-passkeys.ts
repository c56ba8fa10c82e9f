import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passkeys beside the password, the challenges that they answer, and with what a session began. */
export class Passkeys1760000010020 implements MigrationInterface {
  name = 'Passkeys1760000010020';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table webauthn_challenges (
        challenge_hash  bytea not null,
        expires_at      timestamptz not null,
        constraint webauthn_challenges_pk primary key (challenge_hash)
      )`);
    await db.query('create index webauthn_challenges_expiry on webauthn_challenges (expires_at)');
    await db.query(`
      create table passkeys (
        bucket         int not null,
        customer_id    uuid not null,
        id             uuid not null,
        credential_id  bytea not null,
        public_key     bytea not null,
        counter        bigint not null,
        transports     text[] not null,
        synced         boolean not null,
        name_sealed    bytea not null,
        created_at     timestamptz not null,
        last_used_at   timestamptz,
        constraint passkeys_pk primary key (bucket, customer_id, id),
        constraint passkeys_counter_is_32_bits check (counter between 0 and 4294967295)
      )`);
    await db.query('create unique index passkeys_by_credential on passkeys (bucket, customer_id, credential_id)');
    // So far, a password was the only way in; a recovery code sets a new one.
    await db.query(`alter table sessions add column signed_in_with text not null default 'password'`);
    await db.query('alter table sessions alter column signed_in_with drop default');
    await db.query(`
      alter table sessions add constraint sessions_signed_in_with
        check (signed_in_with in ('password', 'passkey', 'recovery_code'))`);
    await db.query('grant select, insert, delete on webauthn_challenges to ccx_app');
    await db.query('grant select, insert, update, delete on passkeys to ccx_app');
    await db.query('grant select, delete on passkeys to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table sessions drop constraint sessions_signed_in_with');
    await db.query('alter table sessions drop column signed_in_with');
    await db.query('drop table passkeys');
    await db.query('drop table webauthn_challenges');
  }
}
