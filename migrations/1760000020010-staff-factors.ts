import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What staff prove beside their password: the codes of an authenticator app, or a passkey. One of them each. */
export class StaffFactors1760000020010 implements MigrationInterface {
  name = 'StaffFactors1760000020010';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table staff_factors (
        staff_id       uuid not null,
        kind           text not null,
        totp_secret    bytea,
        totp_step      bigint,
        credential_id  bytea,
        public_key     bytea,
        counter        bigint,
        created_at     timestamptz not null,
        constraint staff_factors_pk primary key (staff_id),
        constraint staff_factors_kind check (kind in ('totp', 'passkey')),
        constraint staff_factors_totp_is_whole check ((kind = 'totp') = (totp_secret is not null and totp_step is not null)),
        constraint staff_factors_passkey_is_whole check (
          (kind = 'passkey') = (credential_id is not null and public_key is not null and counter is not null)
        )
      )`);
    await db.query(`
      create table staff_enrolments (
        token_hash       bytea not null,
        staff_id         uuid not null,
        totp_secret      bytea not null,
        invitation_hash  bytea,
        password_hash    text,
        created_at       timestamptz not null,
        expires_at       timestamptz not null,
        constraint staff_enrolments_pk primary key (token_hash),
        constraint staff_enrolments_invited_choose_a_password check ((invitation_hash is null) = (password_hash is null))
      )`);
    await db.query('create index staff_enrolments_by_member on staff_enrolments (staff_id)');
    await db.query('grant select, insert, update, delete on staff_factors, staff_enrolments to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table staff_enrolments');
    await db.query('drop table staff_factors');
  }
}
