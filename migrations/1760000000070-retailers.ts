import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The organisations that read and report, and the OAuth clients they do it with. */
export class Retailers1760000000070 implements MigrationInterface {
  name = 'Retailers1760000000070';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table retailers (
        id            uuid not null,
        name          text not null,
        legal_name    text not null,
        sectors       text[] not null,
        status        text not null,
        country       text not null,
        website       text not null,
        privacy_url   text not null,
        incentive     text,
        pairwise_key  bytea not null,
        touchpoints   text[] not null,
        created_at    timestamptz not null,
        approved_at   timestamptz,
        suspended_at  timestamptz,
        updated_at    timestamptz not null,
        constraint retailers_pk primary key (id),
        constraint retailers_status check (status in ('pending', 'active', 'suspended'))
      )`);
    await db.query(`
      create table clients (
        id                  text not null,
        retailer_id         uuid not null,
        name                text not null,
        status              text not null,
        auth_method         text not null,
        jwks                jsonb,
        secret_hash         bytea,
        redirect_uris       text[] not null,
        initiate_login_uri  text,
        grant_types         text[] not null,
        scopes              text[] not null,
        touchpoints         text[] not null,
        bearer              boolean not null,
        created_at          timestamptz not null,
        updated_at          timestamptz not null,
        constraint clients_pk primary key (id),
        constraint clients_of_retailer foreign key (retailer_id) references retailers (id),
        constraint clients_status check (status in ('active', 'suspended')),
        constraint clients_auth_method check (auth_method in ('private_key_jwt', 'client_secret_basic', 'none')),
        constraint clients_have_their_credential check (
          (auth_method = 'private_key_jwt') = (jwks is not null)
          and (auth_method = 'client_secret_basic') = (secret_hash is not null))
      )`);
    await db.query('create index clients_by_retailer on clients (retailer_id)');
    await db.query('grant select, insert, update on retailers, clients to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table clients');
    await db.query('drop table retailers');
  }
}
