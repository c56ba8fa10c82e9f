import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operators and auditors: invited, then members with a password, then signed in. Few, and nobody's customer data. */
export class Staff1760000020000 implements MigrationInterface {
  name = 'Staff1760000020000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table staff_members (
        id                       uuid not null,
        role                     text not null,
        status                   text not null,
        email                    text not null,
        name                     text not null,
        password_hash            text,
        engaged_from             timestamptz,
        engaged_to               timestamptz,
        engaged_for_retailers    uuid[],
        engaged_for_purposes     text[],
        engagement_key           bytea,
        created_at               timestamptz not null,
        joined_at                timestamptz,
        constraint staff_members_pk primary key (id),
        constraint staff_members_role check (role in ('operator', 'auditor')),
        constraint staff_members_status check (status in ('invited', 'active')),
        constraint staff_members_sign_in_once_active check ((status = 'active') = (password_hash is not null)),
        constraint staff_members_auditors_are_engaged check (
          (role = 'auditor') = (engaged_from is not null and engaged_to is not null and engagement_key is not null)
        ),
        constraint staff_members_engagement_is_a_period check (engaged_from < engaged_to)
      )`);
    await db.query('create unique index staff_members_by_email on staff_members (email)');
    await db.query(`
      create table staff_invitations (
        token_hash  bytea not null,
        staff_id    uuid not null,
        created_at  timestamptz not null,
        expires_at  timestamptz not null,
        constraint staff_invitations_pk primary key (token_hash)
      )`);
    await db.query('create index staff_invitations_by_member on staff_invitations (staff_id)');
    await db.query(`
      create table staff_sessions (
        id            uuid not null,
        staff_id      uuid not null,
        token_hash    bytea not null,
        signed_in_at  timestamptz not null,
        last_used_at  timestamptz not null,
        expires_at    timestamptz not null,
        constraint staff_sessions_pk primary key (id)
      )`);
    await db.query('create unique index staff_sessions_by_token on staff_sessions (token_hash)');
    await db.query('create index staff_sessions_by_member on staff_sessions (staff_id)');
    await db.query(
      'grant select, insert, update, delete on staff_members, staff_invitations, staff_sessions to ccx_app',
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table staff_sessions');
    await db.query('drop table staff_invitations');
    await db.query('drop table staff_members');
  }
}
