import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The keys that sign tokens: one in use, one that is published and waits for its turn, and those whose tokens may still
 * be about. The private part is wrapped by the KEK.
 */
export class SigningKeys1760000050020 implements MigrationInterface {
  name = 'SigningKeys1760000050020';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table signing_keys (
        kid              text not null,
        status           text not null,
        public_jwk       jsonb not null,
        private_wrapped  bytea not null,
        created_at       timestamptz not null,
        activated_at     timestamptz,
        retired_at       timestamptz,
        constraint signing_keys_pk primary key (kid),
        constraint signing_keys_status check (status in ('next', 'current', 'retired'))
      )`);
    await db.query(`create unique index signing_keys_one_next on signing_keys (status) where status = 'next'`);
    await db.query(`create unique index signing_keys_one_current on signing_keys (status) where status = 'current'`);
    await db.query('grant select, insert, update on signing_keys to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table signing_keys');
  }
}
