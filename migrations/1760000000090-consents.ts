import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One standing consent between a customer and a retailer at a time; its history is in `consent_versions`. */
export class Consents1760000000090 implements MigrationInterface {
  name = 'Consents1760000000090';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table consents (
        bucket              int not null,
        customer_id         uuid not null,
        id                  uuid not null,
        retailer_id         uuid not null,
        use                 text not null,
        status              text not null,
        version             int not null,
        details             jsonb not null,
        vocabulary_version  text not null,
        max_reads_per_day   int,
        reads_day           date,
        reads_count         int not null,
        reported_data       text,
        request_id          uuid,
        notice_hash         bytea,
        given_at            timestamptz not null,
        expires_at          timestamptz not null,
        paused_at           timestamptz,
        ended_at            timestamptz,
        updated_at          timestamptz not null,
        constraint consents_pk primary key (bucket, customer_id, id),
        constraint consents_of_customer foreign key (bucket, customer_id) references customers (bucket, customer_id),
        constraint consents_use check (use in ('standing', 'once')),
        constraint consents_status check (status in ('active', 'paused', 'withdrawn', 'expired')),
        constraint consents_reported_data check (reported_data in ('keep', 'delete')),
        constraint consents_details_not_empty check (jsonb_array_length(details) > 0)
      ) with (fillfactor = 90)`);
    await db.query(`
      create unique index consents_one_standing_per_retailer on consents (bucket, customer_id, retailer_id)
        where use = 'standing' and status in ('active', 'paused')`);
    await db.query('create index consents_by_retailer on consents (bucket, customer_id, retailer_id, given_at)');
    await db.query(`
      create index consents_expiry on consents (expires_at) where status in ('active', 'paused')`);
    await db.query(`
      create table consent_versions (
        bucket       int not null,
        customer_id  uuid not null,
        consent_id   uuid not null,
        version      int not null,
        change       text not null,
        status       text not null,
        details      jsonb not null,
        expires_at   timestamptz not null,
        notice_hash  bytea,
        actor        jsonb not null,
        at           timestamptz not null,
        constraint consent_versions_pk primary key (bucket, customer_id, consent_id, version),
        constraint consent_versions_of_consent foreign key (bucket, customer_id, consent_id)
          references consents (bucket, customer_id, id)
      )`);
    await db.query(`
      create table consent_requests (
        bucket              int not null,
        customer_id         uuid not null,
        id                  uuid not null,
        retailer_id         uuid not null,
        client_id           text not null,
        origin              text not null,
        status              text not null,
        use                 text not null,
        details             jsonb not null,
        lifetime_days       int not null,
        vocabulary_version  text not null,
        language            text,
        message             text,
        consent_id          uuid,
        expires_at          timestamptz not null,
        shown_at            timestamptz,
        decided_at          timestamptz,
        created_at          timestamptz not null,
        constraint consent_requests_pk primary key (bucket, customer_id, id),
        constraint consent_requests_origin check (origin in ('par', 'device', 'inbox', 'switch')),
        constraint consent_requests_use check (use in ('standing', 'once')),
        constraint consent_requests_status check (status in ('open', 'approved', 'narrowed', 'refused', 'lapsed')),
        constraint consent_requests_lifetime check (lifetime_days between 1 and 366)
      )`);
    await db.query(`
      create index consent_requests_open on consent_requests (bucket, customer_id, created_at) where status = 'open'`);
    await db.query(`create index consent_requests_lapsing on consent_requests (expires_at) where status = 'open'`);
    await db.query(`
      create table consent_clients (
        bucket       int not null,
        customer_id  uuid not null,
        consent_id   uuid not null,
        client_id    text not null,
        token_epoch  int not null,
        created_at   timestamptz not null,
        constraint consent_clients_pk primary key (bucket, customer_id, consent_id, client_id),
        constraint consent_clients_of_consent foreign key (bucket, customer_id, consent_id)
          references consents (bucket, customer_id, id)
      ) with (fillfactor = 90)`);
    await db.query(`
      create table notices (
        bucket       int not null,
        customer_id  uuid not null,
        hash         bytea not null,
        text         jsonb not null,
        created_at   timestamptz not null,
        constraint notices_pk primary key (bucket, customer_id, hash)
      )`);
    await db.query(`
      create table consent_refs (
        id           uuid not null,
        kind         text not null,
        bucket       int not null,
        customer_id  uuid not null,
        retailer_id  uuid not null,
        constraint consent_refs_pk primary key (id),
        constraint consent_refs_kind check (kind in ('consent', 'request'))
      )`);
    await db.query('create index consent_refs_by_customer on consent_refs (bucket, customer_id)');

    await db.query(`
      grant select, insert, update, delete on consents, consent_requests, consent_clients, consent_refs to ccx_app`);
    await db.query('grant select, insert on consent_versions, notices to ccx_app');
    await db.query(`
      grant select, delete on consents, consent_versions, consent_requests, consent_clients, notices, consent_refs
        to ccx_erase`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of ['consent_refs', 'notices', 'consent_clients', 'consent_requests', 'consent_versions']) {
      await db.query(`drop table ${table}`);
    }
    await db.query('drop table consents');
  }
}
