import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What customers let others do in their name, and by whom each of the others finds those for whom they may act. */
export class Delegations1760000060170 implements MigrationInterface {
  name = 'Delegations1760000060170';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table delegations (
        bucket                int not null,
        customer_id           uuid not null,
        id                    uuid not null,
        status                text not null,
        version               int not null,
        name_sealed           bytea not null,
        scopes                text[] not null,
        attributes            text[],
        invitation_hash       bytea,
        delegate_id           uuid,
        delegate_name_sealed  bytea,
        offered_at            timestamptz not null,
        accepted_at           timestamptz,
        expires_at            timestamptz not null,
        ended_at              timestamptz,
        ended_by              text,
        due_at                timestamptz,
        constraint delegations_pk primary key (bucket, customer_id, id),
        constraint delegations_status check (status in ('offered', 'active', 'ended', 'expired', 'lapsed')),
        constraint delegations_ended_by check (ended_by in ('giver', 'delegate')),
        constraint delegations_have_scopes check (cardinality(scopes) > 0),
        constraint delegations_never_rule_the_account check (not ('account' = any (scopes))),
        constraint delegations_invitation_hash_is_sha256 check (length(invitation_hash) = 32),
        constraint delegations_not_to_oneself check (delegate_id <> customer_id)
      )`);
    await db.query(`
      create unique index delegations_by_invitation on delegations (bucket, customer_id, invitation_hash)
        where invitation_hash is not null`);
    await db.query('create index delegations_due on delegations (due_at) where due_at is not null');
    await db.query(`
      create table held_delegations (
        bucket             int not null,
        customer_id        uuid not null,
        id                 uuid not null,
        giver_id           uuid not null,
        giver_name_sealed  bytea,
        constraint held_delegations_pk primary key (bucket, customer_id, id)
      )`);
    await db.query('grant select, insert, update on delegations to ccx_app');
    await db.query('grant select, insert on held_delegations to ccx_app');
    // Whoever is erased is taken out of what others gave to them, too.
    await db.query('grant select, update, delete on delegations to ccx_erase');
    await db.query('grant select, delete on held_delegations to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table held_delegations');
    await db.query('drop table delegations');
  }
}
